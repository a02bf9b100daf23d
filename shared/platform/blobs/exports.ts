import { Readable } from 'node:stream';
import type { BlobServiceClient } from '@azure/storage-blob';
import { type ContainerOptions, guarded, isStatus } from './container.ts';

/** Files in the account that is reachable from outside, each by a link of its own that ends soon. Nothing is meant to stay. */
export type ExportStore = {
  /** Writes a file from its parts as they come; another one of this name is replaced. */
  write(name: string, mediaType: string, parts: AsyncIterable<Uint8Array>): Promise<void>;
  /** A link to this one file, to read it until then (a user-delegation SAS); undefined when it is gone. */
  link(name: string, fileName: string, from: Date, until: Date): Promise<string | undefined>;
  remove(name: string): Promise<void>;
};

const PART_BYTES = 4 * 1024 * 1024;
const PARTS_AT_ONCE = 2;
/** The version of the service whose rules a link is signed by; every later one takes it, and Azurite knows no newer rules. */
const SAS_VERSION = '2022-11-02';
/** Clocks of Azure and ours differ. */
const SKEW_MILLISECONDS = 5 * 60_000;

/** Opens a container of the exchange account. The SDK is loaded by the first call. */
export function openExports(options: ContainerOptions): ExportStore {
  let opened: Promise<BlobServiceClient> | undefined;
  const service = (): Promise<BlobServiceClient> => {
    opened ??= openService(options);
    return opened;
  };
  const blob = async (name: string) =>
    (await service()).getContainerClient(options.container).getBlockBlobClient(name);
  return {
    write: async (name, mediaType, parts) => {
      const target = await blob(name);
      await guarded(() =>
        target.uploadStream(Readable.from(parts), PART_BYTES, PARTS_AT_ONCE, {
          blobHTTPHeaders: { blobContentType: mediaType, blobCacheControl: 'no-store' },
        }),
      );
    },
    link: async (name, fileName, from, until) => {
      const target = await blob(name);
      if (!(await guarded(() => target.exists()))) return undefined;
      const startsOn = new Date(from.getTime() - SKEW_MILLISECONDS);
      const client = await service();
      const key = await guarded(() => client.getUserDelegationKey(startsOn, until));
      const { BlobSASPermissions, generateBlobSASQueryParameters } = await import('@azure/storage-blob');
      const query = generateBlobSASQueryParameters(
        {
          containerName: options.container,
          blobName: name,
          version: SAS_VERSION,
          permissions: BlobSASPermissions.parse('r'),
          startsOn,
          expiresOn: until,
          contentDisposition: `attachment; filename="${fileName}"`,
        },
        key,
        client.accountName,
      );
      return `${target.url}?${query.toString()}`;
    },
    remove: async name => {
      const target = await blob(name);
      try {
        await guarded(() => target.delete());
      } catch (error) {
        if (!isStatus(error, 404)) throw error;
      }
    },
  };
}

async function openService({ endpoint, credential }: ContainerOptions): Promise<BlobServiceClient> {
  const { BlobServiceClient } = await import('@azure/storage-blob');
  return new BlobServiceClient(endpoint, credential, {
    retryOptions: { maxTries: 4, tryTimeoutInMs: 60_000, retryDelayInMs: 500, maxRetryDelayInMs: 4000 },
  });
}
