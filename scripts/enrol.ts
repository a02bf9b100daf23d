import { AppError, systemCaller, timestamp } from '../shared/kernel/index.ts';
import type { Capabilities } from '../shared/platform/capabilities/index.ts';
import { type RecordKind, type Scope, scopeOfId } from '../shared/platform/records/index.ts';
import {
  features,
  PLATFORM,
  PLATFORM_SLUG,
  type Plan,
  planId,
  planKind,
  publishTenant,
  type Settings,
  settingsId,
  settingsKind,
  type Tenant,
  type TenantAccount,
  tenantKind,
} from '../shared/platform/tenancy/index.ts';

/** Everything open and nothing limited: what demonstrations and tests run on. */
const plan: Plan = {
  code: 'demonstration',
  name: 'Demonstration',
  price: { amount: '0.00', currency: 'EUR' },
  cycle: 'month',
  trialDays: 0,
  limits: {},
  quotas: {},
  features: [...features],
  active: true,
};

/** The tenant's entry in the register, its settings and its name, as provisioning makes them, without a job. */
export async function enrol(platform: Capabilities, tenant: Tenant): Promise<void> {
  const {
    id,
    slug,
    name,
    status,
    locale,
    timeZone,
    currency,
    branding,
    corsOrigins = [],
    quotas = {},
    entitlements,
  } = tenant;
  if (scopeOfId(tenantKind, id) === undefined)
    throw new Error(`the tenant's id is not tnt_ and 26 characters: ${id}`);
  if (!(await platform.tenants.takeSlug(slug, id))) throw new Error(`the name ${slug} is another tenant's`);
  const operators = platform.records.for(systemCaller(PLATFORM, PLATFORM_SLUG, 'provisioning'));
  const account: TenantAccount = {
    slug,
    name,
    status,
    statusReason: null,
    region: platform.region,
    subscription: { plan: plan.code, state: 'active', since: timestamp(platform.now()), trialEndsAt: null },
    overrides: { limits: entitlements?.limits ?? {}, quotas, features: [] },
    origin: 'operator',
    beginnings: null,
    eraseAt: null,
  };
  const settings: Settings = { locale, timeZone, currency, branding, corsOrigins };
  await unlessThere(operators.scope('plans'), 'platform.plan.created', planKind, planId(plan.code), plan);
  await unlessThere(operators.scope(id), 'platform.tenant.provisioned', tenantKind, id, account);
  const own = platform.records.for(systemCaller(id, slug, 'provisioning')).scope('settings');
  await unlessThere(own, 'platform.tenant_settings.created', settingsKind, settingsId(id), settings);
  await publishTenant(platform, id);
}

async function unlessThere<T>(
  scope: Scope,
  action: string,
  kind: RecordKind<T>,
  id: string,
  data: T,
): Promise<void> {
  if ((await scope.find(kind, id)) !== undefined) return;
  await unlessFaster(scope.commit({ action, create: [{ kind: kind as RecordKind, id, data }] }));
}

/** Whether it was done here: another provisioning of the same may be faster, and then it is there. */
export async function unlessFaster(work: Promise<unknown>): Promise<boolean> {
  try {
    await work;
    return true;
  } catch (error) {
    if (!(error instanceof AppError) || error.fault.status !== 409) throw error;
    return false;
  }
}
