import { createHash } from 'node:crypto';
import type { BlobItem, ContainerClient } from '@azure/storage-blob';
import type { TenantId } from '../../kernel/index.ts';
import { type ContainerOptions, guarded, isStatus, openContainer, upload } from './container.ts';

/** A file that a job made. */
export type Artifact = {
  readonly blob: string;
  readonly mediaType: string;
  readonly bytes: number;
  readonly sha256: string;
};

/**
 * Artifacts of the `vault` account, addressed by the hash of what they are made from: making one again finds
 * it there.
 */
export type Artifacts = {
  find(tenant: TenantId, contentHash: string, extension: string): Promise<Artifact | undefined>;
  /** Stores the bytes unless the artifact is there already; the first one stays. */
  keep(
    tenant: TenantId,
    contentHash: string,
    extension: string,
    mediaType: string,
    bytes: Uint8Array,
  ): Promise<Artifact>;
  read(tenant: TenantId, artifact: Artifact): Promise<Uint8Array>;
  /** Some artifacts of a tenant, and where the next ones begin. */
  list(
    tenant: TenantId,
    after: string | undefined,
  ): Promise<{ readonly items: readonly Artifact[]; readonly next: string | undefined }>;
  /** Removes one artifact by its name; doing it twice is once. */
  remove(tenant: TenantId, blob: string): Promise<void>;
  /** Removes every artifact of a tenant; tells how many there were. */
  erase(tenant: TenantId): Promise<number>;
  probe(): Promise<void>;
};

/** They may be read whole, one after the other. */
const LISTED_AT_ONCE = 10;

/**
 * Opens the artifacts of the vault account. The SDK is loaded by the first call. Throttling and outages become
 * `platform.storage_unavailable`.
 */
export function openArtifacts(options: ContainerOptions): Artifacts {
  let opened: Promise<ContainerClient> | undefined;
  const client = (): Promise<ContainerClient> => {
    opened ??= openContainer(options);
    return opened;
  };
  const find: Artifacts['find'] = async (tenant, contentHash, extension) =>
    describe(await client(), nameOf(tenant, contentHash, extension));
  return {
    find,
    keep: async (tenant, contentHash, extension, mediaType, bytes) => {
      const name = nameOf(tenant, contentHash, extension);
      const sha256 = createHash('sha256').update(bytes).digest('hex');
      const stored = await upload(await client(), name, mediaType, sha256, bytes);
      if (stored) return { blob: name, mediaType, bytes: bytes.byteLength, sha256 };
      const present = await find(tenant, contentHash, extension);
      if (present === undefined) throw new Error(`artifact ${name} was refused and is not there`);
      return present;
    },
    read: async (tenant, artifact) => {
      if (!artifact.blob.startsWith(`${tenant}/`))
        throw new Error('an artifact of another tenant was asked for');
      const blob = (await client()).getBlobClient(artifact.blob);
      return guarded(() => blob.downloadToBuffer());
    },
    list: async (tenant, after) => {
      const pages = (await client()).listBlobsFlat({ prefix: `${tenant}/`, includeMetadata: true }).byPage({
        maxPageSize: LISTED_AT_ONCE,
        ...(after === undefined ? {} : { continuationToken: after }),
      });
      const { value: page } = await guarded(() => pages.next());
      const blobs: readonly BlobItem[] = page?.segment.blobItems ?? [];
      const items = blobs.map(({ name, properties, metadata }) => ({
        blob: name,
        mediaType: properties.contentType ?? 'application/octet-stream',
        bytes: properties.contentLength ?? 0,
        sha256: metadata?.['sha256'] ?? '',
      }));
      return { items, next: page?.continuationToken === '' ? undefined : page?.continuationToken };
    },
    remove: async (tenant, blob) => {
      if (!blob.startsWith(`${tenant}/`)) throw new Error('an artifact of another tenant was to be removed');
      const target = (await client()).getBlobClient(blob);
      await guarded(() => target.deleteIfExists({ deleteSnapshots: 'include' }));
    },
    erase: async tenant => {
      const container = await client();
      let count = 0;
      // The slash belongs to the name: no tenant's id is the beginning of another one's.
      for await (const { name } of container.listBlobsFlat({ prefix: `${tenant}/` })) {
        await guarded(() => container.deleteBlob(name, { deleteSnapshots: 'include' }));
        count += 1;
      }
      return count;
    },
    probe: async () => {
      const container = await client();
      await guarded(() => container.exists());
    },
  };
}

function nameOf(tenant: TenantId, contentHash: string, extension: string): string {
  return `${tenant}/${contentHash}.${extension}`;
}

async function describe(container: ContainerClient, name: string): Promise<Artifact | undefined> {
  try {
    const found = await guarded(() => container.getBlobClient(name).getProperties());
    return {
      blob: name,
      mediaType: found.contentType ?? 'application/octet-stream',
      bytes: found.contentLength ?? 0,
      sha256: found.metadata?.['sha256'] ?? '',
    };
  } catch (error) {
    if (isStatus(error, 404)) return undefined;
    throw error;
  }
}
