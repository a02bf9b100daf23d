import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Limiter, Use } from '../limits/index.ts';
import type { Tenant } from '../tenancy/index.ts';
import type { Endpoint } from './endpoint.ts';
import { type Counted, limit, limitStranger } from './limit.ts';

const tenantAt = (slug: string, quotas?: Tenant['quotas']): Tenant => ({
  ...{
    id: `tnt_${slug}`,
    slug,
    name: slug,
    status: 'active',
    locale: 'en',
    timeZone: 'UTC',
    currency: 'GBP',
  },
  branding: { legalName: slug, address: [], colour: '#000000' },
  ...(quotas === undefined ? {} : { quotas }),
});
const login = { id: 'x', access: 'public', limit: 'login', method: 'POST' } as unknown as Endpoint;

/** What a request of one address is counted as. */
async function usesOf(tenant: Tenant | undefined, endpoint?: Endpoint): Promise<readonly Use[]> {
  const uses: Use[] = [];
  const limiter = {
    take: async (use: Use) => {
      uses.push(use);
      return { use, allowed: true, remaining: 1, resetSeconds: 1 };
    },
  } as unknown as Limiter;
  const wire = { address: '192.0.2.7' } as Counted['wire'];
  if (endpoint === undefined) await limitStranger(limiter, 1, { tenant, wire });
  else await limit(limiter, 1, endpoint, { tenant, principal: undefined, wire });
  return uses;
}

test('an address is one over the hosts of all tenants', async () => {
  const [one, other] = [await usesOf(tenantAt('one'), login), await usesOf(tenantAt('other'), login)];
  assert.deepEqual(one, other);
  assert.deepEqual(
    one.map(({ name, tenant, quota }) => [name, tenant, quota]),
    [['login', 'platform', 5]],
  );
});

test('a quota of a tenant’s own is counted apart', async () => {
  const [own] = await usesOf(tenantAt('own', { login: 3 }), login);
  assert.deepEqual([own?.tenant, own?.quota], ['tnt_own', 3]);
});

test('what leads nowhere is counted as a stranger’s request', async () => {
  const [nowhere, somewhere] = [await usesOf(undefined), await usesOf(tenantAt('one'))];
  assert.deepEqual(nowhere, somewhere);
  assert.deepEqual([nowhere[0]?.name, nowhere[0]?.quota], ['anonymous', 100]);
});
