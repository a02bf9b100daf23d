import type { Caller } from '../../kernel/index.ts';
import { sees } from './branches.ts';
import { walkChanges } from './changes.ts';
import type { ChangesQuery } from './changes-query.ts';
import type { CommitRequest, Committed, HeldClaim } from './commit-request.ts';
import type { ChangeDocument, ClaimDocument, RecordDocument, StoredReply } from './documents.ts';
import { recordFault } from './faults.ts';
import { type HistoryPage, type HistoryQuery, historyPage } from './history.ts';
import { keepReply, readRepeated } from './kept-replies.ts';
import { type Lease, readLease, writeLease } from './lease.ts';
import { type Clause, whereClause } from './list-clauses.ts';
import type { ListQuery } from './list-query.ts';
import { pinsOfNext } from './pins.ts';
import { type RecordKind, scopeOfId } from './record-kind.ts';
import { keepsFromDeletion } from './references.ts';
import { closeWithParts } from './removal.ts';
import { type Belonging, branchOf, type Found, type Saved, savedAsFound, savedFrom } from './saved.ts';
import type { ScopeTools } from './scope-tools.ts';
import { freshOpenerOf, type Opener, openerOf } from './sealing.ts';
import { readState, readStates, type State, type StateKind, type StateWrite, writeState } from './state.ts';
import type { PartitionKey, Store, Stored } from './store.ts';
import { type ChainReport, verifyById } from './verify-chain.ts';
import { writeCommit } from './write-commit.ts';

type Where = NonNullable<ListQuery['where']>;

/** Records of several kinds that were read together. */
export type Together = { all<T>(kind: RecordKind<T>): readonly Saved<T>[] };

/** One tenant's scope: everything in it is atomic together. */
export type Scope = {
  readonly name: string;
  find<T>(kind: RecordKind<T>, id: string): Promise<Saved<T> | undefined>;
  /** Also what was deleted: then its data is null and its history is all there is. Absence is `platform.not_found`. */
  ever<T>(kind: RecordKind<T>, id: string): Promise<Saved<T>>;
  /** Like `find`, but absence is `platform.not_found`. */
  get<T>(kind: RecordKind<T>, id: string): Promise<Saved<T>>;
  /**
   * A record of another scope that the next commit is about to refer to, or undefined: read and pinned in one trip, where the
   * commit would have to pin it first. `user` is the record that will refer to it, the scope's root unless told otherwise.
   */
  referTo<T>(kind: RecordKind<T>, id: string, user?: string): Promise<Saved<T> | undefined>;
  /** A record of any kind as it stands at rest, deleted or not. */
  atRest(id: string): Promise<RecordDocument | undefined>;
  /** Checks a record, deleted or not, against all of its changes. Absence is `platform.not_found`. */
  verify(kind: RecordKind, id: string): Promise<ChainReport>;
  /** Every record of a kind in this scope, oldest first; `where`: of those alone whose indexed fields are so, and the rest is not read. */
  all<T>(kind: RecordKind<T>, where?: Where): Promise<readonly Saved<T>[]>;
  /** Every record of these kinds by one query, oldest first: what comes on a later page of it was read later. */
  together(kinds: readonly RecordKind[]): Promise<Together>;
  /**
   * As `all`, also where values cannot be opened or are none of the kind's: somebody wrote them who had no keys. Those that cannot be
   * opened are null and named in `unreadable`. For who must tell of such records.
   */
  allAsFound(kind: RecordKind): Promise<readonly Found[]>;
  /** How many records of a kind there are in this scope, of those whose indexed fields are among these. */
  count(kind: RecordKind, where?: Readonly<Record<string, readonly string[]>>): Promise<number>;
  /** The scope's changes as they stand at rest, read page by page as they are asked for. */
  changes(query?: ChangesQuery): AsyncGenerator<ChangeDocument>;
  /** Opens what stood at rest, as keys are this moment. */
  readonly opener: Opener;
  /** One page of what happened to a record; to everything in the scope when the record is its root. */
  history(record: Pick<Saved<unknown>, 'id' | 'kind' | 'data'>, query: HistoryQuery): Promise<HistoryPage>;
  claimOwner(id: string): Promise<string | undefined>;
  /** A claim with what lets a commit release it. */
  heldClaim(id: string): Promise<HeldClaim | undefined>;
  /** Takes a claim outside of a commit; tells who owns it now. */
  takeClaim(id: string, owner: string): Promise<string>;
  /** A lease on work in this scope, outside of the audited history. */
  lease(id: string): Promise<Lease | undefined>;
  saveLease(lease: Lease): Promise<Lease | undefined>;
  /** What the scope holds outside of the audited history. */
  state<T>(kind: StateKind<T>, id: string): Promise<State<T> | undefined>;
  states<T>(kind: StateKind<T>, since: Date): Promise<readonly State<T>[]>;
  /** Undefined when somebody else wrote it meanwhile. */
  saveState<T>(write: StateWrite & { readonly data: T }): Promise<State<T> | undefined>;
  change(id: string): Promise<ChangeDocument | undefined>;
  /** The stored answer of the request under way, when it was carried out before. */
  repeated(): Promise<StoredReply | undefined>;
  /** Stores the answer of a request that had nothing to commit. Gives the one that stands. */
  keepReply(reply: StoredReply): Promise<StoredReply>;
  /** A record that is about to be removed after its parts: closed to references and changes for ten minutes, as `closeWithParts` says. */
  closed(record: Saved<unknown>): Promise<Saved<unknown>>;
  commit(request: CommitRequest): Promise<Committed>;
};

