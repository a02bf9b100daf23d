import type { ZodType } from 'zod';
import { joinId, parseId } from '../../kernel/index.ts';
import type { Searchable } from './search-tokens.ts';
import type { SortValue } from './sort-key.ts';

/**
 * Where records of a kind live: each in a scope of its own, in one named scope per tenant, or in the scope
 * that the id names (an SRF's observations live with the SRF).
 */
export type Home = 'own' | 'within' | { readonly fixed: string };

/** What lists may filter by. */
export type Indexed = Readonly<Record<string, string | number | boolean | readonly string[] | undefined>>;
/** What lists may be ordered by, beside the time of making. */
export type Sortable = Readonly<Record<string, SortValue>>;

/** A type of business object, as data. Names of index and sort fields are types where `defineRecord` can see them. */
export type RecordKind<T = unknown, Ix extends Indexed = Indexed, By extends Sortable = Sortable> = {
  /** `calibration.srf` */
  readonly name: string;
  /** Three letters before every id. */
  readonly prefix: string;
  readonly home: Home;
  readonly schema: ZodType<T>;
  /** What lists may filter by; everything else stays out of the index, so that writes stay cheap. */
  indexed(data: T): Ix;
  /**
   * Gives persons in the data ids of their own where they have none, so that each has a key. `before` is the version
   * before this one.
   */
  identify?(data: T, before: T | undefined, newKey: () => string): T;
  /** Prefixes of ids of people whom its records hold and who have no record of their own. */
  readonly people?: readonly string[];
  /** Kinds whose records hold copies of what is personal here, found by an indexed field with this record's id. */
  readonly copies?: readonly Pick<Reference, 'kind' | 'field'>[];
  /** Fields with something in them that tell of the record itself and are not sealed, such as a company's name: no erasure reaches them. */
  unsealed?(data: T): readonly string[];
  /** No personal data: sort keys stand in the index as they are. Of a personal text no more than its `firstLetter`. */
  sorted?(data: T): By;
  /** The texts that search looks into, the most important ones first. */
  searchable?(data: T): readonly Searchable[];
  /** Personal values that lists find exactly, as they are compared; the index has them under the tenant's key alone. */
  blinded?(data: T): Readonly<Record<string, readonly string[]>>;
  /** Some of the texts are personal, so search needs the tenant's key. */
  readonly searchesPersonal?: boolean;
  /**
   * Whose branch a record is, for kinds that know branches: undefined when it is of none. What lives within another record's
   * scope is of that one's branch.
   */
  branch?(data: T, id: string): string | undefined;
  /**
   * For kinds of people, who work in several branches: those that one of them is limited to, undefined for who is not. To who is
   * limited only those are there whose branches are all among their own, and they themselves.
   */
  branches?(data: T): readonly string[] | undefined;
  /** For kinds that know no branches and still not everybody's: to who is limited to branches, only what is theirs is there. */
  owner?(data: T): string;
  /** Concerns the tenant as a whole: every endpoint about it is closed to whoever is limited to branches. */
  readonly wholeTenant?: boolean;
  /** Lives within another record's scope and is of no branch all the same. */
  readonly acrossBranches?: boolean;
  /** Which permission reads it, and so its history. */
  readonly readPermission: string;
  /** What keeps a record from being deleted. */
  readonly usedBy?: readonly Reference[];
  /** When records of the kind are disposed of. Without it they are kept for as long as the tenant. */
  readonly retention?: Retention<T> | undefined;
  /** Names of the artifacts that are the record's own, which go when it is disposed of. */
  files?(data: T): readonly string[];
  /** Records of the kind can be taken back to an earlier version. Without it they cannot. */
  readonly rollback?: Rollback<T>;
};

/** Records of another kind that refer to this one and are in its way as long as they are there, or in one of these states. */
export type Reference = {
  /** The other kind's name, and its indexed field with one id or several. */
  readonly kind: string;
  readonly field: string;
  readonly where?: Readonly<Record<string, readonly string[]>>;
  /** The other record holds all that it needs in a copy, so it needs no guard against a deletion in the same instant. */
  readonly copied?: true;
};

/** Days that a record is kept after its last change once it is over: what is usual, and the bounds of what a tenant may choose. */
export type Retention<T> = {
  isOver(data: T): boolean;
  readonly usualDays: number;
  readonly leastDays: number;
  readonly mostDays: number;
};

/** Who may take a record back, and what comes of it: data for the new version, or why it may not be. */
export type Rollback<T> = {
  readonly permission: string;
  /** As changing the record does: whoever is a person must have proved who they are a moment ago. */
  readonly stepUp?: 'people';
  to(now: T, then: T): { readonly data: T } | { readonly because: string };
};

/** Declares a record kind. */
export function defineRecord<T, Ix extends Indexed = Indexed, By extends Sortable = Sortable>(
  kind: RecordKind<T, Ix, By>,
): RecordKind<T, Ix, By> {
  return kind;
}

/** The id of a new record of this kind. `scope` is needed for kinds that live within another's scope. */
export function newRecordId(kind: RecordKind, key: string, scope?: string): string {
  return joinId(kind.prefix, kind.home === 'within' ? scope : undefined, key);
}

/** The scope that holds the record with this id, or undefined when the id is not of this kind. */
export function scopeOfId(kind: Pick<RecordKind, 'prefix' | 'home'>, id: string): string | undefined {
  const parsed = parseId(id);
  if (parsed === undefined || parsed.prefix !== kind.prefix) return undefined;
  if (kind.home === 'within') return parsed.scope;
  if (parsed.scope !== undefined) return undefined;
  return kind.home === 'own' ? id : kind.home.fixed;
}
