import { secondsAfter, systemCaller } from '../../kernel/index.ts';
import type { DeliveryMessage, Messenger, Outgoing } from '../messaging/index.ts';
import { type ChangeDocument, type RecordsDoor, recordFault } from '../records/index.ts';
import type { Secrets } from '../secrets/index.ts';
import type { Attempt, DeliveryEntry, DeliveryLog } from './delivery-log.ts';
import { secretName, webhookEndpointKind } from './endpoint-record.ts';
import type { OutboundRules } from './outbound.ts';
import { postWebhook } from './post-webhook.ts';
import { signatureOf, webhookIdOf } from './signature.ts';

export type DeliverTools = {
  readonly records: RecordsDoor;
  readonly secrets: Secrets;
  readonly deliveries: DeliveryLog;
  readonly messenger: Messenger;
  readonly rules: OutboundRules;
  readonly now: () => Date;
  /** From 0 to 1, for jitter. */
  readonly random: () => number;
};

/** Seconds before each further attempt, about a day in all (Standard Webhooks 1.0, svix). */
const DELAYS = [5, 300, 1800, 7200, 18_000, 36_000, 36_000] as const;
const QUEUE = 'webhook-deliveries';
/** 410 Gone: the receiver wants no more (Standard Webhooks 1.0). */
const GONE = 410;

/** Tells one endpoint of one event; a failure leads to a later attempt under the same webhook id. */
export async function deliver(tools: DeliverTools, message: DeliveryMessage): Promise<void> {
  const records = tools.records.for(systemCaller(message.tenantId, '', message.changeId));
  const endpoint = await records.find(webhookEndpointKind, message.endpointId);
  if (endpoint === undefined || endpoint.data.status !== 'active') return;
  const change = await records.scope(message.scope).change(message.changeId);
  const event = change?.events[message.event];
  if (change === undefined || event === undefined)
    throw recordFault('platform.database_unavailable', { change: message.changeId });
  const id = webhookIdOf(endpoint.id, change.id, message.event);
  const known = await tools.deliveries.find(message.tenantId, endpoint.id, id);
  if (known !== undefined && (known.state !== 'pending' || known.attempts.length >= message.attempt)) return;
  const secret = await tools.secrets.get(secretName(endpoint.id));
  if (secret === undefined) throw recordFault('platform.database_unavailable', { secret: endpoint.id });
  const post = signedPost(endpoint.data.url, secret, id, bodyOf(change, message.event), tools.now());
  const attempt = await postWebhook(post, tools.rules, tools.now);
  const entry = entryAfter(message, known, id, event.type, change.time, attempt);
  if (entry.state === 'pending') await tools.messenger.send([nextAttempt(tools, message, id)]);
  await tools.deliveries.save(entry, known?._etag);
}

function signedPost(
  url: string,
  secret: string,
  id: string,
  body: string,
  now: Date,
): { url: string; headers: Record<string, string>; body: string } {
  const seconds = Math.floor(now.getTime() / 1000);
  const headers = {
    'content-type': 'application/json',
    'user-agent': 'Touchstone-Webhooks/1',
    'webhook-id': id,
    'webhook-timestamp': String(seconds),
    'webhook-signature': signatureOf(secret, id, seconds, body),
  };
  return { url, headers, body };
}

function bodyOf(change: ChangeDocument, index: number): string {
  const event = change.events[index];
  return JSON.stringify({
    type: event?.type,
    timestamp: change.time,
    data: {
      ...event?.data,
      changeId: change.id,
      records: change.touches.map(({ id, kind, version }) => ({ id, kind, version })),
    },
  });
}

function entryAfter(
  message: DeliveryMessage,
  known: DeliveryEntry | undefined,
  id: string,
  eventType: string,
  createdAt: string,
  attempt: Attempt,
): DeliveryEntry {
  const delivered = attempt.error === null;
  const over = message.attempt > DELAYS.length || attempt.status === GONE;
  return {
    id,
    tenantId: message.tenantId,
    endpointId: message.endpointId,
    eventType,
    changeId: message.changeId,
    state: delivered ? 'delivered' : over ? 'failed' : 'pending',
    createdAt: known?.createdAt ?? createdAt,
    attempts: [...(known?.attempts ?? []), attempt],
  };
}

function nextAttempt(tools: DeliverTools, message: DeliveryMessage, id: string): Outgoing {
  const delay = DELAYS[message.attempt - 1] ?? DELAYS[DELAYS.length - 1] ?? 0;
  const jittered = delay * (0.8 + 0.4 * tools.random());
  const attempt = message.attempt + 1;
  return {
    to: QUEUE,
    id: `${id}:${attempt}`,
    body: { ...message, attempt },
    notBefore: secondsAfter(tools.now(), jittered),
  };
}
