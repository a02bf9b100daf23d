export { type DeliveryLog, type DeliveryEntry, openDeliveries } from './delivery-log.ts';
export { deliver, type DeliverTools } from './deliver.ts';
export { fanOut, type FanOutTools } from './fan-out.ts';
export { secretName, WebhookEndpoint, webhookEndpointKind, type WebhookEndpointData } from './endpoint-record.ts';
export { newWebhookSecret, signatureOf, webhookIdOf } from './signature.ts';
export { assertReachable, webhookFault, type OutboundRules } from './outbound.ts';
