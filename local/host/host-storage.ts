import type { BlobLeaseClient, ContainerClient } from '@azure/storage-blob';
import { findConnection, type Settings } from './settings-expansion.ts';

/** What the host keeps in AzureWebJobsStorage: locks and the status of timers. */
export type HostStorage = {
  /** Takes the lock unless another instance holds it. `seconds` as in Azure: 15 to 60. */
  tryLock(name: string, seconds: number): Promise<Lock | undefined>;
  /** The last status of a timer, undefined if none was written. */
  readStatus(name: string): Promise<unknown>;
  writeStatus(name: string, status: unknown): Promise<void>;
};

export type Lock = { renew(): Promise<void>; release(): Promise<void> };

/**
 * Opens container `azure-webjobs-hosts`, where the real host keeps the same blobs under the same names:
 * `locks/<host id>/Host.Functions.<name>.Listener` (`BlobLeaseDistributedLockManager`) and
 * `timers/<host id>/Host.Functions.<name>/status` (`StorageScheduleMonitor`). Throws a StartError without the setting.
 */
export async function openHostStorage(settings: Settings, hostId: string): Promise<HostStorage> {
  const connection = findConnection(settings, 'Storage', ['blobServiceUri'], 'timers');
  const { BlobServiceClient } = await import('@azure/storage-blob');
  const options = { retryOptions: { maxTries: 3 } };
  let service: InstanceType<typeof BlobServiceClient>;
  if (connection.kind === 'connectionString') {
    service = BlobServiceClient.fromConnectionString(connection.value, options);
  } else {
    const { ManagedIdentityCredential } = await import('@azure/identity');
    service = new BlobServiceClient(connection.address, new ManagedIdentityCredential(), options);
  }
  const container = service.getContainerClient('azure-webjobs-hosts');
  return {
    tryLock: (name, seconds) =>
      tryLock(container, `locks/${hostId}/Host.Functions.${name}.Listener`, seconds),
    readStatus: async name => {
      const blob = container.getBlobClient(`timers/${hostId}/Host.Functions.${name}/status`);
      try {
        return JSON.parse((await blob.downloadToBuffer()).toString('utf8'));
      } catch (error) {
        if (statusOf(error) === 404) return undefined;
        throw error;
      }
    },
    writeStatus: async (name, status) => {
      const text = JSON.stringify(status);
      const blob = container.getBlockBlobClient(`timers/${hostId}/Host.Functions.${name}/status`);
      try {
        await blob.upload(text, Buffer.byteLength(text));
      } catch (error) {
        if (statusOf(error) !== 404) throw error;
        await container.createIfNotExists();
        await blob.upload(text, Buffer.byteLength(text));
      }
    },
  };
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
      await createEmpty(container, path);
    }
  }
  return undefined;
}

async function createEmpty(container: ContainerClient, path: string): Promise<void> {
  await container.createIfNotExists();
  try {
    await container.getBlockBlobClient(path).upload('', 0, { conditions: { ifNoneMatch: '*' } });
  } catch (error) {
    // Another instance made it, and perhaps already leased it.
    const status = statusOf(error);
    if (status !== 409 && status !== 412) throw error;
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
