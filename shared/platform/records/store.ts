import type { Container, JSONObject, OperationInput, SqlQuerySpec } from '@azure/cosmos';
import { AppError } from '../../kernel/index.ts';
import { isOutage } from '../outages/index.ts';
import { isDocumentId } from './document-id.ts';
import { recordFault } from './faults.ts';
import { charge } from './meter.ts';

/** One container, spoken to in whole partition keys; the only file that calls the Cosmos SDK for items. */
export type Store = {
  /** What cannot be the id of an item is not there, here and below. */
  read<T>(key: PartitionKey, id: string): Promise<Stored<T> | undefined>;
  create<T extends Item>(key: PartitionKey, item: T): Promise<'created' | 'exists'>;
  replace<T extends Item>(key: PartitionKey, item: T, etag: string): Promise<'replaced' | 'stale'>;
  remove(key: PartitionKey, id: string, etag?: string): Promise<'removed' | 'stale' | 'absent'>;
  batch(key: PartitionKey, operations: readonly Operation[]): Promise<BatchOutcome>;
  /** Inside one logical partition. */
  query<T>(key: PartitionKey, query: Query): Promise<readonly Stored<T>[]>;
  /** Over logical partitions. The text itself must say whose rows it wants. */
  queryAcross<T>(query: Query): Promise<readonly Stored<T>[]>;
  /** The container itself, for the change feed. */
  container(): Promise<Container>;
};

export type PartitionKey = readonly string[];
export type Item = { readonly id: string };
export type Stored<T> = T & { readonly _etag: string; readonly _ts: number };
export type Query = { readonly text: string; readonly parameters: Readonly<Record<string, unknown>> };
export type Operation =
  | { readonly kind: 'create'; readonly item: Item }
  /** What is not there refuses the batch (404). Beside a write in the same batch it cannot be behind. */
  | { readonly kind: 'read'; readonly id: string }
  | { readonly kind: 'replace'; readonly item: Item; readonly etag: string }
  | { readonly kind: 'remove'; readonly id: string; readonly etag: string }
  | {
      readonly kind: 'touch';
      readonly id: string;
      readonly etag: string;
      readonly at: string;
      /** For a record that is about to be removed. */
      readonly leavingUntil?: string;
      /** For one whose parts go before it. */
      readonly closedUntil?: string;
    };
export type BatchOutcome =
  | {
      readonly done: true;
      readonly etags: readonly string[];
      /** The items that `read` gave, at the places of their operations. */
      readonly items: readonly unknown[];
    }
  | { readonly done: false; readonly failedAt: number; readonly status: number };

const FAILED_DEPENDENCY = 424;
/** The SDK asks for ten rows at a time unless told otherwise; Cosmos still ends a page at 4 MB. */
const PAGE = 1000;

/**
 * A store over one Cosmos container, opened by the first call. Throttling and outages become
 * `platform.database_unavailable`.
 */
export function cosmosStore(container: () => Promise<Container>): Store {
  return {
    container,
    read: async <T>(key: PartitionKey, id: string) => {
      if (!isDocumentId(id)) return undefined;
      const opened = await container();
      const response = await guarded(() => opened.item(id, [...key]).read());
      return response.statusCode === 404 ? undefined : (response.resource as Stored<T> | undefined);
    },
    create: async (_key, item) => {
      const opened = await container();
      const status = await statusOf(() => opened.items.create(item));
      return status === 409 ? 'exists' : 'created';
    },
    replace: async (key, item, etag) => {
      const opened = await container();
      const accessCondition = { type: 'IfMatch', condition: etag };
      const status = await statusOf(() => opened.item(item.id, [...key]).replace(item, { accessCondition }));
      return status === 412 || status === 404 ? 'stale' : 'replaced';
    },
    remove: async (key, id, etag) => {
      if (!isDocumentId(id)) return 'absent';
      const opened = await container();
      const options = etag === undefined ? {} : { accessCondition: { type: 'IfMatch', condition: etag } };
      const status = await statusOf(() => opened.item(id, [...key]).delete(options));
      if (status === 404) return 'absent';
      return status === 412 ? 'stale' : 'removed';
    },
    batch: async (key, operations) => runBatch(await container(), key, operations),
    query: async <T>(key: PartitionKey, query: Query) => {
      const opened = await container();
      return drain<Stored<T>>(
        opened.items.query(specOf(query), { partitionKey: [...key], maxItemCount: PAGE }),
      );
    },
    queryAcross: async <T>(query: Query) => {
      const opened = await container();
      return drain<Stored<T>>(
        opened.items.query(specOf(query), { maxItemCount: PAGE, forceQueryPlan: true }),
      );
    },
  };
}

