import { timestamp } from '../../kernel/index.ts';
import type { WrappingKey } from '../secrets/index.ts';
import { type KeyItems, TENANT_ENTRY, type TenantEntry } from './entries.ts';
import { keyFault } from './faults.ts';

/** A tenant's own key in memory: the version for what is new, and those that open what is older. */
export type TenantKeys = {
  readonly current: number;
  readonly versions: ReadonlyMap<number, Uint8Array>;
};

export type TenantKeyTools = {
  /** Container `keys`. */
  readonly items: KeyItems;
  readonly wrapping: Pick<WrappingKey, 'wrap' | 'unwrap'>;
  readonly now: () => Date;
  readonly random: (size: number) => Uint8Array;
  /** How long an unwrapped key may stay in memory, in milliseconds; also how long a rotation waits for the others. */
  readonly keepMilliseconds: number;
};

export type TenantKeyCache = {
  /** The tenant's key, made when there is none. One unwrap for each life in memory. `platform.keys_destroyed` once erased. */
  of(tenant: string): Promise<TenantKeys>;
  forget(tenant: string): void;
};

const KEEP_MOST = 2000;
const KEY_BYTES = 32;
type Kept = { readonly keys: Promise<TenantKeys>; readonly until: number };

/** Tenants' keys, unwrapped by Key Vault when first needed and kept in memory for a while. */
export function openTenantKeys(tools: TenantKeyTools): TenantKeyCache {
  const kept = new Map<string, Kept>();
  return {
    of: tenant => {
      const known = kept.get(tenant);
      const time = tools.now().getTime();
      if (known !== undefined && known.until > time) return known.keys;
      const keys = load(tools, tenant);
      if (kept.size >= KEEP_MOST) kept.delete(kept.keys().next().value ?? '');
      kept.delete(tenant);
      kept.set(tenant, { keys, until: time + tools.keepMilliseconds });
      // What failed is tried again by the next one who asks.
      keys.catch(() => kept.get(tenant)?.keys === keys && kept.delete(tenant));
      return keys;
    },
    forget: tenant => void kept.delete(tenant),
  };
}

async function load(tools: TenantKeyTools, tenant: string): Promise<TenantKeys> {
  const entry = await tools.items.read<TenantEntry>([tenant], TENANT_ENTRY);
  return entry === undefined ? make(tools, tenant) : unwrapped(tools, entry);
}

async function unwrapped(tools: TenantKeyTools, entry: TenantEntry): Promise<TenantKeys> {
  if (entry.destroyedAt !== null) throw keyFault('platform.keys_destroyed', { tenant: entry.tenantId });
  const versions = await Promise.all(
    entry.versions.map(async wrapped => [wrapped.version, await tools.wrapping.unwrap(wrapped)] as const),
  );
  return { current: entry.current, versions: new Map(versions) };
}

/** However many make one at once, the first to store its own has won, and the others take that. */
async function make(tools: TenantKeyTools, tenant: string): Promise<TenantKeys> {
  const key = tools.random(KEY_BYTES);
  const first = await newVersion(tools, key, 1);
  const entry: TenantEntry = {
    id: TENANT_ENTRY,
    tenantId: tenant,
    type: 'tenant',
    current: 1,
    versions: [first],
    destroyedAt: null,
  };
  if ((await tools.items.create([tenant], entry)) === 'created')
    return { current: 1, versions: new Map([[1, key]]) };
  const standing = await tools.items.read<TenantEntry>([tenant], TENANT_ENTRY);
  if (standing === undefined) throw keyFault('platform.keys_not_visible', { tenant });
  return unwrapped(tools, standing);
}

async function newVersion(
  tools: TenantKeyTools,
  key: Uint8Array,
  version: number,
): Promise<TenantEntry['versions'][number]> {
  return { version, madeAt: timestamp(tools.now()), ...(await tools.wrapping.wrap(key)) };
}

/**
 * Adds a version to the tenant's key and makes it the one for what is new. Nothing happens while another rotation is not
 * over, nor when the version `begun` was added before. Gives the version that is current then, and when it was made.
 */
export async function addTenantVersion(
  tools: TenantKeyTools,
  tenant: string,
  begun: number | undefined,
): Promise<TenantEntry['versions'][number]> {
  const entry = await tools.items.read<TenantEntry>([tenant], TENANT_ENTRY);
  if (entry === undefined) throw keyFault('platform.keys_not_visible', { tenant });
  if (entry.destroyedAt !== null) throw keyFault('platform.keys_destroyed', { tenant });
  const present = entry.versions.find(({ version }) => version === entry.current);
  if (present === undefined) throw new Error(`the key of ${tenant} lacks its current version`);
  if (entry.versions.length > 1 || (begun !== undefined && entry.current >= begun)) return present;
  const next = await newVersion(tools, tools.random(KEY_BYTES), entry.current + 1);
  const rotated: TenantEntry = { ...own(entry), current: next.version, versions: [present, next] };
  if ((await tools.items.replace([tenant], rotated, entry._etag)) === 'replaced') return next;
  // Somebody else began one this very moment.
  throw keyFault('platform.keys_not_visible', { tenant });
}

/** Leaves only the current version of the tenant's key: what the others wrapped can be opened by nobody from then on. */
export async function dropOldVersions(tools: TenantKeyTools, tenant: string): Promise<void> {
  const entry = await tools.items.read<TenantEntry>([tenant], TENANT_ENTRY);
  if (entry === undefined) return;
  const versions = entry.versions.filter(({ version }) => version === entry.current);
  await tools.items.replace([tenant], { ...own(entry), versions }, entry._etag);
}

/** Destroys the tenant's key, and so everything that was ever sealed for the tenant, wherever copies of it lie. */
export async function destroyTenantKey(tools: TenantKeyTools, tenant: string): Promise<void> {
  for (;;) {
    const entry = await tools.items.read<TenantEntry>([tenant], TENANT_ENTRY);
    if (entry !== undefined && entry.destroyedAt !== null) return;
    const gone: TenantEntry = {
      ...{ id: TENANT_ENTRY, tenantId: tenant, type: 'tenant', current: 0, versions: [] },
      destroyedAt: timestamp(tools.now()),
    };
    if (entry === undefined) {
      if ((await tools.items.create([tenant], gone)) === 'created') return;
    } else if ((await tools.items.replace([tenant], gone, entry._etag)) === 'replaced') return;
  }
}

function own(entry: TenantEntry): TenantEntry {
  const { id, tenantId, type, current, versions, destroyedAt } = entry;
  return { id, tenantId, type, current, versions, destroyedAt };
}
