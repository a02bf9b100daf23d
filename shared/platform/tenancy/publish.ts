import { systemCaller } from '../../kernel/index.ts';
import type { RecordsDoor, Saved } from '../records/index.ts';
import { type CustomDomain, domainKind } from './custom-domain.ts';
import { type Entitlements, entitlementsOf, planId, planKind } from './plan.ts';
import { PLATFORM, PLATFORM_SLUG } from './platform-tenant.ts';
import { type Settings, settingsId, settingsKind } from './settings.ts';
import { lapseOf } from './subscription.ts';
import { type TenantAccount, tenantKind } from './tenant-record.ts';
import type { Tenant, TenantDirectory } from './tenants.ts';

export type PublishTools = { readonly records: RecordsDoor; readonly tenants: TenantDirectory };

/**
 * Makes what requests find of a tenant from the register, its plan and its settings. Running it again, late or twice
 * does no harm: an older state never replaces a newer one. Nothing is told of a tenant that was never ready.
 */
export async function publishTenant({ records, tenants }: PublishTools, id: string): Promise<void> {
  const platform = records.for(systemCaller(PLATFORM, PLATFORM_SLUG, 'publish'));
  const account = await platform.get(tenantKind, id);
  const { slug, subscription, overrides, beginnings } = account.data;
  if (beginnings !== null) return;
  const own = records.for(systemCaller(id, slug, 'publish'));
  const [settings, domains, plan] = await Promise.all([
    own.find(settingsKind, settingsId(id)),
    own.scope('domains').all(domainKind),
    platform.find(planKind, planId(subscription.plan)),
  ]);
  if (settings === undefined) return;
  const entitlements = plan === undefined ? undefined : entitlementsOf(plan.data, overrides);
  const primary = primaryOf(domains, entitlements);
  const entry = entryOf(account, settings, entitlements);
  await tenants.publish(primary === undefined ? entry : { ...entry, primaryHost: primary.data.hostname }, {
    account: account.version,
    settings: settings.version,
    domains: domains.reduce((sum, { version }) => sum + version, 0),
    plan: { id: planId(subscription.plan), version: plan?.version ?? 0 },
  });
}

/** Where letters lead. A plan without domains takes none away that documents were printed with, but nothing leads there any more. */
function primaryOf(
  domains: readonly Saved<CustomDomain>[],
  entitlements: Entitlements | undefined,
): Saved<CustomDomain> | undefined {
  if (entitlements?.features.includes('custom_domains') === false) return undefined;
  return domains.find(({ data }) => data.primary && data.status === 'active');
}

function entryOf(
  { id, data }: Saved<TenantAccount>,
  settings: Saved<Settings>,
  entitlements: Entitlements | undefined,
): Tenant {
  const { slug, name, status, maintenance, subscription } = data;
  const lapsesAt = lapseOf(subscription);
  const lapse = lapsesAt === undefined ? {} : { lapsesAt };
  const work = maintenance === undefined ? {} : { maintenance };
  // How long records are kept concerns no request.
  const { retention: _retention, ...own } = settings.data;
  const entry = { id, slug, name, status, ...lapse, ...work, ...own };
  if (entitlements === undefined) return entry;
  const { limits, quotas, features } = entitlements;
  return { ...entry, entitlements: { limits, features: [...features] }, quotas };
}
