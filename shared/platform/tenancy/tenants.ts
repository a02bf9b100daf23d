import * as z from 'zod';
import { type CacheFeed, openCache } from '../caches/index.ts';
import { limitNames } from '../limits/index.ts';
import { recordFault, type Store } from '../records/index.ts';
import { type DomainDirectory, domainEntryId, hostnameIn } from './domain-directory.ts';
import { tenantStatuses } from './lifecycle.ts';
import { plainBranding } from './logo.ts';
import { Maintenance } from './maintenance.ts';
import { NumberFormats } from './number-format.ts';
import { features, planLimits } from './plan.ts';
import { PLATFORM, PLATFORM_SLUG } from './platform-tenant.ts';
import { Branding, WorkflowSettings } from './settings.ts';
import { statusAt } from './subscription.ts';
import { Slug } from './tenant-record.ts';

/** A tenant as its directory entry says; its id is the partition of everything that it owns. */
export const Tenant = z.strictObject({
  id: z.string(),
  slug: Slug,
  name: z.string(),
  status: z.enum(tenantStatuses),
  locale: z.string(),
  timeZone: z.string(),
  currency: z.string(),
  branding: Branding,
  /** How numbers of documents are written, and what workflows leave to the tenant. */
  numberFormats: NumberFormats.optional(),
  workflow: WorkflowSettings.optional(),
  /** Origins whose pages may call the API: `https://lab.example`. */
  corsOrigins: z.array(z.string()).optional(),
  /** From when on what it does not pay for is closed. */
  lapsesAt: z.string().optional(),
  /** Work on this tenant alone. */
  maintenance: Maintenance.optional(),
  /** The custom domain that letters lead to. */
  primaryHost: z.string().optional(),
  /** What its plan gives; without one nothing is limited (the platform itself). */
  entitlements: z
    .strictObject({
      limits: z.partialRecord(z.enum(planLimits), z.int()),
      features: z.array(z.enum(features)),
    })
    .optional(),
  /** Quotas that differ from those of `limitClasses`, by the tenant's plan. */
  quotas: z.partialRecord(z.enum(limitNames), z.int().min(1)).optional(),
});
export type Tenant = z.infer<typeof Tenant>;

/** What stands behind the platform's own host; always there, never suspended. */
const platformTenant: Tenant = {
  id: PLATFORM,
  slug: PLATFORM_SLUG,
  name: 'Touchstone',
  status: 'active',
  locale: 'en',
  timeZone: 'UTC',
  currency: 'EUR',
  branding: { legalName: 'Touchstone', address: [], colour: '#1f2933' },
};

/** Versions of the records that an entry was made from; an entry is never replaced by one that is older in anything. */
export type EntryVersion = {
  readonly account: number;
  readonly settings: number;
  /** The sum over all custom domains: it never falls, since none is ever deleted. */
  readonly domains: number;
  /** Versions of different plans say nothing of each other: the account tells which is newer. */
  readonly plan: { readonly id: string; readonly version: number };
};

/** Finds tenants by host, each with the status that it is served by at this moment. What is kept of entries is forgotten within seconds of their change. */
export type TenantDirectory = {
  byHost(host: string): Promise<Tenant | undefined>;
  byId(id: string): Promise<Tenant | undefined>;
  /** Makes the host name the tenant's own; false when it is another's. Taking it again changes nothing. */
  takeSlug(slug: string, tenant: string): Promise<boolean>;
  /** Whose a host name is, from the moment that it was taken. */
  ownerOfSlug(slug: string): Promise<string | undefined>;
  /** Gives back a name that the tenant took and was never served under. Any other one stays as it is. */
  releaseSlug(slug: string, tenant: string): Promise<void>;
  /** Writes what requests will find, unless something newer stands there. */
  publish(tenant: Tenant, version: EntryVersion): Promise<void>;
};

/** While the feed of changes is out. */
const KEEP_MILLISECONDS = 30_000;
/** A new tenant must not wait for those who asked too early; guesses of host names still cost little. */
const MISS_MILLISECONDS = 1000;
const KEEP_MOST = 10_000;
const HOSTNAME = /^[a-z0-9-]+(\.[a-z0-9-]+)+$/;
const LONGEST_HOSTNAME = 253;

/**
 * The directory over container `tenants`, where each tenant stands twice: under `slug:<slug>` for requests and
 * under its id for jobs. It is made from the register and the tenant's settings, and can be made again. Its custom domains
 * stand there, too.
 */
