import type { IncomingMessage } from 'node:http';
import type { Occasion } from '../faults/faults.ts';
import { type HttpRefusal, retryAfterSeconds } from '../faults/guard.ts';
import type { RuleOf } from '../faults/rule.ts';
import type { OperationOf } from '../faults/vocabulary.ts';
import { storageRefusal } from './refusal.ts';

/**
 * What Blob Storage usually says with a status, by code. It throttles with 503, and a time-out of its own is a 500 with the code OperationTimedOut.
 * https://learn.microsoft.com/rest/api/storageservices/common-rest-api-error-codes
 */
const USUAL: Readonly<Record<number, string>> = {
  400: 'InvalidInput',
  401: 'NoAuthenticationInformation',
  403: 'AuthorizationFailure',
  404: 'BlobNotFound',
  408: 'OperationTimedOut',
  409: 'BlobAlreadyExists',
  412: 'ConditionNotMet',
  429: 'TooManyRequests',
  500: 'InternalError',
  503: 'ServerBusy',
};

const MESSAGES: Readonly<Record<string, string>> = {
  AuthorizationFailure: 'This request is not authorized to perform this operation.',
  AuthorizationPermissionMismatch:
    'This request is not authorized to perform this operation using this permission.',
  BlobAlreadyExists: 'The specified blob already exists.',
  BlobNotFound: 'The specified blob does not exist.',
  ConditionNotMet: 'The condition specified using HTTP conditional header(s) is not met.',
  ContainerNotFound: 'The specified container does not exist.',
  InternalError: 'Server encountered an internal error. Please try again after some time.',
  InvalidInput: 'One of the request inputs is not valid.',
  LeaseAlreadyPresent: 'There is already a lease present.',
  LeaseIdMissing: 'There is currently a lease on the blob and no lease ID was specified in the request.',
  NoAuthenticationInformation:
    'Server failed to authenticate the request. Please refer to the information in the www-authenticate header.',
  OperationTimedOut: 'Operation could not be completed within the specified time.',
  ServerBusy: 'The server is busy.',
  TooManyRequests: 'The server is busy.',
};

/** What a request is to the rules of faults: `entity` is the container, `/account/container/blob` what `match` looks at. */
export function describe(request: IncomingMessage): Occasion<'blob'> {
  const url = new URL(`https://localhost${request.url ?? '/'}`);
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
  const usual = USUAL[rule.status] ?? (rule.status < 500 ? 'InvalidInput' : 'InternalError');
  const code = rule.code ?? usual;
  const refusal = storageRefusal(rule.status, code, MESSAGES[code] ?? MESSAGES[usual] ?? '');
  return { ...refusal, headers: { ...refusal.headers, ...retryAfterSeconds(rule) } };
}
