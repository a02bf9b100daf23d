import type { Capabilities } from '../capabilities/index.ts';
import type { ApiRequest } from '../http/index.ts';
import { type CommitRequest, type RecordKind, recordFault, type Saved } from '../records/index.ts';

type Asking = Pick<ApiRequest<unknown, unknown, unknown>, 'caller' | 'ifMatch'>;

/** Refuses a request whose `If-Match` names another version than the one that stands. */
export function assertCurrent(
  record: Pick<Saved<unknown>, 'version'>,
  { ifMatch }: Pick<Asking, 'ifMatch'>,
): void {
  if (record.version !== ifMatch) throw recordFault('platform.version_stale', { version: record.version });
}

/** The record that a request changes, as the client has read it. */
export async function currentRecord<T>(
  { records }: Pick<Capabilities, 'records'>,
  asking: Asking,
  kind: RecordKind<T>,
  id: string,
): Promise<Saved<T>> {
  const record = await records.for(asking.caller).get(kind, id);
  assertCurrent(record, asking);
  return record;
}

/** What becomes of a record, and what is committed with it. */
export type Change<T> = Omit<CommitRequest, 'update' | 'remove' | 'reply'> & { readonly data: T };

/** Reads a record, holds it against `If-Match`, decides and commits. Gives the record as it stands then. */
export async function changeRecord<T>(
  platform: Pick<Capabilities, 'records'>,
  asking: Asking,
  kind: RecordKind<T>,
  id: string,
  decide: (record: Saved<T>) => Change<T> | Promise<Change<T>>,
): Promise<Saved<T>> {
  const record = await currentRecord(platform, asking, kind, id);
  const { data, ...rest } = await decide(record);
  const scope = platform.records.for(asking.caller).scopeOf(kind as RecordKind, id);
  const { saved } = await scope.commit({ ...rest, update: [{ record, data }] });
  return saved.get(id) as Saved<T>; // the commit above changed it
}

/** The data with what a body changes. What was left out is not there; zod tells that from `undefined`, the compiler cannot. */
export function patched<T extends object>(
  data: T,
  body: { readonly [field in keyof T]?: T[field] | undefined },
): T {
  return { ...data, ...body } as T;
}
