import { randomBytes, randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { type App, makeApp } from '../shared/app.ts';
import { sortableKey, systemClock } from '../shared/kernel/index.ts';
import { openShares } from '../shared/platform/access/index.ts';
import { openAudit, walkTenant } from '../shared/platform/audit/index.ts';
import { openArtifacts, openExports, openWriteOnceStore } from '../shared/platform/blobs/index.ts';
import { type News, openCacheFeed, openNews } from '../shared/platform/caches/index.ts';
import type { Capabilities } from '../shared/platform/capabilities/index.ts';
import { openIssuers } from '../shared/platform/federation/index.ts';
import { openHealth } from '../shared/platform/health/index.ts';
import {
  openDirectoryWatch,
  openIdentity,
  openIdentityKeys,
  openMachines,
} from '../shared/platform/identity/index.ts';
import { type Keyring, openKeyring } from '../shared/platform/keys/index.ts';
import { openLimiter } from '../shared/platform/limits/index.ts';
import { announce, type Messenger, openMessenger } from '../shared/platform/messaging/index.ts';
import { openMailer, type SmtpOptions } from '../shared/platform/notifications/index.ts';
import { openPrivacy } from '../shared/platform/privacy/index.ts';
import { openProjector, recordCounts, storedBytes } from '../shared/platform/projections/index.ts';
import {
  blindIndexOf,
  type ChangeDocument,
  cosmosCounters,
  cosmosStore,
  entryFeed,
  openDatabase,
  openVersionClaims,
  type RecordsDoor,
  recordsDoor,
  type Store,
} from '../shared/platform/records/index.ts';
import { openReservations } from '../shared/platform/reservations/index.ts';
import {
  openCredential,
  openSecrets,
  openSigningKey,
  openWrappingKey,
  type Secrets,
  type SigningKey,
  type VaultOptions,
  type WrappingKey,
} from '../shared/platform/secrets/index.ts';
import { type OwnedContainer, openErasure } from '../shared/platform/tenancy/index.ts';
import { openDeliveries, openWebhookSecrets } from '../shared/platform/webhooks/index.ts';
import topology from '../shared/topology.json' with { type: 'json' };
import { openHosts } from './hosts.ts';
import { log } from './log.ts';
import type { AnySettings } from './settings.ts';

/** Everything joined: what endpoints and jobs use, and what the triggers need beside it. */
export type Composition = {
  readonly app: App;
  readonly platform: Capabilities;
  readonly messenger: Messenger;
  readonly secrets: Secrets;
  readonly signingKey: SigningKey;
  readonly wrappingKey: WrappingKey;
  readonly keyring: Keyring;
  readonly stores: Pick<
    Stores,
    'archive' | 'records' | 'reservations' | 'projections' | 'leases' | 'limits' | 'keys' | 'tenants'
  >;
  /** What caches of all instances are told. */
  readonly news: News;
  /** Names this process among those that hold leases. */
  readonly worker: string;
};

const SIGNING_KEY = 'token-signing';
/** Wraps the key of every tenant. */
const WRAPPING_KEY = 'tenant-keys';

/**
 * Makes the clients and joins every part, all as the app's own identity unless told another. Nothing connects and no SDK is loaded before it is
 * needed.
 */
export function compose(
  settings: AnySettings,
  bundleFolder: string,
  credential = openCredential(settings.AZURE_CLIENT_ID),
): Composition {
  const now = (): Date => systemClock.now();
  const newKey = (): string => sortableKey(now(), size => randomBytes(size));
  const stores = openStores(settings, credential);
  const messenger = openMessenger(messengerOptions(settings, credential));
  const vault = vaultOf(settings, credential);
  const secrets = openSecrets(vault, openVersionClaims(stores.leases), now);
  const signingKey = openSigningKey(vault, SIGNING_KEY, now);
  const committed = (_caller: unknown, change: ChangeDocument): void => {
    if (settings.MESSAGING_DIRECT_SEND) void sayNow(messenger, change);
  };
  const wrappingKey = openWrappingKey(vault, WRAPPING_KEY);
  const { cacheFeed, news, keyring } = openShared(stores, wrappingKey, now, newKey);
  const changes = { store: stores.records, archive: stores.archive, now, keyring };
  const app = makeApp({ assetsFolder: join(bundleFolder, 'assets'), version: '1.0.0' });
  const records = recordsDoor({ ...changes, kinds: app.kinds, newKey, committed });
  const vaultContainer = (container: string) => ({
    get endpoint() {
      return needed(settings, 'BLOB_VAULT_ENDPOINT');
    },
    container,
    credential,
  });
  const artifacts = openArtifacts(vaultContainer('artifacts'));
  const outbound = { allowLoopback: settings.OUTBOUND_ALLOW_LOOPBACK ?? false };
  const platform: Capabilities = {
    now,
    newKey,
    permissions: app.permissions,
    records,
    audit: openAudit({
      ...changes,
      leases: stores.leases,
      anchors: openWriteOnceStore(vaultContainer('anchors')),
      records,
    }),
    limiter: openLimiter(cosmosCounters(stores.limits.container), now),
    projector: openProjector({
      store: stores.projections,
      projections: [recordCounts, storedBytes],
      changesOf: (tenant, after) => walkTenant(changes, tenant, { after }),
      ...{ now, newKey },
    }),
    ...openReservations({ store: stores.reservations, records, keyring, now, newKey }),
    artifacts,
    identity: openIdentity(signingKey, `https://${settings.TOUCHSTONE_BASE_DOMAIN}`, now),
    privacy: openPrivacy({
      store: stores.records,
      keyring,
      ledger: openWriteOnceStore(vaultContainer('ledger')),
      now,
    }),
    exports: openExports(exchangeContainer(settings, credential)),
    ...openKeyUses(keyring),
    shares: openShares(records, now),
    ...openDirectories(stores, records, news, now),
    issuers: openIssuers(outbound, now),
    mailer: openMailer(smtpOptions(settings)),
    ...openHosts(settings, stores.tenants, cacheFeed, outbound, now),
    erasure: openErasure(ownedContainers(stores), artifacts),
    deliveries: openDeliveries(stores.deliveries),
    webhookSecrets: openWebhookSecrets(secrets, outbound),
    health: openHealth(probesOf(stores, { serviceBus: messenger, blob: artifacts, keyVault: secrets }), now),
  };
  const shared = { messenger, secrets, signingKey, wrappingKey, keyring, stores };
  return { app, platform, news, ...shared, worker: randomUUID() };
}

/** What all instances hear of, and the keys that they forget by it. */
function openShared(stores: Stores, wrapping: WrappingKey, now: () => Date, newKey: () => string) {
  const cacheFeed = openCacheFeed(entryFeed(stores.tenants), now);
  const news = openNews(stores.tenants, cacheFeed, newKey);
  const keyNews = { ...news, covers: cacheFeed.covers };
  return { cacheFeed, news, keyring: openKeyring({ items: stores.keys, wrapping, now, news: keyNews }) };
}

/** What is marked and found by keys of a tenant's own. */
function openKeyUses(keyring: Keyring): Pick<Capabilities, 'identityKeys' | 'blindIndex'> {
  return {
    identityKeys: openIdentityKeys(keyring),
    blindIndex: tenant => blindIndexOf(keyring, tenant),
  };
}

/** What requests know of the directories of tenants, with a short memory. */
function openDirectories({ records: store }: Stores, records: RecordsDoor, news: News, now: () => Date) {
  return { directory: openDirectoryWatch(store, news, now), machines: openMachines(records, news, now) };
}

type Probed = { readonly probe: () => Promise<void> };

/** What readiness looks at: one read of an item that is not there, and what each other part offers. */
function probesOf({ leases }: Stores, parts: Readonly<Record<string, Probed>>) {
  const cosmos = async (): Promise<void> => void (await leases.read(['readiness'], 'readiness'));
  const others = Object.entries(parts).map(([name, { probe }]) => [name, probe] as const);
  return { cosmos, ...Object.fromEntries(others) };
}

/** Where exports lie for a day. */
function exchangeContainer(settings: AnySettings, credential: ReturnType<typeof openCredential>) {
  return {
    get endpoint() {
      return needed(settings, 'BLOB_EXCHANGE_ENDPOINT');
    },
    container: 'downloads',
    credential,
  };
}

function vaultOf(settings: AnySettings, credential: ReturnType<typeof openCredential>): VaultOptions {
  return {
    get endpoint() {
      return needed(settings, 'KEY_VAULT_ENDPOINT');
    },
    credential,
    challengeVerification: settings.KEY_VAULT_CHALLENGE_VERIFICATION ?? true,
  };
}

/** A setting of some apps only. What asks for it in another app is a bug, found by the first call. */
function needed(
  settings: AnySettings,
  name: 'KEY_VAULT_ENDPOINT' | 'BLOB_VAULT_ENDPOINT' | 'BLOB_EXCHANGE_ENDPOINT',
): string {
  const value = settings[name];
  if (value === undefined) throw new Error(`this app has no ${name}`);
  return value;
}

/** Where items of tenants lie; what an erased tenant must leave. */
function ownedContainers(stores: Stores): readonly OwnedContainer[] {
  return topology.cosmos.containers.flatMap(({ name, partitionKey: [first, ...within] }) => {
    const store = (stores as Readonly<Record<string, Store>>)[name];
    if (first !== '/tenantId' || within.length === 0 || store === undefined) return [];
    return [{ store, within: within.map(path => path.slice(1)) }];
  });
}

/** Where mail goes. In Azure the password is a reference to a Key Vault secret, which the platform resolves. */
function smtpOptions(settings: AnySettings): SmtpOptions | undefined {
  const { SMTP_HOST, SMTP_PORT = 587, SMTP_USER = '', SMTP_PASSWORD = '', SMTP_FROM = '' } = settings;
  if (SMTP_HOST === undefined) return undefined;
  return { host: SMTP_HOST, port: SMTP_PORT, user: SMTP_USER, password: SMTP_PASSWORD, from: SMTP_FROM };
}

type Stores = Readonly<Record<(typeof topology.cosmos.containers)[number]['name'], Store>> & {
  readonly [name in
    | 'archive'
    | 'projections'
    | 'records'
    | 'reservations'
    | 'tenants'
    | 'limits'
    | 'leases'
    | 'keys'
    | 'deliveries']: Store;
};

/** One database client, and a store for each container that the topology names. */
function openStores(settings: AnySettings, credential: ReturnType<typeof openCredential>): Stores {
  let opened: ReturnType<typeof openDatabase> | undefined;
  const database = (): ReturnType<typeof openDatabase> => {
    opened ??= openDatabase({
      endpoint: settings.COSMOS_ENDPOINT,
      database: settings.COSMOS_DATABASE,
      credential,
    });
    return opened;
  };
  const entries = topology.cosmos.containers.map(({ name }) => {
    const container = async () => (await database()).container(name);
    return [name, cosmosStore(container)] as const;
  });
  return Object.fromEntries(entries) as Stores; // topology.json names each of them
}

function messengerOptions(settings: AnySettings, credential: ReturnType<typeof openCredential>) {
  const namespace = settings.SERVICE_BUS__fullyQualifiedNamespace;
  return namespace === undefined
    ? { connectionString: settings.SERVICE_BUS ?? '' }
    : { namespace, credential };
}

/** Said at once, so that the usual case is fast; what fails here the relay says for certain. */
async function sayNow(messenger: Messenger, change: ChangeDocument): Promise<void> {
  try {
    await messenger.send(announce(change));
  } catch (error) {
    log('warn', 'direct send failed; the relay will say it', { changeId: change.id, error });
  }
}
