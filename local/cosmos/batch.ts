import type { Container } from './container.ts';
import { partitionOf, placeOf } from './container.ts';
import { keyParts } from './epk.ts';
import { badRequest, CosmosFault, rangeGone, tooLarge } from './errors.ts';
import { clientJson } from './http.ts';
import { renderItem } from './item-table.ts';
import type { Json, JsonObject } from './json.ts';
import { isObject, parseJson } from './json.ts';
import type { Commit, Operation, OperationKind, Operations, Outcome, Place } from './operations.ts';

const mostOperations = 100;
const mostBytes = 2 * 1024 * 1024;
// Nine documents of a megabyte can be read by a batch, ten cannot (BatchServerResponseTooLargeAsync in the tests of the .NET SDK).
const mostReplyBytes = 10 * 1024 * 1024;

const kinds: ReadonlyMap<string, OperationKind> = new Map([
  ['Create', 'create'],
  ['Upsert', 'upsert'],
  ['Replace', 'replace'],
  ['Read', 'read'],
  ['Delete', 'delete'],
  ['Patch', 'patch'],
]);

/** Reads the operations of a batch: 1 to 100, 2 MB together. */
export function readBatch(text: string): readonly JsonObject[] {
  if (Buffer.byteLength(text) > mostBytes) throw tooLarge();
  const body = clientJson(text);
  if (!Array.isArray(body) || body.length === 0) throw badRequest('The batch request has no operations.');
  if (body.length > mostOperations)
    throw badRequest(`Batch request has more operations than what is supported: ${mostOperations}.`);
  return (body as readonly Json[]).map(operation => {
    if (!isObject(operation)) throw badRequest('A batch operation is not an object.');
    return operation;
  });
}

function operationOf(given: JsonObject): Operation {
  const kind = kinds.get(String(given['operationType']));
  if (kind === undefined) throw badRequest(`Unknown batch operation '${String(given['operationType'])}'.`);
  const text = (name: string): string | undefined => {
    const value = given[name];
    return typeof value === 'string' ? value : undefined;
  };
  return {
    kind,
    id: text('id'),
    body: given['resourceBody'],
    ifMatch: text('ifMatch'),
    ifNoneMatch: text('ifNoneMatch'),
  };
}

type Result = { [key: string]: Json };

function resultOf(container: Container, outcome: Outcome, minimal: boolean): Result {
  const { status, item, charge } = outcome;
  const result: Result = { statusCode: status, requestCharge: charge };
  if (item === undefined) return result;
  result['eTag'] = item.etag;
  if (!minimal && status !== 304) result['resourceBody'] = parseJson(renderItem(container, item));
  return result;
}

function failureOf(fault: CosmosFault): Result {
  const result: Result = { statusCode: fault.status, requestCharge: 1, message: fault.message };
  if (fault.subStatus !== 0) result['subStatusCode'] = fault.subStatus;
  return result;
}

/** Throws (413) when the results of a batch become larger than a reply may be. */
function replyMeter(): (result: Result) => Result {
  let bytes = 0;
  return result => {
    bytes += Buffer.byteLength(JSON.stringify(result));
    if (bytes > mostReplyBytes) throw new CosmosFault(413, 'The size of the response exceeds the limit.');
    return result;
  };
}

type BatchReply = {
  readonly status: number;
  readonly results: readonly Result[];
  readonly charge: number;
};

function replyOf(status: number, results: readonly Result[]): BatchReply {
  const charge = results.reduce((sum, result) => sum + Number(result['requestCharge'] ?? 0), 0);
  return { status, results, charge: Math.round(charge * 100) / 100 };
}

/** Ends the transaction when an operation of an atomic batch is refused. */
class Refused extends Error {
  readonly at: number;
  readonly fault: CosmosFault;

  constructor(at: number, fault: CosmosFault) {
    super(fault.message);
    this.at = at;
    this.fault = fault;
  }
}

/**
 * Runs a transactional batch on one logical partition: all or nothing. When an operation is refused the answer is 207,
 * with that operation's status and 424 for all others. https://learn.microsoft.com/azure/cosmos-db/transactional-batch
 */
export function runAtomicBatch(
  operations: Operations,
  container: Container,
  place: Place,
  given: readonly JsonObject[],
  options: { readonly ts: number; readonly minimal: boolean },
): BatchReply {
  const metered = replyMeter();
  try {
    const results = operations.commit(container, options.ts, commit =>
      given.map((operation, at) => {
        try {
          const outcome = operations.execute(container, place, operationOf(operation), commit);
          return metered(resultOf(container, outcome, options.minimal));
        } catch (error) {
          if (error instanceof CosmosFault) throw new Refused(at, error);
          throw error;
        }
      }),
    );
    // A read that finds nothing new refuses nothing, but then the whole is 207 as well.
    return replyOf(results.some(result => result['statusCode'] === 304) ? 207 : 200, results);
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    const results = given.map(
      (_, at): Result => (at === error.at ? failureOf(error.fault) : { statusCode: 424, requestCharge: 0 }),
    );
    return replyOf(207, results);
  }
}

/**
 * Runs the operations of a bulk request one by one, each with its own key and its own fate. They share a commit on disk.
 * A key outside of the partition that the request names is 410 (1002): the client's map of partitions is old.
 */
export function runBulk(
  operations: Operations,
  container: Container,
  given: readonly JsonObject[],
  options: {
    readonly ts: number;
    readonly minimal: boolean;
    readonly continueOnError: boolean;
    readonly rangeId: string | undefined;
  },
): BatchReply {
  let failed = false;
  const one = (operation: JsonObject, commit: Commit): Result => {
    if (failed && !options.continueOnError) return { statusCode: 424, requestCharge: 0 };
    try {
      const key = keyParts(clientJson(String(operation['partitionKey'] ?? 'null')));
      if (key === undefined) throw badRequest('PartitionKey value must be supplied for this operation.');
      const place = { key, epk: placeOf(container, key) };
      if (partitionOf(container, place.epk).id !== options.rangeId) throw rangeGone(options.rangeId);
      return resultOf(
        container,
        operations.attempt(container, place, operationOf(operation), commit),
        options.minimal,
      );
    } catch (error) {
      if (!(error instanceof CosmosFault) || error.status === 410) throw error;
      failed = true;
      return failureOf(error);
    }
  };
  const results = operations.commit(container, options.ts, commit =>
    given.map(operation => one(operation, commit)),
  );
  return replyOf(failed ? 207 : 200, results);
}
