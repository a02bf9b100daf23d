import type { Secrets } from '../secrets/index.ts';
import { secretName } from './endpoint-record.ts';
import { assertReachable, type OutboundRules } from './outbound.ts';
import { newWebhookSecret } from './signature.ts';

/** What registering an address needs: its secret, and whether calls to it are allowed at all. */
export type WebhookSecrets = {
  /** The endpoint's signing secret, made when there is none. */
  ensure(endpointId: string): Promise<string>;
  read(endpointId: string): Promise<string | undefined>;
  /** Deletes it with the tenant that it was of. */
  remove(endpointId: string): Promise<void>;
  assertReachable(url: string): Promise<void>;
};

/** Joins Key Vault's secrets with the rules for outgoing calls. */
export function openWebhookSecrets(secrets: Secrets, rules: OutboundRules): WebhookSecrets {
  return {
    read: endpointId => secrets.get(secretName(endpointId)),
    ensure: endpointId => secrets.getOrCreate(secretName(endpointId), newWebhookSecret),
    remove: endpointId => secrets.remove(secretName(endpointId)),
    assertReachable: async url => {
      await assertReachable(new URL(url), rules);
    },
  };
}
