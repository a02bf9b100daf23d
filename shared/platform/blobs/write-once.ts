import { createHash } from 'node:crypto';
import type { ContainerClient } from '@azure/storage-blob';
import { type ContainerOptions, guarded, isStatus, openContainer, upload } from './container.ts';

/**
 * Write-once blobs, one for each tenant and name: a day for anchors, a person for the ledger of erasures. The account's policy of immutability keeps them from being replaced
 * or deleted; we never ask for either.
 */
export type WriteOnceStore = {
  /** False when there is one of this name already, which stays. */
  write(tenant: string, name: string, text: string): Promise<boolean>;
  read(tenant: string, name: string): Promise<string | undefined>;
  /** The names, in order. */
  names(tenant: string): Promise<readonly string[]>;
};

/** Opens a container of the vault account. The SDK is loaded by the first call. */
export function openWriteOnceStore(options: ContainerOptions): WriteOnceStore {
  let opened: Promise<ContainerClient> | undefined;
  const client = (): Promise<ContainerClient> => {
    opened ??= openContainer(options);
    return opened;
  };
  return {
    write: async (tenant, day, text) => {
      const bytes = Buffer.from(text);
      const sha256 = createHash('sha256').update(bytes).digest('hex');
      return upload(await client(), nameOf(tenant, day), 'application/json', sha256, bytes);
    },
    read: async (tenant, day) => {
      const blob = (await client()).getBlobClient(nameOf(tenant, day));
      try {
        return (await guarded(() => blob.downloadToBuffer())).toString('utf8');
      } catch (error) {
        if (isStatus(error, 404)) return undefined;
        throw error;
      }
    },
    names: async tenant => {
      const container = await client();
      return guarded(async () => {
        const days: string[] = [];
        for await (const { name } of container.listBlobsFlat({ prefix: `${tenant}/` }))
          days.push(name.slice(tenant.length + 1, -'.json'.length));
        return days.toSorted();
      });
    },
  };
}

function nameOf(tenant: string, day: string): string {
  return `${tenant}/${day}.json`;
}
