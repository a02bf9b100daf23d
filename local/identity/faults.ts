import type { IncomingMessage } from 'node:http';
import type { Occasion } from '../faults/faults.ts';
import { type HttpRefusal, retryAfterSeconds } from '../faults/guard.ts';
import type { RuleOf } from '../faults/rule.ts';
import { refusal } from './refusal.ts';

/** What a request is to the rules of faults. */
export function describe({ url = '' }: IncomingMessage): Occasion<'identity'> {
  return { operation: url.startsWith('/msi/token') ? 'token' : 'metadata', target: url };
}

/** A status that a rule asked for, in the endpoint's words. */
export function refuse(rule: RuleOf<'status'>): HttpRefusal {
  const { status, body } = refusal(rule.status, 'A fault was asked for.');
  return { status, headers: retryAfterSeconds(rule), body: JSON.stringify(body) };
}
