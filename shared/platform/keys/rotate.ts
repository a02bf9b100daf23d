import { timestamp } from '../../kernel/index.ts';
import type { PersonEntry } from './entries.ts';
import { decrypt, encrypt } from './envelope.ts';
import { keyFault } from './faults.ts';
import {
  addTenantVersion,
  dropOldVersions,
  type TenantKeyCache,
  type TenantKeyTools,
} from './tenant-keys.ts';

/** What a rotation did: how many persons' keys it laid under the new version, and which one that is. */
export type Rotation = { readonly version: number; readonly persons: number };
/** It is not over; there is more to do from then on. */
export type RotationPause = { readonly resumeAt: Date };

/** Who asked for a rotation hears how far it is, and says when it has to stop for the time being. */
export type RotationWatch = {
  /** The version that it began with when it was cut off before: then it begins no other one. */
  readonly version: number | undefined;
  readonly began: (version: number) => Promise<void>;
  readonly progress: (done: number) => Promise<void>;
  readonly isTimeUp: () => boolean;
};

type Tools = TenantKeyTools & { readonly tenants: TenantKeyCache };
type Stored<T> = T & { readonly _etag: string };

/** Clocks differ, and reads may be some seconds behind. */
const MARGIN = 1.5;
const PAGE = 100;
const AT_ONCE = 10;
const KEY_BYTES = 32;
/** What these seal or mark must be found or known again by the very same key. */
const STEADY = new Set(['~blind', '~identity', '~cursors']);

/** Binds a wrapped key to its tenant, person and version. */
export function contextOf({ tenantId, id }: Pick<PersonEntry, 'tenantId' | 'id'>, version: number): string {
  return JSON.stringify(['key', tenantId, id, version]);
}

/**
 * Makes a new version of a tenant's key, lays every person's key under it with a new version for what is written from now
 * on, and lets the old version of the tenant's go once no instance can have it in memory. Requests are served all the while.
 * What is left says which entries are still under the old one, so whatever cuts it off, the next run goes on. It pauses
 * while others may still use the old version.
 */
export async function rotate(
  tools: Tools,
  tenant: string,
  watch: RotationWatch,
): Promise<Rotation | RotationPause> {
  const { version, madeAt } = await addTenantVersion(tools, tenant, watch.version);
  await watch.began(version);
  tools.tenants.forget(tenant);
  // Who has the old version in memory makes keys under it meanwhile; from then on nobody does.
  const forgottenAt = Date.parse(madeAt) + MARGIN * tools.keepMilliseconds;
  const isForgotten = tools.now().getTime() >= forgottenAt;
  const { persons, isOver } = await renewAll(tools, tenant, version, watch);
  if (!isOver) return { resumeAt: tools.now() };
  if (!isForgotten) return { resumeAt: new Date(forgottenAt) };
  await dropOldVersions(tools, tenant);
  tools.tenants.forget(tenant);
  return { version, persons };
}

async function renewAll(
  tools: Tools,
  tenant: string,
  version: number,
  { progress, isTimeUp }: RotationWatch,
): Promise<{ readonly persons: number; readonly isOver: boolean }> {
  let after = '';
  let persons = 0;
  for (;;) {
    const page: readonly Stored<PersonEntry>[] = await tools.items.query<PersonEntry>([tenant], {
      text: `SELECT TOP ${PAGE} * FROM c WHERE c.id > @after ORDER BY c.id ASC`,
      parameters: { after },
    });
    const old = page.filter(
      ({ type, under, destroyedAt }) => type === 'person' && under !== version && destroyedAt === null,
    );
    for (let start = 0; start < old.length; start += AT_ONCE)
      await Promise.all(old.slice(start, start + AT_ONCE).map(entry => renew(tools, entry, version)));
    persons += old.length;
    await progress(persons);
    after = page.at(-1)?.id ?? '';
    if (page.length < PAGE) return { persons, isOver: true };
    if (isTimeUp()) return { persons, isOver: false };
  }
}

/** Somebody else renewing or destroying it first is fine: the next look finds what is left. */
async function renew(tools: Tools, entry: Stored<PersonEntry>, version: number): Promise<void> {
  const { versions } = await tools.tenants.of(entry.tenantId);
  const [before, after] = [versions.get(entry.under), versions.get(version)];
  if (before === undefined || after === undefined)
    throw keyFault('platform.keys_not_visible', { tenant: entry.tenantId });
  const rewrapped = entry.versions.map(({ version: own, sealed, madeAt }) => {
    const context = contextOf(entry, own);
    return { version: own, sealed: encrypt(after, context, decrypt(before, context, sealed)), madeAt };
  });
  const current = STEADY.has(entry.id) ? entry.current : entry.current + 1;
  const fresh = {
    version: current,
    sealed: encrypt(after, contextOf(entry, current), tools.random(KEY_BYTES)),
    madeAt: timestamp(tools.now()),
  };
  const { id, tenantId, type, destroyedAt } = entry;
  const all = current === entry.current ? rewrapped : [...rewrapped, fresh];
  const next: PersonEntry = { id, tenantId, type, under: version, current, versions: all, destroyedAt };
  await tools.items.replace([tenantId], next, entry._etag);
}
