import { createHash } from 'node:crypto';
import type { BlobServiceClient } from '@azure/storage-blob';
import { type ContainerOptions, guarded, isStatus } from './container.ts';

/** Files in the account that is reachable from outside, each by a link of its own that ends soon. Nothing is meant to stay. */
export type ExportStore = {
  /** Keeps one part of a file that is not there before it is assembled; the same part of before is replaced. Parts count from 0. */
  stage(name: string, part: number, bytes: Uint8Array): Promise<void>;
  /** Makes the file of its first so many parts; another one of this name is replaced. */
  assemble(name: string, mediaType: string, parts: number): Promise<void>;
  /** The hash and size of a file, read as a stream. */
  digest(name: string): Promise<{ readonly sha256: string; readonly bytes: number }>;
  /** A link to this one file, to read it until then (a user-delegation SAS); undefined when it is gone. */
  link(name: string, fileName: string, from: Date, until: Date): Promise<string | undefined>;
  remove(name: string): Promise<void>;
};

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
    stage: async (name, part, bytes) => {
      const target = await blob(name);
      await guarded(() => target.stageBlock(blockId(part), bytes, bytes.byteLength));
    },
    assemble: async (name, mediaType, parts) => {
      const target = await blob(name);
      const ids = Array.from({ length: parts }, (_none, part) => blockId(part));
      await guarded(() =>
        target.commitBlockList(ids, {
          blobHTTPHeaders: { blobContentType: mediaType, blobCacheControl: 'no-store' },
        }),
      );
    },
    digest: async name => {
      const target = await blob(name);
      const { readableStreamBody } = await guarded(() => target.download());
      const hash = createHash('sha256');
      let bytes = 0;
      for await (const chunk of readableStreamBody ?? []) {
        hash.update(chunk);
        bytes += chunk.length;
      }
      return { sha256: hash.digest('hex'), bytes };
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

/** Ids of one blob's blocks have one length. */
function blockId(part: number): string {
  return Buffer.from(String(part).padStart(8, '0')).toString('base64');
}

async function openService({ endpoint, credential }: ContainerOptions): Promise<BlobServiceClient> {
  const { BlobServiceClient } = await import('@azure/storage-blob');
  return new BlobServiceClient(endpoint, credential, {
    retryOptions: { maxTries: 4, tryTimeoutInMs: 60_000, retryDelayInMs: 500, maxRetryDelayInMs: 4000 },
  });
}
