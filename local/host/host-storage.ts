import type { BlobLeaseClient, BlobServiceClient, ContainerClient } from '@azure/storage-blob';
import { blobAddress, type Connection, findConnection, identityOf } from './connections.ts';
import type { Settings } from './settings-expansion.ts';

/** What the host keeps in AzureWebJobsStorage: locks, the status of timers, keys. */
export type HostStorage = {
  /** Takes the lock unless another instance holds it. `seconds` as in Azure: 15 to 60. */
  tryLock(name: string, seconds: number): Promise<Lock | undefined>;
  /** The last status of a timer, undefined if none was written. */
  readStatus(name: string): Promise<unknown>;
  writeStatus(name: string, status: unknown): Promise<void>;
  /** A document of keys, `host` or the name of a function; undefined if there is none. */
  readKeys(name: string): Promise<unknown>;
  /** False when another instance was faster. */
  createKeys(name: string, keys: unknown): Promise<boolean>;
};

export type Lock = { renew(): Promise<void>; release(): Promise<void> };

/** The connection of the host's own storage; throws a StartError that says what is missing. `user` names who needs it. */
export function storageConnection(settings: Settings, user: string): Connection {
  return findConnection(settings, 'Storage', blobAddress, user);
}

/**
 * The real host's containers, with the same blobs under the same names: in `azure-webjobs-hosts`
 * `locks/<host id>/Host.Functions.<name>.Listener` (`BlobLeaseDistributedLockManager`) and
 * `timers/<host id>/Host.Functions.<name>/status` (`StorageScheduleMonitor`), in `azure-webjobs-secrets`
 * `<host id>/<name>.json` (`BlobStorageSecretsRepository`). The SDK is loaded when the first call comes.
 */
export function openHostStorage(connection: Connection, hostId: string): HostStorage {
  let opened: Promise<BlobServiceClient> | undefined;
  const container = async (name: string): Promise<ContainerClient> => {
    opened ??= connect(connection);
    return (await opened).getContainerClient(name);
  };
  const hosts = (): Promise<ContainerClient> => container('azure-webjobs-hosts');
  const secrets = (): Promise<ContainerClient> => container('azure-webjobs-secrets');
  const statusOf = (name: string): string => `timers/${hostId}/Host.Functions.${name}/status`;
  const keysOf = (name: string): string => `${hostId}/${name.toLowerCase()}.json`;
  return {
    tryLock: async (name, seconds) =>
      tryLock(await hosts(), `locks/${hostId}/Host.Functions.${name}.Listener`, seconds),
    readStatus: async name => readJson(await hosts(), statusOf(name)),
    writeStatus: async (name, status) => writeJson(await hosts(), statusOf(name), status),
    readKeys: async name => readJson(await secrets(), keysOf(name)),
    createKeys: async (name, keys) => createJson(await secrets(), keysOf(name), keys),
  };
}

async function connect(connection: Connection): Promise<BlobServiceClient> {
  const { BlobServiceClient } = await import('@azure/storage-blob');
  const options = { retryOptions: { maxTries: 3 } };
  if (connection.kind === 'connectionString')
    return BlobServiceClient.fromConnectionString(connection.value, options);
  return new BlobServiceClient(connection.address, await identityOf(connection.clientId), options);
}

async function readJson(container: ContainerClient, path: string): Promise<unknown> {
  try {
    return JSON.parse((await container.getBlobClient(path).downloadToBuffer()).toString('utf8'));
  } catch (error) {
    if (statusOf(error) === 404) return undefined;
    throw error;
  }
}

async function writeJson(container: ContainerClient, path: string, value: unknown): Promise<void> {
  const text = JSON.stringify(value);
  const blob = container.getBlockBlobClient(path);
  try {
    await blob.upload(text, Buffer.byteLength(text));
  } catch (error) {
    if (statusOf(error) !== 404) throw error;
    await container.createIfNotExists();
    await blob.upload(text, Buffer.byteLength(text));
  }
}

async function createJson(container: ContainerClient, path: string, value: unknown): Promise<boolean> {
  await container.createIfNotExists();
  const text = JSON.stringify(value, undefined, 2);
  return uploadNew(container, path, text);
}

async function tryLock(container: ContainerClient, path: string, seconds: number): Promise<Lock | undefined> {
  const blob = container.getBlockBlobClient(path);
  const lease = blob.getBlobLeaseClient();
  for (const attempt of [1, 2]) {
    try {
      await lease.acquireLease(seconds);
      return { renew: async () => void (await lease.renewLease()), release: () => release(lease) };
    } catch (error) {
      const status = statusOf(error);
      if (status === 409) return undefined;
      if (status !== 404 || attempt === 2) throw error;
      await container.createIfNotExists();
      // Another instance may be making it too, and perhaps already lease it.
      await uploadNew(container, path, '');
    }
  }
  return undefined;
}

/** False when the blob was there already. */
async function uploadNew(container: ContainerClient, path: string, text: string): Promise<boolean> {
  try {
    const conditions = { ifNoneMatch: '*' };
    await container.getBlockBlobClient(path).upload(text, Buffer.byteLength(text), { conditions });
    return true;
  } catch (error) {
    const status = statusOf(error);
    if (status === 409 || status === 412) return false;
    throw error;
  }
}

async function release(lease: BlobLeaseClient): Promise<void> {
  try {
    await lease.releaseLease();
  } catch (error) {
    // The lease ended by itself or the blob is gone: nothing is held any more.
    const status = statusOf(error);
    if (status !== 404 && status !== 409) throw error;
  }
}

function statusOf(error: unknown): number | undefined {
  if (typeof error !== 'object' || error === null || !('statusCode' in error)) return undefined;
  return typeof error.statusCode === 'number' ? error.statusCode : undefined;
}
