import type { IncomingMessage } from 'node:http';
import type { Occasion } from '../faults/faults.ts';
import { type HttpRefusal, retryAfterSeconds } from '../faults/guard.ts';
import type { RuleOf } from '../faults/rule.ts';
import { usualHeaders } from './call.ts';
import {
  badParameter,
  beingDeleted,
  forbiddenByRbac,
  type Kind,
  notFound,
  throttled,
  unauthorized,
  VaultFault,
} from './refusals.ts';

const CRYPTOGRAPHY = {
  sign: 'sign',
  verify: 'verify',
  encrypt: 'encrypt',
  decrypt: 'decrypt',
  wrapkey: 'wrap',
  unwrapkey: 'unwrap',
} as const;

/** What the vault says about an object with a status that does not come from what was asked. https://learn.microsoft.com/azure/key-vault/general/rest-error-codes */
function usualFault(status: number, kind: Kind, name: string): VaultFault {
  switch (status) {
    case 401:
      return unauthorized('AKV10000: Request is missing a Bearer or PoP token.');
    case 403:
      return forbiddenByRbac();
    case 404:
      return notFound(kind, name);
    case 409:
      return beingDeleted(kind, name);
    case 429:
      return throttled();
    case 503:
      return new VaultFault(503, 'ServiceUnavailable', 'The service is temporarily unavailable.');
    default:
      return status < 500
        ? badParameter('The request is not well formed.')
        : new VaultFault(500, 'InternalServerError', 'An unexpected error occurred.');
  }
}

/** What a request is to the rules of faults: `entity` is `secrets` or `keys`, the path is what `match` looks at. */
export function describe({ method = 'GET', url = '' }: IncomingMessage): Occasion<'key-vault'> {
  const path = pathOf(url);
  const parts = path.split('/').filter(part => part !== '');
  const verb = parts.at(-1) ?? '';
  const isCryptography = method === 'POST' && parts.length > 2 && Object.hasOwn(CRYPTOGRAPHY, verb);
  const operation = isCryptography
    ? CRYPTOGRAPHY[verb as keyof typeof CRYPTOGRAPHY] // checked above
    : method === 'GET'
      ? 'read'
      : method === 'DELETE'
        ? 'delete'
        : 'write';
  return { operation, entity: parts[0]?.replace(/^deleted/, ''), target: path };
}

/** A status that a rule asked for, in the vault's words. */
export function refuse(rule: RuleOf<'status'>, { url = '' }: IncomingMessage): HttpRefusal {
  const [collection = '', name = ''] = pathOf(url)
    .split('/')
    .filter(part => part !== '');
  const kind = collection.endsWith('keys') ? 'keys' : 'secrets';
  const { code, message, innerCode } = usualFault(rule.status, kind, name);
  const { body } = new VaultFault(rule.status, rule.code ?? code, message, innerCode);
  return {
    status: rule.status,
    headers: { ...usualHeaders(), ...retryAfterSeconds(rule) },
    body: JSON.stringify(body),
  };
}

function pathOf(url: string): string {
  return url.split('?', 1)[0] ?? '';
}
