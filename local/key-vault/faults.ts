import type { IncomingMessage } from 'node:http';
import type { Occasion } from '../faults/faults.ts';
import { type HttpRefusal, retryAfterSeconds } from '../faults/guard.ts';
import type { RuleOf } from '../faults/rule.ts';
import { VaultFault } from './refusals.ts';

const CRYPTOGRAPHY = {
  sign: 'sign',
  verify: 'verify',
  encrypt: 'encrypt',
  decrypt: 'decrypt',
  wrapkey: 'wrap',
  unwrapkey: 'unwrap',
} as const;

const CODES: Readonly<Record<number, string>> = {
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'NotFound',
  409: 'Conflict',
  429: 'Throttled',
  500: 'InternalServerError',
  503: 'ServiceUnavailable',
};

/** What a request is to the rules of faults: `entity` is `secrets` or `keys`, the path is what `match` looks at. */
export function describe({ method = 'GET', url = '' }: IncomingMessage): Occasion<'key-vault'> {
  const path = url.split('?', 1)[0] ?? '';
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
export function refuse(rule: RuleOf<'status'>): HttpRefusal {
  const code = rule.code ?? CODES[rule.status] ?? 'BadParameter';
  const { body } = new VaultFault(rule.status, code, 'A fault was asked for.');
  return { status: rule.status, headers: retryAfterSeconds(rule), body: JSON.stringify(body) };
}
