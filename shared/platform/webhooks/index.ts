export { type DeliverTools, deliver } from './deliver.ts';
export { type DeliveryEntry, type DeliveryLog, openDeliveries } from './delivery-log.ts';
export {
  secretName,
  WebhookEndpoint,
  type WebhookEndpointData,
  webhookEndpointKind,
} from './endpoint-record.ts';
export { type FanOutTools, fanOut } from './fan-out.ts';
export { assertReachable, type OutboundRules, webhookFault } from './outbound.ts';
export { newWebhookSecret, signatureOf, webhookIdOf } from './signature.ts';
export { openWebhookSecrets, type WebhookSecrets } from './webhook-secrets.ts';
