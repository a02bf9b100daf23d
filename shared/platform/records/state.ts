import type { ZodType } from 'zod';
import { timestamp } from '../../kernel/index.ts';
import type { Keyring, PersonKeys } from '../keys/index.ts';
import { planOf } from './personal-plan.ts';
import { type Opener, sealData, sealedFor } from './sealing.ts';
import type { Operation, PartitionKey, Store } from './store.ts';

/**
 * What a scope holds outside of its audited history, because its content must not stand there: hashes of secrets,
 * counters, sessions. A commit may write it together with the change that accounts for it.
 */
export type StateKind<T = unknown> = { readonly name: string; readonly schema: ZodType<T> };

export type State<T> = { readonly id: string; readonly data: T; readonly etag: string };

/** One write of a state: made when `etag` is undefined, else replaced if nobody did meanwhile. */
export type StateWrite = {
  readonly kind: StateKind;
  readonly id: string;
  readonly data: unknown;
  readonly etag: string | undefined;
  /** When Cosmos takes it away; never when undefined. */
  readonly ttlSeconds?: number | undefined;
};

type StateDocument = {
  readonly id: string;
  readonly tenantId: string;
  readonly scope: string;
  readonly type: 'state';
  readonly kind: string;
  readonly at: string;
  readonly data: unknown;
  readonly ttl?: number;
};

/** Declares a kind of state. */
export function defineState<T>(kind: StateKind<T>): StateKind<T> {
  return kind;
}

/** The state with this id in the scope, if it is there and of this kind. */
export async function readState<T>(
  store: Store,
  opener: Opener,
  key: PartitionKey,
  kind: StateKind<T>,
  id: string,
): Promise<State<T> | undefined> {
  const document = await store.read<StateDocument>(key, id);
  if (document === undefined || document.type !== 'state' || document.kind !== kind.name) return undefined;
  const data = await opener.data(kind, id, document.data);
  return { id, data: data as T, etag: document._etag }; // parsed by the kind's schema when it was written
}

/** Every state of a kind in the scope that was written since an instant, oldest first. */
export async function readStates<T>(
  store: Store,
  opener: Opener,
  key: PartitionKey,
  kind: StateKind<T>,
  since: Date,
): Promise<readonly State<T>[]> {
  const rows = await store.query<StateDocument>(key, {
    text: "SELECT * FROM c WHERE c.type = 'state' AND c.kind = @kind AND c.at > @since ORDER BY c.at ASC",
    parameters: { kind: kind.name, since: timestamp(since) },
  });
  const data = await opener.all(kind, rows);
  return rows.map((row, index) => ({ id: row.id, data: data[index] as T, etag: row._etag }));
}

/** Under whose keys a state's personal values are sealed. */
export function stateSealedFor({ kind, id, data }: StateWrite): readonly string[] {
  return sealedFor(planOf(kind.schema), id, data);
}

/** The batch operation that writes a state. */
export function stateOperation(keys: PersonKeys, key: PartitionKey, write: StateWrite, now: Date): Operation {
  const [tenantId = '', scope = ''] = key;
  const { kind, id } = write;
  const owner = { tenant: tenantId, kind: kind.name, id };
  const item: StateDocument = {
    id: write.id,
    tenantId,
    scope,
    type: 'state',
    kind: write.kind.name,
    at: `${timestamp(now)}~${write.id}`,
    data: sealData(keys, owner, planOf(kind.schema), kind.schema.parse(write.data)),
    ...(write.ttlSeconds === undefined ? {} : { ttl: write.ttlSeconds }),
  };
  return write.etag === undefined ? { kind: 'create', item } : { kind: 'replace', item, etag: write.etag };
}

/** Writes one state alone; undefined when somebody else did meanwhile. */
export async function writeState<T>(
  store: Store,
  keyring: Keyring,
  key: PartitionKey,
  write: StateWrite & { readonly data: T },
  now: Date,
): Promise<State<T> | undefined> {
  const keys = await keyring.ensure(key[0] ?? '', stateSealedFor(write));
  const outcome = await store.batch(key, [stateOperation(keys, key, write, now)]);
  return outcome.done ? { id: write.id, data: write.data, etag: outcome.etags[0] ?? '' } : undefined;
}
