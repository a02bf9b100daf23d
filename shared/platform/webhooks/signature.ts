import { createHmac, randomBytes } from 'node:crypto';
import { derivedKey } from '../../kernel/index.ts';

/** Standard Webhooks 1.0: 24 to 64 bytes, shown as `whsec_` and base64. */
export function newWebhookSecret(): string {
  return `whsec_${randomBytes(32).toString('base64')}`;
}

/**
 * Standard Webhooks 1.0: `v1,` and the base64 of HMAC-SHA256 over `id.timestamp.body`.
 * `timestamp` is in seconds and belongs to the attempt, not to the event.
 */
export function signatureOf(secret: string, id: string, timestamp: number, body: string): string {
  const key = Buffer.from(secret.replace(/^whsec_/, ''), 'base64');
  return `v1,${createHmac('sha256', key).update(`${id}.${timestamp}.${body}`).digest('base64')}`;
}

/** The same for every attempt at telling one endpoint of one event: the receiver's idempotency key. */
export function webhookIdOf(endpointId: string, changeId: string, event: number): string {
  return `msg_${derivedKey(endpointId, changeId, String(event))}`;
}
