import * as z from 'zod';
import { defineRecord } from '../records/index.ts';

/** Where a tenant wants to hear of events. The signing secret stays in Key Vault. */
export const WebhookEndpoint = z.strictObject({
  url: z.url({ protocol: /^https?$/ }).max(2000),
  description: z.string().max(200).optional(),
  /** Event types, or prefixes that end in `.*`. */
  eventTypes: z
    .array(z.string().regex(/^([a-z][a-z0-9_]*)(\.[a-z][a-z0-9_]*)*(\.\*)?$|^\*$/))
    .min(1)
    .max(50),
  status: z.enum(['active', 'disabled']),
});
export type WebhookEndpointData = z.infer<typeof WebhookEndpoint>;

export const webhookEndpointKind = defineRecord<WebhookEndpointData>({
  name: 'platform.webhook_endpoint',
  prefix: 'whk',
  home: { fixed: 'webhooks' },
  schema: WebhookEndpoint,
  indexed: endpoint => ({ status: endpoint.status }),
  readPermission: 'platform.webhook:read',
});

/** The Key Vault name of an endpoint's signing secret. */
export function secretName(endpointId: string): string {
  return `webhook-${endpointId.replaceAll('_', '-')}`;
}
