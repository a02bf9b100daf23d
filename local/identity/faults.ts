import type { IncomingMessage } from 'node:http';
import type { Occasion } from '../faults/faults.ts';
import { type HttpRefusal, retryAfterSeconds } from '../faults/guard.ts';
import type { RuleOf } from '../faults/rule.ts';
import { refusal } from './refusal.ts';

/** What a request is to the rules of faults. */
export function describe({ url = '' }: IncomingMessage): Occasion<'identity'> {
  return { operation: url.startsWith('/msi/token') ? 'token' : 'metadata', target: url };
}

/** What the endpoint passes on when it has no token for a reason that it does not tell; the spelling is its own. */
const UNEXPECTED = 'An unexpected error occured while fetching the AAD Token.';

/** In the endpoint's words, or in those of Entra behind it (https://learn.microsoft.com/entra/identity-platform/reference-error-codes). */
const WORDS: Readonly<Record<number, string>> = {
  400: 'No User Assigned or Delegated Managed Identity found for specified ClientId/ResourceId/PrincipalId.',
  401: 'The value of X-IDENTITY-HEADER is not valid.',
  404: 'The requested resource was not found.',
  429: 'AADSTS90055: TenantThrottlingError - There are too many incoming requests.',
  503: 'AADSTS90006: ExternalServerRetryableError - The service is temporarily unavailable.',
};

/** A status that a rule asked for, in the endpoint's words. */
export function refuse(rule: RuleOf<'status'>): HttpRefusal {
  const { status, body } = refusal(rule.status, WORDS[rule.status] ?? UNEXPECTED);
  return { status, headers: retryAfterSeconds(rule), body: JSON.stringify(body) };
}
