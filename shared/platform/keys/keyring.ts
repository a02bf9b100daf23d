import { randomBytes } from 'node:crypto';
import { timestamp } from '../../kernel/index.ts';
import { type KeyItems, type PersonEntry, TENANT_ENTRY } from './entries.ts';
import { decrypt, encrypt } from './envelope.ts';
import { keyFault } from './faults.ts';
import { type KeyNews, openPersonMemory, type PersonKey, type PersonKeys } from './person-memory.ts';
import { contextOf, type Rotation, type RotationPause, type RotationWatch, rotate } from './rotate.ts';
import {
  destroyTenantKey,
  openTenantKeys,
  type TenantKeyCache,
  type TenantKeys,
  type TenantKeyTools,
} from './tenant-keys.ts';

/** Keys of a tenant that are nobody's own: what law keeps, blind indexes, marks of tokens, marks of cursors. */
export type Purpose = '~common' | '~blind' | '~identity' | '~cursors';

/** Keys in layers: Key Vault's wraps a tenant's, the tenant's wraps one for each person and purpose, those seal data. */
export type Keyring = {
  /**
   * The keys that stand; persons who never had one are left out. `versions`: those that something at hand is sealed with; a
   * key in memory that is older was renewed meanwhile and is read again. `fresh`: memory is not asked at all, so that whoever
   * was erased a moment ago is known to be.
   */
  find(
    tenant: string,
    persons: Iterable<string>,
    versions?: ReadonlyMap<string, number>,
    fresh?: boolean,
  ): Promise<PersonKeys>;
  /**
   * The same, and one is made for whoever has none. `born`: persons of whom nothing can have been sealed before. `fresh`:
   * persons whose keys are not taken from memory.
   */
  ensure(
    tenant: string,
    persons: Iterable<string>,
    born?: ReadonlySet<string>,
    fresh?: ReadonlySet<string>,
  ): Promise<PersonKeys>;
  /** The key of a purpose. It is the same for ever. */
  purpose(tenant: string, purpose: Purpose): Promise<Uint8Array>;
  /**
   * Destroys a person's key: what was sealed under it is gone wherever it lies. Doing it twice is once. A purpose's key is
   * never erased alone: that throws, and nothing is written.
   */
  erase(tenant: string, person: string): Promise<void>;
  /** Renews the keys of a tenant while it is served, as `rotate` says. */
  rotate(tenant: string, watch: RotationWatch): Promise<Rotation | RotationPause>;
  /** Destroys everything of a tenant. */
  destroy(tenant: string): Promise<void>;
  /** What this process changed itself, it knows at once. */
  forget(tenant: string): void;
};

/** How names of purposes begin; none of them is ever erased alone. */
const OF_NOBODY = '~';

/** Whether this names one of a tenant's own purposes, or the tenant's key itself, and no person. */
export function isOfNobody(name: string): boolean {
  return name.startsWith(OF_NOBODY);
}

const KEY_BYTES = 32;
/** Cosmos: at most 100 operations in a batch. */
const AT_ONCE = 90;

type Tools = TenantKeyTools & { readonly tenants: TenantKeyCache };

/** How long an unwrapped key stays in memory: so long the end of a tenant's older key may take to be felt everywhere. */
const KEEP_MILLISECONDS = 5 * 60_000;
const PERSONS_TOPIC = 'person-keys:';
const TENANT_TOPIC = 'tenant-keys:';

/** Nobody tells anything. */
const silence: KeyNews = { tell: async () => undefined, on: () => undefined, covers: () => false };

/** The keys in container `keys`. */
export function openKeyring(
  options: Pick<TenantKeyTools, 'items' | 'wrapping' | 'now'> &
    Partial<TenantKeyTools> & { readonly news?: KeyNews },
): Keyring {
  const all: TenantKeyTools = { random: randomBytes, keepMilliseconds: KEEP_MILLISECONDS, ...options };
  const tools: Tools = { ...all, tenants: openTenantKeys(all) };
  const news = options.news ?? silence;
  const { keep, known, forget: forgetPersons } = openPersonMemory(all, news);
  const find: Keyring['find'] = async (tenant, persons, versions, fresh = false) => {
    const [here, open] = known(tenant, persons, versions, person => fresh && !isOfNobody(person));
    if (open.length === 0) return here;
    const readAt = all.now().getTime();
    return new Map([...here, ...keep(tenant, await read(tools, tenant, open), readAt)]);
  };
  const ensure: Keyring['ensure'] = async (tenant, persons, born, fresh = new Set()) => {
    const [here, open] = known(tenant, persons, undefined, person => fresh.has(person));
    if (open.length === 0) return here;
    const readAt = all.now().getTime();
    const old = open.filter(person => born?.has(person) !== true);
    const found = old.length === 0 ? new Map<string, PersonKey>() : await read(tools, tenant, old);
    const missing = open.filter(person => !found.has(person));
    const made = missing.length === 0 ? [] : await make(tools, tenant, missing);
    return new Map([...here, ...keep(tenant, new Map([...found, ...made]), readAt)]);
  };
  const forget = (tenant: string): void => {
    forgetPersons(tenant);
    tools.tenants.forget(tenant);
  };
  news.on(topic => {
    if (topic.startsWith(PERSONS_TOPIC)) forgetPersons(topic.slice(PERSONS_TOPIC.length));
    if (topic.startsWith(TENANT_TOPIC)) forget(topic.slice(TENANT_TOPIC.length));
  });
  return {
    find,
    ensure,
    forget,
    purpose: async (tenant, purpose) => {
      const key = (await ensure(tenant, [purpose])).get(purpose);
      const first = key?.versions.get(1);
      if (first === undefined) throw keyFault('platform.keys_destroyed', { tenant });
      return first;
    },
    erase: async (tenant, person) => {
      if (isOfNobody(person))
        throw new Error(`${person} is a key of the tenant's own and goes with it alone`);
      await erase(all, tenant, person);
      keep(tenant, new Map([[person, null]]), all.now().getTime());
      // Others rely on being told: what is not told is not done, and is done again.
      await news.tell(`${PERSONS_TOPIC}${tenant}`);
    },
    rotate: (tenant, watch) => {
      forgetPersons(tenant);
      return rotate(tools, tenant, watch);
    },
    destroy: async tenant => {
      await destroyTenantKey(all, tenant);
      await removePersons(all.items, tenant);
      forget(tenant);
      await news.tell(`${TENANT_TOPIC}${tenant}`);
    },
  };
}