/**
 * The handle through which one caller works in one scope of its tenant. What it writes waits for `leave`; but for pins, which decide
 * nothing without their commit.
 */
export function openScope(tools: ScopeTools, caller: Caller, name: string, leave?: Promise<unknown>): Scope {
  const key: PartitionKey = [caller.tenant, name];
  const opener = openerOf(tools.keyring, caller.tenant);
  const shown = async <T>(kind: RecordKind<T>, document?: Stored<RecordDocument>) => {
    if (document === undefined || document.type !== 'record' || document.kind !== kind.name) return undefined;
    if (!sees(caller, { ...document, branch: branchOf(document) })) return undefined;
    return (await savedFrom(opener, kind, [document]))[0];
  };
  const trace = async <T>(kind: RecordKind<T>, id: string): Promise<Saved<T> | undefined> =>
    scopeOfId(kind, id) === name ? shown(kind, await tools.store.read<RecordDocument>(key, id)) : undefined;
  const find = async <T>(kind: RecordKind<T>, id: string): Promise<Saved<T> | undefined> =>
    present(await trace(kind, id));
  const given = <R>(write: () => Promise<R>): Promise<R> => (leave ?? Promise.resolve()).then(write);
  const pins = pinsOfNext(tools, key);
  const referTo: Scope['referTo'] = async (kind, id, user = name) => {
    const scope = scopeOfId(kind, id);
    if (scope === undefined) return undefined;
    if (scope === name || !keepsFromDeletion(tools.kinds ?? [], kind as RecordKind, user))
      return openScope(tools, caller, scope, leave).find(kind, id);
    const looked = await pins.set(scope, [{ id, scope, user }]);
    return 'missing' in looked ? undefined : present(await shown(kind, looked.documents[0]));
  };
  const repeated = (): Promise<StoredReply | undefined> => readRepeated(tools, key, caller);
  const changes: Scope['changes'] = (query = {}) => walkChanges(tools, key, query);
  const atRest: Scope['atRest'] = async id => {
    const document = await tools.store.read<RecordDocument>(key, id);
    return document?.type === 'record' ? document : undefined;
  };
  return {
    name,
    opener: freshOpenerOf(tools.keyring, caller.tenant),
    find,
    get: async (kind, id) => there(await find(kind, id), id),
    referTo,
    ever: async (kind, id) => there(await trace(kind, id), id),
    atRest,
    verify: async (kind, id) => {
      const isSeen = (branch: Belonging | undefined): boolean => sees(caller, { id, scope: name, branch });
      return there(await verifyById({ atRest, changes }, kind.name, id, isSeen), id);
    },
    all: async (kind, where) =>
      savedFrom(opener, kind, await readRows(tools.store, caller, key, [kind as RecordKind], where)),
    together: kinds => readTogether(tools.store, opener, caller, key, kinds),
    allAsFound: kind => readAsFound(tools, caller, key, kind),
    count: (kind, where) => countOf(tools.store, key, kind, where),
    changes,
    history: (record, query) => historyPage(tools, caller, key, record, query),
    claimOwner: async id => (await tools.store.read<ClaimDocument>(key, id))?.owner,
    heldClaim: async id => {
      const claim = await tools.store.read<ClaimDocument>(key, id);
      return claim === undefined ? undefined : { id, owner: claim.owner, etag: claim._etag };
    },
    takeClaim: (id, owner) => given(() => takeClaim(tools.store, key, id, owner)),
    lease: id => readLease(tools.store, key, id),
    saveLease: lease => given(() => writeLease(tools.store, key, lease)),
    state: (kind, id) => readState(tools.store, opener, key, kind, id),
    states: (kind, since) => readStates(tools.store, opener, key, kind, since),
    saveState: write => given(() => writeState(tools.store, tools.keyring, key, write, tools.now())),
    change: id => tools.store.read<ChangeDocument>(key, id),
    repeated,
    keepReply: reply => given(() => keepReply(tools, key, caller, reply)),
    closed: record => given(() => closeWithParts(tools, caller, key, record)),
    commit: request => writeCommit(tools, caller, key, request, { pins: pins.take(), leave }),
  };
}

