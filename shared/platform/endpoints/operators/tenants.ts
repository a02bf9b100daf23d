import * as z from 'zod';
import { defineEndpoint, ok } from '../../http/index.ts';
import { recordFault } from '../../records/index.ts';
import {
  Overrides,
  planId,
  planKind,
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
    subscription: z.enum(['trial', 'active', 'past_due', 'cancelled']),
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
  handle: async ({ caller, params, body, ifMatch, newKey }, platform) => {
    const account = await platform.records.for(caller).get(tenantKind, params.id);
    if (account.version !== ifMatch)
      throw recordFault('platform.version_stale', { version: account.version });
    const { name = account.data.name, plan, subscription, overrides = account.data.overrides } = body;
    if (plan !== undefined) {
      const sold = await platform.records.for(caller).find(planKind, planId(plan));
      if (sold?.data.active !== true) throw tenancyFault('platform.plan_unknown', { plan });
    }
    const before = account.data.subscription;
    const data = {
      ...account.data,
      name,
      overrides,
      subscription: { ...before, plan: plan ?? before.plan, state: subscription ?? before.state },
    };
    const changed = await changeAccount(
      platform,
      caller,
      account,
      data,
      'platform.tenant.changed',
      undefined,
      newKey(),
    );
    return ok(tenantView(changed), changed);
  },
});

export const tenantEndpoints = [readTenant, listTenants, changeTenant];