async function read(tools: Tools, tenant: string, persons: readonly string[]): Promise<PersonKeys> {
  const entries = await readEntries(tools.items, tenant, persons);
  if (entries.length === 0) return new Map();
  const found = entries.map(async entry => [entry.id, await opened(tools, entry)] as const);
  return new Map(await Promise.all(found));
}

async function readEntries(
  items: KeyItems,
  tenant: string,
  persons: readonly string[],
): Promise<readonly PersonEntry[]> {
  const [only = ''] = persons;
  if (persons.length === 1) {
    const entry = await items.read<PersonEntry>([tenant], only);
    return entry === undefined ? [] : [entry];
  }
  const parameters = Object.fromEntries(persons.map((person, index) => [`p${index}`, person]));
  const names = Object.keys(parameters).map(name => `@${name}`);
  const text = `SELECT * FROM c WHERE c.id IN (${names.join(', ')})`;
  return items.query<PersonEntry>([tenant], { text, parameters });
}

/** A version of the tenant's key that is not known here was made after it was read. */
async function tenantVersion(tools: Tools, tenant: string, version: number): Promise<Uint8Array> {
  const known = (await tools.tenants.of(tenant)).versions.get(version);
  if (known !== undefined) return known;
  tools.tenants.forget(tenant);
  const fresh = (await tools.tenants.of(tenant)).versions.get(version);
  if (fresh === undefined) throw keyFault('platform.keys_not_visible', { tenant, version });
  return fresh;
}

async function opened(tools: Tools, entry: PersonEntry): Promise<PersonKey> {
  if (entry.destroyedAt !== null) return null;
  const wrapping = await tenantVersion(tools, entry.tenantId, entry.under);
  const versions = entry.versions.map(
    ({ version, sealed }) =>
      [version, new Uint8Array(decrypt(wrapping, contextOf(entry, version), sealed))] as const,
  );
  return { current: entry.current, versions: new Map(versions) };
}

/** New keys for persons; of two who make one at once, the first to store it has won. */
async function make(tools: Tools, tenant: string, persons: readonly string[]): Promise<PersonKeys> {
  const wrapping = await tools.tenants.of(tenant);
  const made = new Map(persons.map(person => [person, newEntry(tools, wrapping, tenant, person)]));
  for (let start = 0; start < persons.length; start += AT_ONCE) {
    const some = persons.slice(start, start + AT_ONCE);
    const operations = some.flatMap(person => {
      const entry = made.get(person)?.entry;
      return entry === undefined ? [] : [{ kind: 'create' as const, item: entry }];
    });
    if ((await tools.items.batch([tenant], operations)).done) continue;
    for (const { item } of operations) {
      if ((await tools.items.create([tenant], item)) === 'created') continue;
      const standing = await tools.items.read<PersonEntry>([tenant], item.id);
      if (standing === undefined) throw keyFault('platform.keys_not_visible', { tenant });
      made.set(item.id, { entry: standing, key: await opened(tools, standing) });
    }
  }
  return new Map([...made].map(([person, { key }]) => [person, key]));
}

function newEntry(tools: Tools, { current, versions }: TenantKeys, tenant: string, person: string) {
  const wrapping = versions.get(current);
  if (wrapping === undefined) throw new Error(`the key of ${tenant} lacks its current version`);
  const key = tools.random(KEY_BYTES);
  const sealed = encrypt(wrapping, contextOf({ tenantId: tenant, id: person }, 1), key);
  const entry: PersonEntry = {
    ...{ id: person, tenantId: tenant, type: 'person', under: current, current: 1 },
    versions: [{ version: 1, sealed, madeAt: timestamp(tools.now()) }],
    destroyedAt: null,
  };
  return { entry, key: { current: 1, versions: new Map([[1, key]]) } as PersonKey };
}

/** What stays is that there was a key, so that nobody makes another one. */
async function erase({ items, now }: TenantKeyTools, tenant: string, person: string): Promise<void> {
  for (;;) {
    const entry = await items.read<PersonEntry>([tenant], person);
    if (entry !== undefined && entry.destroyedAt !== null) return;
    const gone: PersonEntry = {
      ...{ id: person, tenantId: tenant, type: 'person', under: 0, current: 0, versions: [] },
      destroyedAt: timestamp(now()),
    };
    if (entry === undefined) {
      if ((await items.create([tenant], gone)) === 'created') return;
    } else if ((await items.replace([tenant], gone, entry._etag)) === 'replaced') return;
  }
}

/** Without the tenant's key they open nothing; they go all the same. */
async function removePersons(items: KeyItems, tenant: string): Promise<void> {
  for (;;) {
    const rows = await items.query<{ readonly id: string }>([tenant], {
      text: 'SELECT TOP 100 c.id FROM c WHERE c.id != @own',
      parameters: { own: TENANT_ENTRY },
    });
    if (rows.length === 0) return;
    await Promise.all(rows.map(({ id }) => items.remove([tenant], id)));
  }
}
