import * as z from 'zod';
import { type Caller, timestamp } from '../../../kernel/index.ts';
import type { Capabilities } from '../../capabilities/index.ts';
import { defineEndpoint, ok } from '../../http/index.ts';
import {
  inState,
  Overrides,
  planId,
  planKind,
  subscriptionStates,
  TenantAccount,
  tenancyFault,
  tenantKind,
  tenantStatuses,
} from '../../tenancy/index.ts';
import { defineList } from '../define-list.ts';
import { anyOf, equal } from '../list-filters.ts';
import { itemParams } from '../lists.ts';
import { changeAccount } from './move-tenant.ts';
import { TenantView, tenantView } from './tenant-view.ts';

const readTenant = defineEndpoint({
  id: 'platform.tenant.read',
  method: 'GET',
  path: '/tenants/:id',
  access: 'operator',
  summary: 'One tenant: status, plan, what it was granted.',
  params: itemParams,
  replies: { 200: { description: 'The tenant.', schema: TenantView } },
  handle: async ({ caller, params }, platform) => {
    const account = await platform.records.for(caller).get(tenantKind, params.id);
    return ok(tenantView(account), account);
  },
});

const listTenants = defineList({
  id: 'platform.tenant.list',
  path: '/tenants',
  summary: 'Tenants, newest first; searched by name and host name.',
  kind: tenantKind,
  access: 'operator',
  filters: {
    slug: equal(z.string().min(1).max(40)),
    status: anyOf(z.enum(tenantStatuses)),
    plan: anyOf(z.string().min(1).max(40)),
    region: anyOf(z.string().min(1).max(40)),
    subscription: anyOf(TenantAccount.shape.subscription.shape.state),
  },
  view: TenantView,
  show: tenantView,
});

const AccountChange = z
  .strictObject({
    name: TenantAccount.shape.name,
    plan: z.string().max(40),
    subscription: z.enum(subscriptionStates),
    overrides: Overrides,
  })
  .partial();

const changeTenant = defineEndpoint({
  id: 'platform.tenant.change',
  method: 'PATCH',
  path: '/tenants/:id',
  access: 'operator',
  summary: 'Changes name, plan or what the tenant was granted beside it.',
  params: itemParams,
  body: AccountChange,
  ifMatch: true,
  example: { body: { overrides: { limits: { users: 60 }, quotas: {}, features: [] } } },
  replies: { 200: { description: 'Changed; felt everywhere within a minute.', schema: TenantView } },
  faults: ['platform.plan_unknown'],
  handle: async (request, platform) => {
    const { caller, params, body } = request;
    const changed = await changeAccount(platform, request, params.id, async ({ data }) => {
      const { name = data.name, plan, subscription, overrides = data.overrides } = body;
      if (plan !== undefined) await assertSold(platform, caller, plan);
      const before = { ...data.subscription, plan: plan ?? data.subscription.plan };
      const after = inState(before, subscription ?? before.state, timestamp(platform.now()));
      return { action: 'platform.tenant.changed', data: { ...data, name, overrides, subscription: after } };
    });
    return ok(tenantView(changed), changed);
  },
});

async function assertSold({ records }: Capabilities, caller: Caller, plan: string): Promise<void> {
  const sold = await records.for(caller).find(planKind, planId(plan));
  if (sold?.data.active !== true) throw tenancyFault('platform.plan_unknown', { plan });
}

export const tenantEndpoints = [readTenant, listTenants, changeTenant];
