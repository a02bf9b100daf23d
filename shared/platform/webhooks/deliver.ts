import { secondsAfter, systemCaller, timestamp } from '../../kernel/index.ts';
import type { DeliveryMessage, Messenger, Outgoing } from '../messaging/index.ts';
import {
  type ChangeDocument,
  type RecordsDoor,
  recordFault,
  type Saved,
  type Stored,
} from '../records/index.ts';
import type { Secrets } from '../secrets/index.ts';
import type { Attempt, DeliveryEntry, DeliveryLog } from './delivery-log.ts';
import { disableEndpoint } from './disable-endpoint.ts';
import { secretName, type WebhookEndpointData, webhookEndpointKind } from './endpoint-record.ts';
import type { OutboundRules } from './outbound.ts';
import { postWebhook } from './post-webhook.ts';
import { signatureOf, webhookIdOf } from './signature.ts';

/** How a delivery ended, for logs: ids and numbers, no address and no body. */
export type DeliveryEnd = {
  readonly endpointId: string;
  readonly webhookId: string;
  readonly outcome: 'delivered' | 'failed';
  readonly attempts: number;
};

export type DeliverTools = {
  readonly records: RecordsDoor;
  readonly secrets: Secrets;
  readonly deliveries: DeliveryLog;
  readonly messenger: Messenger;
  readonly rules: OutboundRules;
  readonly now: () => Date;
  /** From 0 to 1, for jitter. */
  readonly random: () => number;
  /** Whether a tenant's deliveries go out; they do not while it is suspended. */
  readonly isServed: (tenant: string) => Promise<boolean>;
  /** Hears of each delivery that ended, after that is written down. */
  readonly ended: (delivery: DeliveryEnd) => void;
};

/** Seconds before each further attempt, about a day in all (Standard Webhooks 1.0, svix). */
const DELAYS = [5, 300, 1800, 7200, 18_000, 36_000, 36_000] as const;
const QUEUE = 'webhook-deliveries';
/** 410 Gone: the receiver wants no more (Standard Webhooks 1.0). */
const GONE = 410;
const DISABLED = 'endpoint disabled';

/**
 * Tells one endpoint of one event; a failure leads to a later attempt under the same webhook id. What cannot be read yet
 * comes later; an endpoint that was switched off meanwhile ends the delivery as failed. While the tenant is suspended it is held: no
 * attempt is made, and it goes on when the tenant does, as long as the log remembers it.
 */
export async function deliver(tools: DeliverTools, message: DeliveryMessage): Promise<void> {
  const records = tools.records.for(systemCaller(message.tenantId, '', message.changeId));
  const endpoint = await records.find(webhookEndpointKind, message.endpointId);
  if (endpoint === undefined) throw notVisible({ endpoint: message.endpointId });
  const change = await records.scope(message.scope).change(message.changeId);
  const event = change?.events[message.event];
  if (change === undefined || event === undefined) throw notVisible({ change: message.changeId });
  const id = webhookIdOf(endpoint.id, change.id, message.event);
  const known = await tools.deliveries.find(message.tenantId, endpoint.id, id);
  if (known !== undefined && isPast(known, message)) return;
  if (!(await tools.isServed(message.tenantId)))
    return hold(tools, message, known, id, event.type, change.time);
  const attempt = await attemptAt(tools, endpoint, change, message.event, id);
  const entry = entryAfter(message, known, id, event.type, change.time, attempt);
  if (attempt.status === GONE) await disableEndpoint(records, endpoint);
  if (entry.state === 'pending') await tools.messenger.send([nextAttempt(tools, message, id)]);
  await tools.deliveries.save(entry, known?._etag);
  if (entry.state === 'pending') return;
  const { endpointId, state: outcome, attempts } = entry;
  tools.ended({ endpointId, webhookId: id, outcome, attempts: attempts.length });
}

/** Another process reads what is written here after a moment only. */
function notVisible(what: Readonly<Record<string, string>>): Error {
  return recordFault('platform.database_unavailable', what);
}

function isPast({ state, attempts }: DeliveryEntry, { attempt }: DeliveryMessage): boolean {
  return state === 'delivered' || state === 'failed' || attempts.length >= attempt;
}

async function hold(
  tools: DeliverTools,
  { tenantId, endpointId, changeId, scope, event, attempt }: DeliveryMessage,
  known: Stored<DeliveryEntry> | undefined,
  id: string,
  eventType: string,
  time: string,
): Promise<void> {
  const entry: DeliveryEntry = {
    ...{ id, tenantId, endpointId, eventType, changeId, state: 'held' },
    createdAt: known?.createdAt ?? time,
    attempts: known?.attempts ?? [],
    held: { scope, event, attempt },
  };
  if (!(await tools.deliveries.save(entry, known?._etag))) throw notVisible({ delivery: id });
}

async function attemptAt(
  tools: DeliverTools,
  endpoint: Saved<WebhookEndpointData>,
  change: ChangeDocument,
  event: number,
  id: string,
): Promise<Attempt> {
  const { url, status } = endpoint.data;
  if (status !== 'active') {
    return { at: timestamp(tools.now()), status: null, milliseconds: 0, error: DISABLED };
  }
  const secret = await tools.secrets.get(secretName(endpoint.id));
  if (secret === undefined) throw notVisible({ secret: endpoint.id });
  const post = signedPost(url, secret, id, bodyOf(change, event), tools.now());
  return postWebhook(post, tools.rules, tools.now);
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

type Attempted = DeliveryEntry & { readonly state: Exclude<DeliveryEntry['state'], 'held'> };

function entryAfter(
  message: DeliveryMessage,
  known: DeliveryEntry | undefined,
  id: string,
  eventType: string,
  createdAt: string,
  attempt: Attempt,
): Attempted {
  const delivered = attempt.error === null;
  const unwanted = attempt.status === GONE || attempt.error === DISABLED;
  const over = message.attempt > DELAYS.length || unwanted;
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
