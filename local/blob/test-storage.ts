import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { BlobServiceClient, type StoragePipelineOptions } from '@azure/storage-blob';
import { ensureCertificates } from '../tls/certificates.ts';
import { startBlobServer } from './server.ts';

export type TestStorage = {
  /** What a host needs in its environment. */
  readonly settings: Readonly<Record<string, string>>;
  readonly client: BlobServiceClient;
  close(): Promise<void>;
};

/** The local blob server with one account, to be closed after the hosts that use it. */
export async function startTestStorage(): Promise<TestStorage> {
  const dataDir = mkdtempSync(join(tmpdir(), 'host-storage-'));
  const tls = await ensureCertificates(dataDir);
  const server = await startBlobServer({
    port: 0,
    dataDir: join(dataDir, 'blob'),
    tlsCert: tls.cert,
    tlsKey: tls.key,
    accounts: { vault: { containers: [] } },
  });
  const connection = `DefaultEndpointsProtocol=https;AccountName=vault;AccountKey=${server.keys['vault']};BlobEndpoint=https://localhost:${server.port}/vault;`;
  const options: StoragePipelineOptions & { tlsOptions: { ca: string } } = {
    tlsOptions: { ca: readFileSync(tls.ca, 'utf8') },
  };
  return {
    settings: { AzureWebJobsStorage: connection, NODE_EXTRA_CA_CERTS: tls.ca },
    client: BlobServiceClient.fromConnectionString(connection, options),
    close: async () => {
      await server.close();
      rmSync(dataDir, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}
