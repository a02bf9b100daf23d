import type { TokenCredential } from '@azure/identity';
import type { ContainerClient } from '@azure/storage-blob';
import { isOutage } from '../outages/index.ts';
import { storageFault } from './faults.ts';

export type ContainerOptions = {
  readonly endpoint: string;
  readonly container: string;
  readonly credential: TokenCredential;
};

/** A container's client. The SDK is loaded by the first call. */
export async function openContainer(options: ContainerOptions): Promise<ContainerClient> {
  const { BlobServiceClient } = await import('@azure/storage-blob');
  const service = new BlobServiceClient(options.endpoint, options.credential, {
    retryOptions: { maxTries: 4, tryTimeoutInMs: 30_000, retryDelayInMs: 500, maxRetryDelayInMs: 4000 },
  });
  return service.getContainerClient(options.container);
}

/** Stores a new blob; false when one with this name is there, which stays as it is. */
export async function upload(
  container: ContainerClient,
  name: string,
  mediaType: string,
  sha256: string,
  bytes: Uint8Array,
): Promise<boolean> {
  try {
    await guarded(() =>
      container.getBlockBlobClient(name).uploadData(bytes, {
        conditions: { ifNoneMatch: '*' },
        metadata: { sha256 },
        blobHTTPHeaders: { blobContentType: mediaType },
      }),
    );
    return true;
  } catch (error) {
    if (isStatus(error, 409) || isStatus(error, 412)) return false;
    throw error;
  }
}

/** Throttling and outages become `platform.storage_unavailable`. */
export async function guarded<R>(call: () => Promise<R>): Promise<R> {
  try {
    return await call();
  } catch (error) {
    throw isOutage(error) ? storageFault('platform.storage_unavailable', {}, error) : error;
  }
}

export function isStatus(error: unknown, status: number): boolean {
  return (error as { statusCode?: unknown } | undefined)?.statusCode === status;
}
