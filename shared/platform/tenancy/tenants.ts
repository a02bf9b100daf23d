import * as z from 'zod';
import { limitNames } from '../limits/index.ts';
import type { Store, Stored } from '../records/index.ts';

const TenantStatus = z.enum(['provisioning', 'active', 'suspended', 'pending_deletion', 'deleted']);

const Branding = z.strictObject({
  legalName: z.string(),
  address: z.array(z.string()),
  phone: z.string().optional(),
  email: z.string().optional(),
  web: z.string().optional(),
  accreditation: z.strictObject({ body: z.string(), number: z.string() }).optional(),
  colour: z.string().regex(/^#[0-9a-f]{6}$/i),
  logoSvg: z.string().optional(),
});

/** A tenant as its directory entry says; its id is the partition of everything that it owns. */
export const Tenant = z.strictObject({
  id: z.string(),
  slug: z.string().regex(/^[a-z][a-z0-9-]{1,38}[a-z0-9]$/),
  name: z.string(),
  status: TenantStatus,
  locale: z.string(),
  timeZone: z.string(),
  currency: z.string(),
  branding: Branding,
  /** Origins whose pages may call the API: `https://lab.example`. */
  corsOrigins: z.array(z.url()).max(50).optional(),
  /** Quotas that differ from those of `limitClasses`, by the tenant's plan. */
  limits: z.partialRecord(z.enum(limitNames), z.int().min(1)).optional(),
});
export type Tenant = z.infer<typeof Tenant>;

/** Finds tenants by host. Entries are kept for half a minute, so a suspension is felt within one. */
export type TenantDirectory = {
  byHost(host: string): Promise<Tenant | undefined>;
  byId(id: string): Promise<Tenant | undefined>;
  /** Adds the tenant, or finds it there already. */
  add(tenant: Tenant): Promise<'created' | 'exists'>;
};

const KEEP_MILLISECONDS = 30_000;
/** A new tenant must not wait for those who asked too early; guesses of host names still cost little. */
const MISS_MILLISECONDS = 1000;
const KEEP_MOST = 10_000;

type Kept = { readonly tenant: Tenant | undefined; readonly until: number };

/**
 * The directory over container `tenants`, where each tenant stands twice: under `slug:<slug>` for requests and
 * under its id for jobs.
 */
export function openTenants(store: Store, baseDomain: string, now: () => Date): TenantDirectory {
  const kept = new Map<string, Kept>();
  const read = async (id: string): Promise<Tenant | undefined> => {
    const known = kept.get(id);
    if (known !== undefined && known.until > now().getTime()) return known.tenant;
    const entry = await store.read<TenantEntry>([id], id);
    const tenant = entry === undefined ? undefined : tenantOf(entry);
    if (kept.size >= KEEP_MOST) kept.clear();
    kept.set(id, {
      tenant,
      until: now().getTime() + (tenant === undefined ? MISS_MILLISECONDS : KEEP_MILLISECONDS),
    });
    return tenant;
  };
  return {
    byId: id => read(id),
    byHost: async host => {
      const suffix = `.${baseDomain}`;
      if (!host.endsWith(suffix)) return undefined;
      const slug = host.slice(0, -suffix.length);
      return /^[a-z][a-z0-9-]{1,38}[a-z0-9]$/.test(slug) ? read(`slug:${slug}`) : undefined;
    },
    add: async tenant => {
      const slugId = `slug:${tenant.slug}`;
      const taken = await store.create<TenantEntry>([slugId], { id: slugId, tenant });
      const byId = await store.create<TenantEntry>([tenant.id], { id: tenant.id, tenant });
      kept.clear();
      return taken === 'created' && byId === 'created' ? 'created' : 'exists';
    },
  };
}

type TenantEntry = { readonly id: string; readonly tenant: Tenant };

function tenantOf(entry: Stored<TenantEntry>): Tenant {
  return Tenant.parse(entry.tenant);
}
