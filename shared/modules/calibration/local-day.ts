import type { Caller } from '../../kernel/index.ts';
import type { Capabilities } from '../../platform/capabilities/index.ts';
import { httpFault } from '../../platform/http/index.ts';
import type { Tenant } from '../../platform/tenancy/index.ts';

/** Formatters by time zone: making one takes longer than using it, and guards ask for every observation's day. */
const formatters = new Map<string, Intl.DateTimeFormat>();

/** The day (`YYYY-MM-DD`) that an instant belongs to where the tenant is. */
export function localDay(at: Date | string, timeZone: string): string {
  // Swedish dates are written as ISO 8601 dates are.
  const formatter =
    formatters.get(timeZone) ?? new Intl.DateTimeFormat('sv-SE', { timeZone, dateStyle: 'short' });
  formatters.set(timeZone, formatter);
  return formatter.format(new Date(at));
}

/** The caller's tenant; `platform.tenant_unknown` when the directory has none. */
export async function tenantOf(platform: Capabilities, caller: Caller): Promise<Tenant> {
  const tenant = await platform.tenants.byId(caller.tenant);
  if (tenant === undefined) throw httpFault('platform.tenant_unknown');
  return tenant;
}