export function openTenants(
  store: Store,
  domains: Pick<DomainDirectory, 'ownerOf'>,
  baseDomain: string,
  feed: CacheFeed,
  now: () => Date,
): TenantDirectory {
  const keeping = {
    keepMilliseconds: (value: unknown) => (value === undefined ? MISS_MILLISECONDS : KEEP_MILLISECONDS),
    most: KEEP_MOST,
    feed,
    now,
  };
  const tenants = openCache({ load: id => readTenant(store, id), ...keeping });
  const owners = openCache({ load: id => domains.ownerOf(hostnameIn(id)), ...keeping });
  const read = async (id: string): Promise<Tenant | undefined> => {
    if (id === PLATFORM || id === `slug:${PLATFORM_SLUG}`) return platformTenant;
    const tenant = await tenants.get(id);
    if (tenant === undefined) return undefined;
    const status = statusAt(tenant.status, tenant.lapsesAt, now());
    return status === tenant.status ? tenant : { ...tenant, status };
  };
  return {
    byId: id => read(id),
    byHost: async host => {
      const suffix = `.${baseDomain}`;
      if (host.endsWith(suffix)) {
        const slug = host.slice(0, -suffix.length);
        return Slug.safeParse(slug).success ? read(`slug:${slug}`) : undefined;
      }
      if (host.length > LONGEST_HOSTNAME || !HOSTNAME.test(host)) return undefined;
      const owner = await owners.get(domainEntryId(host));
      return owner === undefined ? undefined : read(owner);
    },
    takeSlug: async (slug, tenant) => {
      const id = `slug:${slug}`;
      const taken = await store.create<TenantEntry>([id], { id, owner: tenant });
      return taken === 'created' || (await store.read<TenantEntry>([id], id))?.owner === tenant;
    },
    ownerOfSlug: async slug => (await store.read<TenantEntry>([`slug:${slug}`], `slug:${slug}`))?.owner,
    releaseSlug: async (slug, tenant) => {
      const id = `slug:${slug}`;
      const entry = await store.read<TenantEntry>([id], id);
      if (entry?.owner === tenant && entry.tenant === undefined) await store.remove([id], id, entry._etag);
    },
    publish: async (tenant, version) => {
      for (const id of [tenant.id, `slug:${tenant.slug}`]) {
        await writeEntry(store, { id, owner: tenant.id, tenant, version });
        tenants.forget(id);
      }
    },
  };
}

async function readTenant(store: Store, id: string): Promise<Tenant | undefined> {
  const entry = await store.read<TenantEntry>([id], id);
  if (entry?.tenant === undefined) return undefined;
  const tenant = Tenant.parse(entry.tenant);
  return { ...tenant, branding: await plainBranding(tenant.branding) };
}

type TenantEntry = {
  readonly id: string;
  /** Whose it is, from the moment that the name is taken. */
  readonly owner: string;
  readonly tenant?: Tenant;
  readonly version?: EntryVersion;
};

const MOST_TRIES = 8;

async function writeEntry(store: Store, entry: TenantEntry): Promise<void> {
  for (let tries = 0; tries < MOST_TRIES; tries += 1) {
    const present = await store.read<TenantEntry>([entry.id], entry.id);
    if (present === undefined) {
      if ((await store.create([entry.id], entry)) === 'created') return;
      continue;
    }
    if (present.owner !== entry.owner) throw new Error(`the entry ${entry.id} is of another tenant`);
    const isBehind = isOlder(entry.version, present.version);
    if (isBehind && !isOlder(present.version, entry.version)) return;
    // Each has read something that the other had not seen yet: whoever looks again sees all of it.
    if (isBehind) throw recordFault('platform.busy', { entry: entry.id });
    if ((await store.replace([entry.id], entry, present._etag)) === 'replaced') return;
  }
  throw new Error(`the entry ${entry.id} changes too often`);
}

/** Whether a version is older than another one in anything. */
function isOlder(one: EntryVersion | undefined, other: EntryVersion | undefined): boolean {
  if (one === undefined || other === undefined) return false;
  return (
    one.account < other.account ||
    one.settings < other.settings ||
    one.domains < other.domains ||
    (one.plan.id === other.plan.id && one.plan.version < other.plan.version)
  );
}
