import { timestamp } from '../../kernel/index.ts';
import type { WriteOnceStore } from '../blobs/index.ts';
import type { Keyring, Rotation, RotationPause, RotationWatch } from '../keys/index.ts';
import type { Store } from '../records/index.ts';
import { removeTraces } from './traces.ts';

/**
 * What makes somebody forgotten: the ledger of who was, the keys that go, and the traces that keys do not cover. What it
 * does is done once however often it is asked for.
 */
export type Privacy = {
  /**
   * Notes in the ledger that a person was erased, then destroys their key. The ledger lies apart from the database, can only
   * grow, and says ids alone.
   */
  forget(tenant: string, person: string): Promise<void>;
  /** Removes what is left beside sealed values: claims on addresses, logins, and answers that are kept for repeated requests. */
  removeTraces(tenant: string, person: string, scopes: readonly string[]): Promise<number>;
  /** Notes in the ledger that a tenant was erased, then destroys its keys: what copies there are open for nobody. */
  forgetTenant(tenant: string): Promise<void>;
  /** Whether there is, or was, anything of a person. */
  isKnown(tenant: string, person: string): Promise<boolean>;
  /** Who of a tenant was erased; the tenant itself as null. */
  ledger(tenant: string): Promise<readonly (string | null)[]>;
  /** Renews the tenant's keys while it is served, or as many as there is time for: then it says when to go on. */
  rotate(tenant: string, watch: RotationWatch): Promise<Rotation | RotationPause>;
};

export type PrivacyTools = {
  /** Container `records`. */
  readonly store: Store;
  readonly keyring: Keyring;
  readonly ledger: WriteOnceStore;
  readonly now: () => Date;
};

/** In the ledger, where a person's id would be. */
const WHOLE = '~tenant';

/** Opens what makes somebody forgotten. */
export function openPrivacy(tools: PrivacyTools): Privacy {
  const note = async (tenant: string, person: string): Promise<void> => {
    const entry = { tenant, person, erasedAt: timestamp(tools.now()) };
    await tools.ledger.write(tenant, person, JSON.stringify(entry));
  };
  return {
    forget: async (tenant, person) => {
      // Before the key goes: whatever cuts this off, a restore knows of it.
      await note(tenant, person);
      await tools.keyring.erase(tenant, person);
    },
    removeTraces: (tenant, person, scopes) => removeTraces(tools, tenant, person, scopes),
    forgetTenant: async tenant => {
      await note(tenant, WHOLE);
      await tools.keyring.destroy(tenant);
    },
    isKnown: async (tenant, person) => (await tools.keyring.find(tenant, [person])).has(person),
    ledger: async tenant => {
      const names = await tools.ledger.names(tenant);
      return names.map(name => (name === WHOLE ? null : name));
    },
    rotate: (tenant, watch) => tools.keyring.rotate(tenant, watch),
  };
}