async function drain<T>(iterator: ReturnType<Container['items']['query']>): Promise<readonly T[]> {
  const rows: T[] = [];
  while (iterator.hasMoreResults()) {
    const page = await guarded(() => iterator.fetchNext());
    rows.push(...((page.resources ?? []) as T[]));
  }
  return rows;
}

async function runBatch(
  container: Container,
  key: PartitionKey,
  operations: readonly Operation[],
): Promise<BatchOutcome> {
  const response = await guarded(() => sendBatch(container, key, operations));
  const results = response.result ?? [];
  const failedAt = results.findIndex(
    result => result.statusCode >= 400 && result.statusCode !== FAILED_DEPENDENCY,
  );
  const failed = results[failedAt];
  if (failed !== undefined) {
    if (isPassing(failed.statusCode))
      throw recordFault('platform.database_unavailable', { status: failed.statusCode });
    return { done: false, failedAt, status: failed.statusCode };
  }
  return {
    done: true,
    etags: results.map(result => result.eTag ?? ''),
    items: results.map(({ resourceBody }, at) =>
      operations[at]?.kind === 'read' ? resourceBody : undefined,
    ),
  };
}

/**
 * The SDK throws a request that failed as a whole as a plain error that lost its status (4.9). Size and shape were
 * checked before, so what is left are outages, throttling beyond patience, and a wrong set-up, which the log tells.
 */
async function sendBatch(container: Container, key: PartitionKey, operations: readonly Operation[]) {
  try {
    const { result, headers } = await container.items.batch(operations.map(toSdk), [...key]);
    return { result, requestCharge: Number(headers['x-ms-request-charge'] ?? 0) };
  } catch (error) {
    throw recordFault('platform.database_unavailable', {}, error);
  }
}

function toSdk(operation: Operation): OperationInput {
  switch (operation.kind) {
    case 'create':
      return { operationType: 'Create', resourceBody: asJson(operation.item) };
    case 'read':
      return { operationType: 'Read', id: operation.id };
    case 'replace':
      return {
        operationType: 'Replace',
        id: operation.item.id,
        resourceBody: asJson(operation.item),
        ifMatch: operation.etag,
      };
    case 'remove':
      return { operationType: 'Delete', id: operation.id, ifMatch: operation.etag } as OperationInput;
    case 'touch':
      return {
        operationType: 'Patch',
        id: operation.id,
        resourceBody: {
          operations: [
            { op: 'set', path: '/touchedAt', value: operation.at },
            ...(operation.leavingUntil === undefined
              ? []
              : [{ op: 'set' as const, path: '/leavingUntil', value: operation.leavingUntil }]),
            ...(operation.closedUntil === undefined
              ? []
              : [{ op: 'set' as const, path: '/closedUntil', value: operation.closedUntil }]),
          ],
        },
        ifMatch: operation.etag,
      };
  }
}

function asJson(item: Item): JSONObject {
  return item as unknown as JSONObject; // items are plain JSON; the SDK's type only lacks readonly members
}

function specOf(query: Query): SqlQuerySpec {
  const parameters = Object.entries(query.parameters).map(([name, value]) => ({ name: `@${name}`, value }));
  return { query: query.text, parameters: parameters as NonNullable<SqlQuerySpec['parameters']> };
}

async function statusOf(call: () => Promise<{ statusCode: number; requestCharge: number }>): Promise<number> {
  try {
    return (await guarded(call)).statusCode;
  } catch (error) {
    const status = codeOf(error);
    if (status === 404 || status === 409 || status === 412) {
      charge(chargeOf(error));
      return status;
    }
    throw error;
  }
}

async function guarded<R extends { requestCharge: number }>(call: () => Promise<R>): Promise<R> {
  try {
    const response = await call();
    charge(Number.isFinite(response.requestCharge) ? response.requestCharge : 0);
    return response;
  } catch (error) {
    if (error instanceof AppError) throw error;
    const status = codeOf(error);
    if (status === undefined ? isOutage(error) : isPassing(status)) {
      throw recordFault('platform.database_unavailable', { status }, error);
    }
    throw error;
  }
}

/** Beside what says "not now" everywhere, Cosmos DB asks for another try after a conflict inside of it. */
function isPassing(status: number): boolean {
  return status === 449 || isOutage({ statusCode: status });
}

function codeOf(error: unknown): number | undefined {
  const code = (error as { code?: unknown } | undefined)?.code;
  return typeof code === 'number' ? code : undefined;
}

function chargeOf(error: unknown): number {
  const headers = (error as { headers?: Record<string, string> } | undefined)?.headers;
  return Number(headers?.['x-ms-request-charge'] ?? 0);
}
