import * as z from 'zod';
import { rule } from '../../kernel/index.ts';
import { defineRecord } from '../records/index.ts';

/** Where a tenant wants to hear of events. The signing secret stays in Key Vault. */
export const WebhookEndpoint = z.strictObject({
  url: z
    .url({ protocol: /^https?$/ })
    .max(2000)
    .refine(hasNoCredentials, rule('credentials_in_address')),
  description: z.string().max(200).optional(),
  /** Event types, or prefixes that end in `.*`. */
  eventTypes: z
    .array(
      z
        .string()
        .max(100)
        .regex(/^([a-z][a-z0-9_]*)(\.[a-z][a-z0-9_]*)*(\.\*)?$|^\*$/),
    )
    .min(1)
    .max(50),
  status: z.enum(['active', 'disabled']),
});
export type WebhookEndpointData = z.infer<typeof WebhookEndpoint>;

export const webhookEndpointKind = defineRecord({
  name: 'platform.webhook_endpoint',
  prefix: 'whk',
  home: { fixed: 'webhooks' },
  schema: WebhookEndpoint,
  indexed: endpoint => ({ status: endpoint.status }),
  wholeTenant: true,
  readPermission: 'platform.webhook:read',
  rollback: {
    permission: 'platform.webhook:write',
    stepUp: 'people',
    to: (now, then) => ({ data: { ...then, status: now.status } }),
  },
});

/** The Key Vault name of an endpoint's signing secret. */
export function secretName(endpointId: string): string {
  return `webhook-${endpointId.replaceAll('_', '-')}`;
}

/** Texts that are no addresses at all are refused by their own rule. */
function hasNoCredentials(text: string): boolean {
  if (!URL.canParse(text)) return true;
  const { username, password } = new URL(text);
  return username === '' && password === '';
}
