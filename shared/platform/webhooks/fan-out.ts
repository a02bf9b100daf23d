import { systemCaller } from '../../kernel/index.ts';
import type { DeliveryMessage, EventMessage, Messenger } from '../messaging/index.ts';
import { type ChangeDocument, type RecordsDoor, recordFault } from '../records/index.ts';
import { type WebhookEndpointData, webhookEndpointKind } from './endpoint-record.ts';
import { webhookIdOf } from './signature.ts';

export type FanOutTools = { readonly records: RecordsDoor; readonly messenger: Messenger };

const QUEUE = 'webhook-deliveries';

/** Turns one change into a delivery message for each endpoint that wants one of its events. */
export async function fanOut(tools: FanOutTools, message: EventMessage): Promise<void> {
  const records = tools.records.for(systemCaller(message.tenantId, '', message.changeId));
  const endpoints = await records.scope('webhooks').all(webhookEndpointKind);
  const active = endpoints.filter(endpoint => endpoint.data.status === 'active');
  if (active.length === 0) return;
  const change = await records.scope(message.scope).change(message.changeId);
  if (change === undefined) throw recordFault('platform.database_unavailable', { change: message.changeId });
  const messages = active.flatMap(endpoint => messagesFor(endpoint.id, endpoint.data, message, change));
  if (messages.length > 0) await tools.messenger.send(messages);
}

function messagesFor(
  endpointId: string,
  endpoint: WebhookEndpointData,
  message: EventMessage,
  change: ChangeDocument,
): readonly { to: string; id: string; body: DeliveryMessage }[] {
  return change.events.flatMap((event, index) => {
    if (!wants(endpoint.eventTypes, event.type)) return [];
    const body: DeliveryMessage = { ...message, endpointId, event: index, attempt: 1 };
    return [{ to: QUEUE, id: `${webhookIdOf(endpointId, change.id, index)}:1`, body }];
  });
}

/** Whether an endpoint's filter lets an event type through; `calibration.*` takes all below it. */
export function wants(filters: readonly string[], type: string): boolean {
  return filters.some(
    filter =>
      filter === '*' || filter === type || (filter.endsWith('.*') && type.startsWith(filter.slice(0, -1))),
  );
}
