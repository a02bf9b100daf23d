import type { Caller } from '../../kernel/index.ts';
import { type AboutPage, placesAbout, type RecordPlace } from './about.ts';
import { bindKey } from './bind-key.ts';
import { deletedRecords } from './deleted.ts';
import { recordFault } from './faults.ts';
import { countRecords, listAsFound, listRecords } from './list.ts';
import type { ListPage, ListQuery } from './list-query.ts';
import { isPersonId } from './person-id.ts';
import { type RecordKind, scopeOfId } from './record-kind.ts';
import type { Found, Saved } from './saved.ts';
import { openScope, type Scope } from './scope.ts';
import type { ScopeTools } from './scope-tools.ts';
import { type Use, usersOf } from './uses.ts';

/** The only door to business data: it opens for a caller, and only to the caller's tenant. */
export type RecordsDoor = {
  /** What is written by these records waits for `leave`, and is refused with what that is refused with. */
  for(caller: Caller, leave?: Promise<unknown>): TenantRecords;
};

export type TenantRecords = {
  scope(name: string): Scope;
  /** Binds the request's Idempotency-Key to it; another request under the same key is `platform.idempotency_key_reused`. */
  bindKey(): Promise<void>;
  /** The scope that the record with this id lives in; an id of another kind is `platform.not_found`. */
  scopeOf(kind: RecordKind, id: string): Scope;
  /** One point read: the id tells the scope. */
  get<T>(kind: RecordKind<T>, id: string): Promise<Saved<T>>;
  find<T>(kind: RecordKind<T>, id: string): Promise<Saved<T> | undefined>;
  /** What refers to a record and keeps it from being deleted. */
  usersOf(kind: RecordKind, id: string): Promise<readonly Use[]>;
  /** A page of the records that say something about a person, beside the person's own, in the order of their ids. */
  about(person: string, page: AboutPage): Promise<readonly RecordPlace[]>;
  /** Whether there is, or was, anything of a person. Purposes of the tenant's, machines and things are nobody. */
  knows(person: string): Promise<boolean>;
  list<T>(kind: RecordKind<T>, query: ListQuery): Promise<ListPage<T>>;
  /** As `list`, also where values cannot be opened or are none of the kind's: for who shows records, and decides nothing by them. */
  listAsFound<T>(
    kind: RecordKind<T>,
    query: ListQuery,
  ): Promise<{ readonly items: readonly Found<T>[]; readonly next: string | undefined }>;
  /** What was deleted, in the order of its making: only its history is left. `after` is the `next` of the page before. */
  deleted(query: { readonly limit: number; readonly after?: string | undefined }): Promise<ListPage<unknown>>;
  /** How many a list of these would show. */
  count<T>(kind: RecordKind<T>, where: NonNullable<ListQuery['where']>): Promise<number>;
};

/** Opens the door over container `records`. */
export function recordsDoor(tools: ScopeTools): RecordsDoor {
  return {
    for: (caller, leave) => {
      const scope = (name: string): Scope => openScope(tools, caller, name, leave);
      const scopeOf = (kind: RecordKind, id: string): Scope => {
        const name = scopeOfId(kind, id);
        if (name === undefined) throw recordFault('platform.not_found', { id });
        return scope(name);
      };
      return {
        scope,
        bindKey: () => bindKey(tools, caller),
        scopeOf,
        get: async (kind, id) => scopeOf(kind, id).get(kind, id),
        find: async (kind, id) => {
          const name = scopeOfId(kind, id);
          return name === undefined ? undefined : scope(name).find(kind, id);
        },
        usersOf: (kind, id) => usersOf(tools.store, caller, kind, id),
        about: (person, page) => placesAbout(tools.store, caller, person, page),
        knows: async person => {
          if (!isPersonId(tools.kinds ?? [], person)) return false;
          if ((await tools.keyring.find(caller.tenant, [person])).has(person)) return true;
          const first = { after: '', limit: 1 };
          return (await placesAbout(tools.store, caller, person, first)).length > 0;
        },
        list: (kind, query) => listRecords(tools, caller, kind, query),
        listAsFound: (kind, query) => listAsFound(tools, caller, kind, query),
        deleted: query => deletedRecords(tools, caller, query),
        count: (kind, where) => countRecords(tools, caller, kind, where),
      };
    },
  };
}
