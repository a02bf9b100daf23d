export { type DeliverTools, deliver } from './deliver.ts';
export { type DeliveryEntry, type DeliveryLog, openDeliveries } from './delivery-log.ts';
export {
  WebhookEndpoint,
  type WebhookEndpointData,
  webhookEndpointKind,
} from './endpoint-record.ts';
export { deafFilters, type EventTable, recordEvents } from './event-catalogue.ts';
export { type FanOutTools, fanOut } from './fan-out.ts';
export { type HeldTools, releaseHeld } from './held-deliveries.ts';
export { type OutboundRules, webhookFault } from './outbound.ts';
export { guardedFetch } from './reach.ts';
export { openWebhookSecrets, type WebhookSecrets } from './webhook-secrets.ts';