function present<T>(record: Saved<T> | undefined): Saved<T> | undefined {
  return record?.deleted === true ? undefined : record;
}

function there<T>(record: T | undefined, id: string): T {
  if (record === undefined) throw recordFault('platform.not_found', { id });
  return record;
}

async function countOf(
  store: Store,
  key: PartitionKey,
  kind: RecordKind,
  where: Readonly<Record<string, readonly string[]>> = {},
): Promise<number> {
  const fields = Object.entries(where).map(([field, oneOf]) => [field, { oneOf }] as const);
  const clauses = whereClause(Object.fromEntries(fields), undefined);
  const [row] = await store.query<{ readonly count: number }>(key, {
    text: `SELECT COUNT(1) AS count FROM c
      WHERE c.type = 'record' AND c.kind = @kind AND (NOT IS_DEFINED(c.deleted) OR c.deleted = false)
      ${clauses.map(({ text }) => `AND ${text}`).join(' ')}`,
    parameters: Object.assign({ kind: kind.name }, ...clauses.map(({ parameters }) => parameters)),
  });
  return row?.count ?? 0;
}

async function readTogether(
  store: Store,
  opener: Opener,
  caller: Caller,
  key: PartitionKey,
  kinds: readonly RecordKind[],
): Promise<Together> {
  const seen = await readRows(store, caller, key, kinds);
  const saved = await Promise.all(
    kinds.map(async kind => {
      const own = seen.filter(row => row.kind === kind.name);
      return [kind.name, await savedFrom(opener, kind, own)] as const;
    }),
  );
  const byKind = new Map<string, readonly Saved<unknown>[]>(saved);
  return { all: <T>(kind: RecordKind<T>) => (byKind.get(kind.name) ?? []) as readonly Saved<T>[] };
}

async function readRows(
  store: Store,
  caller: Caller,
  key: PartitionKey,
  kinds: readonly RecordKind[],
  where: Where = {},
): Promise<readonly Stored<RecordDocument>[]> {
  const names = kinds.map(({ name }, index) => [`k${index}`, name] as const);
  const clauses: readonly Clause[] = [
    {
      text: `c.type = 'record' AND c.kind IN (${names.map(([name]) => `@${name}`).join(', ')})`,
      parameters: Object.fromEntries(names),
    },
    ...whereClause(where, undefined),
  ];
  const rows = await store.query<RecordDocument>(key, {
    text: `SELECT * FROM c WHERE ${clauses.map(({ text }) => text).join(' AND ')} ORDER BY c.at ASC`,
    parameters: Object.assign({}, ...clauses.map(({ parameters }) => parameters)),
  });
  return rows.filter(row => row.deleted !== true && sees(caller, { ...row, branch: branchOf(row) }));
}

async function readAsFound(
  { store, keyring }: ScopeTools,
  caller: Caller,
  key: PartitionKey,
  kind: RecordKind,
): Promise<readonly Found[]> {
  const rows = await readRows(store, caller, key, [kind]);
  return savedAsFound(keyring, caller.tenant, kind, rows);
}

async function takeClaim(store: Store, key: PartitionKey, id: string, owner: string): Promise<string> {
  const claim: ClaimDocument = { id, tenantId: key[0] ?? '', scope: key[1] ?? '', type: 'claim', owner };
  const outcome = await store.create(key, claim);
  if (outcome === 'created') return owner;
  const present = await store.read<ClaimDocument>(key, id);
  // It is there, but this read is behind: nobody may guess whose it is.
  if (present === undefined) throw recordFault('platform.database_unavailable', { claim: id });
  return present.owner;
}
