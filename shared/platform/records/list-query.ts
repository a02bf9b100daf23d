import type { Saved } from './saved.ts';

export type Scalar = string | number | boolean;

/**
 * A field is one of these values, lies between two, both included, or is exactly a value that the kind has blinded; `inClear` is
 * asked for, too, where the field is blinded for some records and not for others.
 */
export type Condition =
  | { readonly exactly: string; readonly inClear?: string }
  | { readonly oneOf: readonly Scalar[] }
  | { readonly from?: string | number | undefined; readonly to?: string | number | undefined };

/** Which records, in which order, from where. */
export type ListQuery = {
  /** On fields that the kind declares as indexed. A value alone means that the field is equal to it. */
  readonly where?: Readonly<Record<string, Scalar | Condition | undefined>> | undefined;
  /** Words that all must be found in the record's searchable texts: parts of words, or one typo. */
  readonly search?: string | undefined;
  /** What the kind declares as sorted, or `createdAt`; with `-` before it descending. `-createdAt` unless given. */
  readonly sort?: string | undefined;
  /** Short for `-createdAt` and `createdAt`. */
  readonly order?: 'newest' | 'oldest' | undefined;
  readonly limit: number;
  readonly cursor?: string | undefined;
};

export type ListPage<T> = { readonly items: readonly Saved<T>[]; readonly next: string | undefined };
