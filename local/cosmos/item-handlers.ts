import { readBatch, runAtomicBatch, runBulk } from './batch.ts';
import { readFactor } from './charge.ts';
import type { Container } from './container.ts';
import { placeOf } from './container.ts';
import { keyParts } from './epk.ts';
import { badRequest, partitionKeyMismatch } from './errors.ts';
import type { Call, Reply } from './http.ts';
import { isTrue, jsonBody, reply, seconds } from './http.ts';
import { renderItem } from './item-table.ts';
import type { Json } from './json.ts';
import { parseJson } from './json.ts';
import type { Operation, OperationKind, Outcome, Place } from './operations.ts';
import type { Service } from './service.ts';
import { levelOf, placeHeaders, readPoint } from './service.ts';

/** The key in a request's header; undefined when there is none. */
export function headerKey(call: Call): readonly (string | number | boolean | null | undefined)[] | undefined {
  const text = call.header('x-ms-documentdb-partitionkey');
  if (text === undefined) return undefined;
  let value: Json;
  try {
    value = parseJson(text);
  } catch {
    throw badRequest('Partition key in the header is invalid.', 1001);
  }
  const parts = keyParts(value);
  if (parts === undefined) throw partitionKeyMismatch();
  return parts;
}

function requiredPlace(container: Container, call: Call): Place {
  const key = headerKey(call);
  if (key === undefined) throw badRequest('PartitionKey value must be supplied for this operation.');
  return { key, epk: placeOf(container, key) };
}

function operationOf(call: Call, kind: OperationKind, id: string | undefined): Operation {
  const body = kind === 'read' || kind === 'delete' ? undefined : jsonBody(call);
  return { kind, id, body, ifMatch: call.header('if-match'), ifNoneMatch: call.header('if-none-match') };
}

function outcomeReply(container: Container, place: Place, outcome: Outcome, asOf?: number): Reply {
  const { status, item, charge } = outcome;
  const headers: Record<string, string> = {
    ...placeHeaders(container, place.epk, asOf),
    'x-ms-request-charge': String(charge),
    lsn: String(asOf ?? container.lsn),
  };
  if (item === undefined) return reply(status, '', headers);
  headers['etag'] = item.etag;
  return reply(status, status === 304 ? '' : renderItem(container, item), headers);
}

function isMinimal(call: Call): boolean {
  return call.header('prefer')?.toLowerCase() === 'return=minimal';
}

/** A point read. */
export function readItem(service: Service, call: Call, container: Container, id: string): Reply {
  const place = requiredPlace(container, call);
  const asOf = readPoint(service, call, 'read', container);
  const at = { now: seconds(call), asOf, factor: readFactor(levelOf(call)) };
  const outcome = service.operations.read(container, place, operationOf(call, 'read', id), at);
  return outcomeReply(container, place, outcome, asOf);
}

/** Create, upsert, replace, patch and delete of one document. */
export function writeItem(
  service: Service,
  call: Call,
  container: Container,
  kind: OperationKind,
  id?: string,
): Reply {
  const place = requiredPlace(container, call);
  const operation = operationOf(call, kind, id);
  const outcome = service.operations.commit(container, seconds(call), commit =>
    service.operations.execute(container, place, operation, commit),
  );
  service.staleReads.noteCommit(container, call.nowMs);
  const answer = outcomeReply(container, place, outcome);
  return isMinimal(call) ? { ...answer, body: '' } : answer;
}

/** All documents of a logical partition are deleted. */
export function deleteKey(service: Service, call: Call, container: Container): Reply {
  const { epk } = requiredPlace(container, call);
  service.operations.commit(container, seconds(call), commit =>
    service.operations.deleteKey(container, epk, commit),
  );
  service.staleReads.noteCommit(container, call.nowMs);
  return reply(200, '', placeHeaders(container, epk));
}

/** A transactional batch, or a bulk request when it is not atomic. */
export function batchItems(service: Service, call: Call, container: Container): Reply {
  const given = readBatch(call.body);
  const minimal = isMinimal(call);
  const atomic = isTrue(call.header('x-ms-cosmos-batch-atomic'));
  const rangeId = call.header('x-ms-documentdb-partitionkeyrangeid');
  const options = {
    ts: seconds(call),
    minimal,
    continueOnError: isTrue(call.header('x-ms-cosmos-batch-continue-on-error')),
    rangeId,
  };
  const place = atomic
    ? requiredPlace(container, call)
    : { key: [], epk: container.ranges.find(range => range.id === rangeId)?.min ?? '' };
  const done = atomic
    ? runAtomicBatch(service.operations, container, place, given, options)
    : runBulk(service.operations, container, given, options);
  service.staleReads.noteCommit(container, call.nowMs);
  const headers = {
    ...placeHeaders(container, place.epk),
    'x-ms-request-charge': String(done.charge),
  };
  return reply(done.status, JSON.stringify(done.results), headers);
}
