import type { OperationOf } from '../faults/vocabulary.ts';
import type { CosmosFault } from './errors.ts';
import { badRequest, codeWord } from './errors.ts';
import type { Json } from './json.ts';
import { hasFiniteNumbers, parseJson } from './json.ts';

/** What requests do, by the names that rules of faults have for it. */
export type OperationName = Exclude<OperationOf<'cosmos'>, 'commit'>;

/** A request, read whole. */
export type Call = {
  readonly method: string;
  /** Decoded parts of the path: `dbs`, id, `colls`, id, `docs`, id. */
  readonly parts: readonly string[];
  readonly header: (name: string) => string | undefined;
  readonly body: string;
  /** The request's time, in milliseconds. */
  readonly nowMs: number;
  /** Aborted when the client leaves before it was answered. */
  readonly gone: AbortSignal;
};

export type Reply = {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
};

/** A reply with a JSON body. */
export function reply(status: number, body: string, headers: Record<string, string> = {}): Reply {
  return { status, headers, body };
}

/** The body of a request as JSON; 400 when it is none. */
export function jsonBody(call: Call): Json {
  return clientJson(call.body);
}

/** Text from a client as JSON; 400 when it is none. */
export function clientJson(text: string): Json {
  let value: Json;
  try {
    value = parseJson(text);
  } catch {
    throw badRequest('The input content is invalid because it is not valid JSON.');
  }
  if (mayOverflow.test(text) && !hasFiniteNumbers(value))
    throw badRequest('The input content is invalid because a number in it is too large.');
  return value;
}

const mayOverflow = /\d{309}|\d[eE]\+?\d{3}/;

/** The time of a request in seconds, as `_ts` has it. */
export function seconds(call: Call): number {
  return Math.floor(call.nowMs / 1000);
}

/** Whether a header says true. */
export function isTrue(value: string | undefined): boolean {
  return value?.toLowerCase() === 'true';
}

// The second is what the SDK for Go says: https://github.com/Azure/azure-sdk-for-go/blob/main/sdk/data/azcosmos/cosmos_http_constants.go
const queryHeaders = ['x-ms-documentdb-isquery', 'x-ms-documentdb-query'];

/** A query says so in a header and comes as `application/query+json`; 400 when it comes as something else. */
export function isQuery({ header }: Pick<Call, 'header'>): boolean {
  if (!queryHeaders.some(name => isTrue(header(name)))) return false;
  const type = header('content-type') ?? '';
  if (type.startsWith('application/query+json')) return true;
  throw badRequest(
    `The content type '${type}' of a query is not supported. Please use 'application/query+json'.`,
  );
}

/** What every reply carries, whatever it says. */
export function usualHeaders(activityId: string): Record<string, string> {
  return {
    'content-type': 'application/json',
    'x-ms-activity-id': activityId,
    'x-ms-request-charge': '1',
    'x-ms-gatewayversion': 'version=2.14.0',
    'x-ms-serviceversion': 'version=1.14.33.3',
    'x-ms-schemaversion': '1.19',
  };
}

/** The reply that tells a fault, in the service's form. */
export function faultReply(fault: CosmosFault, activityId: string): Reply {
  const message = `${fault.message}\r\nActivityId: ${activityId}`;
  const headers: Record<string, string> = { ...fault.headers };
  if (fault.subStatus !== 0) headers['x-ms-substatus'] = String(fault.subStatus);
  return {
    status: fault.status,
    headers,
    body: JSON.stringify({ code: codeWord(fault.status), message, ...fault.extra }),
  };
}
