import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { Occasion } from '../faults/faults.ts';
import { type HttpRefusal, retryAfterSeconds } from '../faults/guard.ts';
import type { RuleOf } from '../faults/rule.ts';
import type { OperationOf } from '../faults/vocabulary.ts';

/** https://learn.microsoft.com/rest/api/storageservices/blob-service-error-codes */
const CODES: Readonly<Record<number, string>> = {
  403: 'AuthorizationFailure',
  404: 'BlobNotFound',
  408: 'OperationTimedOut',
  409: 'BlobAlreadyExists',
  412: 'ConditionNotMet',
  429: 'TooManyRequests',
  500: 'InternalError',
  503: 'ServerBusy',
};

/** What a request is to the rules of faults: `entity` is the container, `/account/container/blob` what `match` looks at. */
export function describe(request: IncomingMessage): Occasion<'blob'> {
  const url = new URL(request.url ?? '/', 'https://localhost');
  const [, , container] = url.pathname.split('/');
  return { operation: operationOf(request, url.searchParams), entity: container, target: url.pathname };
}

function operationOf({ method, headers }: IncomingMessage, query: URLSearchParams): OperationOf<'blob'> {
  const part = query.get('comp');
  if (part === 'list' || part === 'lease') return part;
  if (query.has('restype') || method === 'POST') return 'metadata';
  if (headers['x-ms-copy-source'] !== undefined) return 'copy';
  if (method === 'DELETE') return 'delete';
  return method === 'PUT' ? 'write' : 'read';
}

/** A status that a rule asked for, in the words of Blob Storage. */
export function refuse(rule: RuleOf<'status'>): HttpRefusal {
  const code = rule.code ?? CODES[rule.status] ?? 'InvalidInput';
  return {
    status: rule.status,
    headers: {
      'content-type': 'application/xml',
      'x-ms-error-code': code,
      'x-ms-request-id': randomUUID(),
      ...retryAfterSeconds(rule),
    },
    body: `<?xml version="1.0" encoding="utf-8"?><Error><Code>${code}</Code><Message>A fault was asked for.</Message></Error>`,
  };
}
