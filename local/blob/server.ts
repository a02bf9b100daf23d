import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { Faults } from '../faults/faults.ts';
import { guard } from '../faults/guard.ts';
import { Rights } from '../identity/rights.ts';
import { type Azurite, type BlobMetadataStore, loadAzurite } from './azurite.ts';
import { indexByName } from './blob-index.ts';
import { describe, refuse } from './faults.ts';
import { Journal } from './journal.ts';
import { withMetadataLimit } from './metadata-limit.ts';
import { refuseMissingBlobs } from './missing-blobs.ts';
import { withPaths } from './paths.ts';
import { withRoles } from './roles.ts';
import type { StorageTopology } from './topology.ts';

export type BlobServerOptions = {
  readonly port: number;
  readonly dataDir: string;
  readonly tlsCert: string;
  readonly tlsKey: string;
  readonly accounts: StorageTopology;
  readonly faultsToken?: string | undefined;
  /** Who may do what; without it everybody may do everything. */
  readonly rightsFile?: string | undefined;
};

export type BlobServer = {
  readonly port: number;
  /** Account keys (base64) by account name. */
  readonly keys: Readonly<Record<string, string>>;
  close(): Promise<void>;
};

/** Azurite writes several blobs at a time into as many extent files. */
const EXTENT_FILES = 50;

/**
 * Serves Azurite's blob service over HTTPS on 127.0.0.1 with tokens (`--oauth basic`), shared keys and SAS.
 * An acknowledged blob survives SIGKILL: contents are flushed by Azurite, metadata by the journal.
 */
export async function startBlobServer(options: BlobServerOptions): Promise<BlobServer> {
  const azurite = await loadAzurite();
  mkdirSync(join(options.dataDir, 'extents'), { recursive: true });
  const keys = loadKeys(options.dataDir, Object.keys(options.accounts));
  process.env['AZURITE_ACCOUNTS'] = Object.entries(keys)
    .map(([name, key]) => `${name}:${key}`)
    .join(';');
  const database = new DatabaseSync(join(options.dataDir, 'metadata.sqlite'));
  const journal = new Journal(database);
  const service = await assemble(azurite, join(options.dataDir, 'extents'), journal);
  await createContainers(azurite, service.blobs, options.accounts);
  const credentials = { cert: readFileSync(options.tlsCert), key: readFileSync(options.tlsKey) };
  const faults = new Faults('blob');
  journal.onCommit = () => faults.stallDisk();
  const control = { token: options.faultsToken, describe, refuse };
  const server = createServer(
    credentials,
    withPaths(
      guard(faults, control, withRoles(Rights.read(options.rightsFile), withMetadataLimit(service.listener))),
    ),
  );
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject).listen(options.port, '127.0.0.1', resolve);
  });
  return {
    port: (server.address() as AddressInfo).port, // a TCP server has no other kind of address
    keys,
    close: async () => {
      await new Promise<void>(resolve => {
        server.close(() => resolve());
        server.closeAllConnections();
      });
      await service.close();
      journal.close();
    },
  };
}

/** Puts Azurite's blob service together as its own `BlobServer` does, but with metadata in our journal. */
async function assemble(azurite: Azurite, folder: string, journal: Journal) {
  const { logger } = azurite;
  const blobs = new azurite.LokiBlobMetadataStore('blobs', true);
  const extents = new azurite.LokiExtentMetadataStore('extents', true);
  const location = { locationId: 'Default', locationPath: folder, maxConcurrency: EXTENT_FILES };
  const files = new azurite.FSExtentStore(extents, [location], logger);
  const accounts = new azurite.AccountDataStore(logger);
  await accounts.init();
  for (const store of [blobs, extents]) {
    await store.init();
    for (const collection of store.db.collections) journal.attach(collection);
  }
  indexByName(blobs.db.getCollection('$BLOBS_COLLECTION$'));
  refuseMissingBlobs(azurite, blobs);
  await files.init();
  // The SDK may speak a newer version of the protocol than Azurite knows; what it knows has not changed.
  const factory = new azurite.BlobRequestListenerFactory(
    blobs,
    files,
    accounts,
    false,
    undefined,
    false,
    true,
    azurite.OAuthLevel.BASIC,
    true,
  );
  const collector = new azurite.BlobGCManager(blobs, extents, files, error => console.error(error), logger);
  await collector.start();
  return {
    blobs,
    listener: factory.createRequestListener(),
    close: async () => {
      await collector.close();
      await accounts.close();
    },
  };
}

async function createContainers(
  azurite: Azurite,
  blobs: BlobMetadataStore,
  accounts: StorageTopology,
): Promise<void> {
  const existing = blobs.db.getCollection('$CONTAINERS_COLLECTION$');
  for (const [accountName, { containers }] of Object.entries(accounts)) {
    for (const name of containers) {
      if (existing.findOne({ accountName, name }) !== null) continue;
      await blobs.createContainer(undefined, {
        accountName,
        name,
        properties: {
          etag: azurite.newEtag(),
          lastModified: new Date(),
          leaseStatus: 'unlocked',
          leaseState: 'available',
          hasImmutabilityPolicy: false,
          hasLegalHold: false,
        },
      });
    }
  }
}

function loadKeys(dataDir: string, accounts: readonly string[]): Record<string, string> {
  const file = join(dataDir, 'account-keys.json');
  const known: Record<string, string> = existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : {};
  const keys = Object.fromEntries(
    accounts.map(name => [name, known[name] ?? randomBytes(64).toString('base64')]),
  );
  writeFileSync(file, JSON.stringify({ ...known, ...keys }), { mode: 0o600 });
  return keys;
}
