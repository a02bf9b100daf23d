import { timestamp } from '../../kernel/index.ts';
import type { WriteOnceStore } from '../blobs/index.ts';
import {
  isOfNobody,
  type Keyring,
  type Rotation,
  type RotationPause,
  type RotationWatch,
} from '../keys/index.ts';
import type { Store } from '../records/index.ts';
import { removeTraces } from './traces.ts';

/**
 * What makes somebody forgotten: the ledger of who was, the keys that go, and the traces that keys do not cover. What it
 * does is done once however often it is asked for.
 */
export type Privacy = {
  /**
   * Notes in the ledger that a person was erased, then destroys their key. The ledger lies apart from the database, can only
   * grow, and says ids alone. What names a purpose of the tenant's own is no person: that throws, and is not noted.
   */
  forget(tenant: string, person: string): Promise<void>;
  /** Removes what is left beside sealed values: claims on addresses, logins, and answers that are kept for repeated requests. */
  removeTraces(tenant: string, person: string, scopes: readonly string[]): Promise<number>;
  /** Notes in the ledger that a tenant was erased, then destroys its keys: what copies there are open for nobody. */
  forgetTenant(tenant: string): Promise<void>;
  /** Who of a tenant was erased; the tenant itself as null. A line that names a purpose of the tenant's own is nobody's. */
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
      if (isOfNobody(person)) throw new Error(`${person} is nobody who could be forgotten`);
      // Before the key goes: whatever cuts this off, a restore knows of it.
      await note(tenant, person);
      await tools.keyring.erase(tenant, person);
    },
    removeTraces: (tenant, person, scopes) => removeTraces(tools, tenant, person, scopes),
    forgetTenant: async tenant => {
      await note(tenant, WHOLE);
      await tools.keyring.destroy(tenant);
    },
    ledger: async tenant => {
      const names = await tools.ledger.names(tenant);
      return names
        .filter(name => name === WHOLE || !isOfNobody(name))
        .map(name => (name === WHOLE ? null : name));
    },
    rotate: (tenant, watch) => tools.keyring.rotate(tenant, watch),
  };
}
