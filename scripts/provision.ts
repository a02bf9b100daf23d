import { type Composition, compose } from '../functions/compose.ts';
import { readSettings } from '../functions/settings.ts';
import { derivedKey, joinId, systemCaller } from '../shared/kernel/index.ts';
import { setFirstPassword } from '../shared/platform/accounts/index.ts';
import { emailClaim, userKind } from '../shared/platform/identity/index.ts';
import {
  openCliCredential,
  openPersonalCredential,
  openSecrets,
  type Secrets,
} from '../shared/platform/secrets/index.ts';
import { PLATFORM, PLATFORM_SLUG, type Tenant } from '../shared/platform/tenancy/index.ts';
import { enrol, unlessFaster } from './enrol.ts';

type Variables = Readonly<Record<string, string | undefined>>;

export type Person = {
  readonly email: string;
  readonly name: string;
  readonly title: string;
  readonly roles: readonly string[];
};

/** Opens the product's own parts on the stack that `environment` describes, as the api would. */
export function openProduct(environment: Variables): Composition {
  return compose(readSettings('api', environment), import.meta.dirname);
}

/** The same as whoever runs this: of a deployment as whoever is logged in with `az`, which found it; the local stack's identity otherwise. */
export function openProductAsPerson(environment: Variables, isDeployed: boolean): Composition {
  return compose(readSettings('api', environment), import.meta.dirname, credentialOf(isDeployed));
}

function credentialOf(isDeployed: boolean) {
  return isDeployed ? openCliCredential() : openPersonalCredential();
}

/**
 * Secrets of the vault that no app reads, as whoever is logged in here. `endpoint` is that vault of a deployment; the local stack
 * has one vault for all. People make such a secret one at a time, so the newest version is the one that counts.
 */
export function openOperationsSecrets(environment: Variables, endpoint: string | undefined): Secrets {
  const settings = readSettings('api', environment);
  const vault = {
    endpoint: endpoint ?? settings.KEY_VAULT_ENDPOINT,
    credential: credentialOf(endpoint !== undefined),
    challengeVerification: settings.KEY_VAULT_CHALLENGE_VERIFICATION,
  };
  const newest = {
    read: async () => undefined,
    claim: async (_name: string, version: string) => version,
    release: async () => undefined,
  };
  return openSecrets(vault, newest, () => new Date());
}

/** Sees to it that the tenant and its people are there. Running it again changes nothing. Resolves with who was made. */
export async function provisionTenant(
  product: Composition,
  tenant: Tenant,
  people: readonly Person[],
  password: string,
): Promise<readonly string[]> {
  await product.signingKey.ensure();
  await enrol(product.platform, tenant);
  return makePeople(product, tenant, people, password);
}

/** Sees to it that these operators are there, who log in on the platform's own host. Resolves with who was made. */
export async function provisionOperators(
  product: Composition,
  people: readonly Person[],
  password: string,
): Promise<readonly string[]> {
  await product.signingKey.ensure();
  return makePeople(product, { id: PLATFORM, slug: PLATFORM_SLUG }, people, password);
}

async function makePeople(
  { platform }: Composition,
  tenant: Pick<Tenant, 'id' | 'slug'>,
  people: readonly Person[],
  password: string,
): Promise<readonly string[]> {
  const made: string[] = [];
  const caller = systemCaller(tenant.id, tenant.slug, 'provisioning');
  const directory = platform.records.for(caller).scope('directory');
  const blind = await platform.blindIndex(tenant.id);
  for (const person of people) {
    const claim = emailClaim(blind, person.email);
    if ((await directory.claimOwner(claim)) !== undefined) continue;
    const id = joinId(userKind.prefix, undefined, derivedKey(tenant.id, person.email));
    const data = { ...person, status: 'active' };
    await setFirstPassword(platform, caller, id, password);
    const added = await unlessFaster(
      directory.commit({
        action: 'platform.user.created',
        create: [{ kind: userKind, id, data }],
        claims: [{ id: claim, owner: id }],
      }),
    );
    if (added) made.push(person.email);
  }
  return made;
}
