import type { CacheFeed } from '../shared/platform/caches/index.ts';
import type { Capabilities } from '../shared/platform/capabilities/index.ts';
import { openEdge, openNameServers } from '../shared/platform/domains/index.ts';
import type { Store } from '../shared/platform/records/index.ts';
import { openDomainDirectory, openMaintenanceBoard, openTenants } from '../shared/platform/tenancy/index.ts';
import type { OutboundRules } from '../shared/platform/webhooks/index.ts';
import type { AnySettings } from './settings.ts';

/** Whose each host is, below the base domain and beside it, and under which address people reach it. */
export function openHosts(
  settings: AnySettings,
  store: Store,
  feed: CacheFeed,
  outbound: OutboundRules,
  now: () => Date,
): Pick<
  Capabilities,
  'tenants' | 'maintenance' | 'domains' | 'originOf' | 'originAt' | 'baseDomain' | 'region'
> {
  const { TOUCHSTONE_BASE_DOMAIN: baseDomain, TOUCHSTONE_PUBLIC_URL: pattern, DNS_SERVERS = [] } = settings;
  const directory = openDomainDirectory(store, now);
  const nameServers = openNameServers(DNS_SERVERS);
  const originAt = (host: string): string => pattern.replace(`{slug}.${baseDomain}`, host);
  return {
    tenants: openTenants(store, directory, baseDomain, feed, now),
    maintenance: openMaintenanceBoard(store, feed, now),
    domains: { directory, nameServers, edge: openEdge(originAt, nameServers, outbound) },
    originOf: slug => pattern.replace('{slug}', slug),
    originAt,
    baseDomain,
    region: settings.TOUCHSTONE_REGION,
  };
}
