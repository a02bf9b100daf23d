import { BlobServiceClient } from '@azure/storage-blob';
import { testTenant } from '../laboratory.ts';

/** The names of a tenant's artifacts in the vault account. */
export async function artifactsOf(
  settings: Readonly<Record<string, string>>,
  slug: string,
): Promise<readonly string[]> {
  const service = BlobServiceClient.fromConnectionString(settings['AzureWebJobsStorage'] ?? '');
  const names: string[] = [];
  const prefix = `${testTenant(slug).id}/`;
  for await (const blob of service.getContainerClient('artifacts').listBlobsFlat({ prefix }))
    names.push(blob.name);
  return names;
}
