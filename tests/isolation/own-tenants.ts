import { randomUUID } from 'node:crypto';
import type { Composition } from '../../functions/compose.ts';
import { type Client, openClient } from '../../scripts/demo/client.ts';
import { openProduct, provisionTenant } from '../../scripts/provision.ts';
import { derivedKey, joinId, roles } from '../../shared/kernel/index.ts';
import { userKind } from '../../shared/platform/identity/index.ts';
import { type Tenant, tenantKind } from '../../shared/platform/tenancy/index.ts';
import { testStack } from '../stack.ts';
import { trustStack } from '../trust.ts';

export const PASSPHRASE = 'a passphrase for tests only';

/** Every role of a tenant; together they hold every permission that anybody in a tenant can hold. */
export const allRoles: readonly string[] = roles.filter(role => !role.startsWith('operator'));

/** A tenant that one test file has for itself. */
export type OwnTenant = {
  readonly tenant: Tenant;
  readonly email: string;
  readonly origin: string;
  /** Somebody with every role. */
  readonly owner: Client;
  /** Somebody else with every role, for what takes two people. */
  readonly second: Client;
  readonly anonymous: Client;
  /** A token of this tenant; `seconds` may be negative. Its bearer proved who they are so many seconds ago. */
  token(held: readonly string[], user?: string, seconds?: number, proved?: number): Promise<string>;
};

/** New tenants on the stack of this run, with ids and hosts that nobody else uses; active unless told otherwise. */
export async function openOwnTenants(
  count: number,
  status: Tenant['status'] = 'active',
): Promise<readonly OwnTenant[]> {
  const { settings } = testStack();
  trustStack(settings);
  Object.assign(process.env, settings);
  // The relay says what is committed here; a connection of our own would keep the test process alive.
  const product = openProduct({ ...settings, MESSAGING_DIRECT_SEND: 'false' });
  await product.signingKey.ensure();
  return Promise.all(Array.from({ length: count }, () => openOwnTenant(product, status)));
}

async function openOwnTenant(product: Composition, status: Tenant['status']): Promise<OwnTenant> {
  const name = `t${randomUUID().replaceAll('-', '').slice(0, 16)}`;
  const tenant: Tenant = {
    id: joinId(tenantKind.prefix, undefined, derivedKey(name)),
    slug: name,
    name: `Laboratory ${name}`,
    status,
    locale: 'en-GB',
    timeZone: 'Europe/London',
    currency: 'GBP',
    branding: {
      ...{ legalName: `Laboratory ${name} Ltd`, address: ['1 Test Street'], colour: '#123456' },
      footer: `Registered as ${name}`,
    },
  };
  const people = ['owner', 'second'].map(who => ({
    email: `${who}@${name}.example`,
    name: `${who} of ${name}`,
    title: 'Metrologist',
    roles: allRoles,
  }));
  await provisionTenant(product, tenant, people, PASSPHRASE);
  const origin = `http://${tenant.slug}.localhost:${new URL(testStack().urls['api'] ?? '').port}`;
  const token: OwnTenant['token'] = (held, user = idOf(tenant, 'owner'), seconds = 3600, proved = 0) =>
    product.platform.identity.issue(
      {
        user,
        tenant: tenant.id,
        name: 'A tester',
        roles: held,
        authTime: Math.floor(Date.now() / 1000) - proved,
        methods: ['pwd'],
      },
      seconds,
    );
  const anonymous = openClient(origin);
  return {
    tenant,
    email: `owner@${name}.example`,
    origin,
    owner: anonymous.as(await token(allRoles), PASSPHRASE),
    second: anonymous.as(await token(allRoles, idOf(tenant, 'second')), PASSPHRASE),
    anonymous,
    token,
  };
}

/** The id that provisioning gives to the person with this address. */
function idOf(tenant: Tenant, who: string): string {
  return joinId(userKind.prefix, undefined, derivedKey(tenant.id, `${who}@${tenant.slug}.example`));
}
