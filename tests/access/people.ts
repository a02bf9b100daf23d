import { type Client, openClient } from '../../scripts/demo/client.ts';
import { type Caller, joinId, systemCaller } from '../../shared/kernel/index.ts';
import { userKind } from '../../shared/platform/identity/index.ts';
import type { OwnTenant } from '../isolation/own-tenants.ts';
import { openTestProduct } from '../product.ts';

const product = openTestProduct();

/** What a test says of somebody. */
export type Person = { readonly id: string; readonly email: string; readonly client: Client };

/** An active person of a tenant with these roles, limited to these branches, who has just logged in. */
export async function person(
  of: OwnTenant,
  roles: readonly string[],
  branches?: readonly string[],
): Promise<Person> {
  const { platform } = product;
  const id = joinId(userKind.prefix, undefined, platform.newKey());
  const email = `${id}@people.example`;
  const data = { email, name: 'Somebody', roles, branches: branches ?? null, status: 'active' };
  await platform.records
    .for(systemOf(of))
    .scope('directory')
    .commit({ action: 'platform.user.created', create: [{ kind: userKind, id, data }] });
  const claims = {
    ...{ user: id, tenant: of.tenant.id, name: 'Somebody', roles, branches, session: `ses_${id.slice(4)}` },
    ...{ version: 1, authTime: Math.floor(Date.now() / 1000), methods: ['pwd'] },
  };
  return { id, email, client: openClient(of.origin, await platform.identity.issue(claims, 3600)) };
}

/** The product's own hand in a tenant. */
export function systemOf({ tenant }: OwnTenant): Caller {
  return systemCaller(tenant.id, tenant.slug, 'test');
}

export const { platform } = product;
