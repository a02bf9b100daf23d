import { secondsAfter, systemCaller, timestamp } from '../../kernel/index.ts';
import type { DeliveryMessage, EventMessage, Messenger } from '../messaging/index.ts';
import { type ChangeDocument, type RecordsDoor, recordFault, type Saved } from '../records/index.ts';
import { type WebhookEndpointData, webhookEndpointKind } from './endpoint-record.ts';
import { lets } from './event-catalogue.ts';
import { webhookIdOf } from './signature.ts';

export type FanOutTools = {
  readonly records: RecordsDoor;
  readonly messenger: Messenger;
  readonly now: () => Date;
};

const QUEUE = 'webhook-deliveries';
/** The log that keeps deliveries from being made twice forgets after 90 days. */
const OLDEST_SECONDS = 80 * 24 * 60 * 60;

/**
 * Turns one change into a delivery message for each endpoint that wants one of its events. A relay that lost its
 * checkpoints tells all of history again: what is old, or happened before an endpoint was there, is not for it.
 */
export async function fanOut(tools: FanOutTools, message: EventMessage): Promise<void> {
  const records = tools.records.for(systemCaller(message.tenantId, '', message.changeId));
  const endpoints = await records.scope('webhooks').all(webhookEndpointKind);
  const active = endpoints.filter(endpoint => endpoint.data.status === 'active');
  if (active.length === 0) return;
  const change = await records.scope(message.scope).change(message.changeId);
  if (change === undefined) throw recordFault('platform.database_unavailable', { change: message.changeId });
  const oldest = timestamp(secondsAfter(tools.now(), -OLDEST_SECONDS));
  const messages = active
    .filter(endpoint => isMeantFor(endpoint, change.time, oldest))
    .flatMap(endpoint => messagesFor(endpoint, message, change));
  if (messages.length > 0) await tools.messenger.send(messages);
}

/** Whether an endpoint may hear of what happened at `time`. All are timestamps in UTC. */
export function isMeantFor(endpoint: { readonly createdAt: string }, time: string, oldest: string): boolean {
  return time >= endpoint.createdAt && time >= oldest;
}

function messagesFor(
  endpoint: Saved<WebhookEndpointData>,
  message: EventMessage,
  change: ChangeDocument,
): readonly { to: string; id: string; body: DeliveryMessage }[] {
  return change.events.flatMap((event, index) => {
    if (!wants(endpoint.data.eventTypes, event.type)) return [];
    const body: DeliveryMessage = { ...message, endpointId: endpoint.id, event: index, attempt: 1 };
    return [{ to: QUEUE, id: `${webhookIdOf(endpoint.id, change.id, index)}:1`, body }];
  });
}

/** Whether an endpoint wants to hear of an event type. */
export function wants(filters: readonly string[], type: string): boolean {
  return filters.some(filter => lets(filter, type));
}
