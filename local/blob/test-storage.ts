import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import type { IncomingMessage } from 'node:http';
import { get } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { BlobServiceClient, type StoragePipelineOptions } from '@azure/storage-blob';
import { ensureCertificates } from '../tls/certificates.ts';
import { startBlobServer } from './server.ts';

export type TestStorage = {
  /** What a host needs in its environment. */
  readonly settings: Readonly<Record<string, string>>;
  readonly client: BlobServiceClient;
  /** Status and code of the answer to a bare GET of a path, sent as it is written. */
  statusOf(path: string): Promise<readonly [number, string]>;
  close(): Promise<void>;
};

/** The local blob server with one account, to be closed after the hosts that use it. */
export async function startTestStorage(): Promise<TestStorage> {
  const dataDir = mkdtempSync(join(tmpdir(), 'host-storage-'));
  const tls = await ensureCertificates(dataDir);
  const ca = readFileSync(tls.ca, 'utf8');
  const server = await startBlobServer({
    port: 0,
    dataDir: join(dataDir, 'blob'),
    tlsCert: tls.cert,
    tlsKey: tls.key,
    accounts: { vault: { containers: [] } },
  });
  const connection = `DefaultEndpointsProtocol=https;AccountName=vault;AccountKey=${server.keys['vault']};BlobEndpoint=https://localhost:${server.port}/vault;`;
  const options: StoragePipelineOptions & { tlsOptions: { ca: string } } = {
    tlsOptions: { ca },
  };
  return {
    settings: { AzureWebJobsStorage: connection, NODE_EXTRA_CA_CERTS: tls.ca },
    client: BlobServiceClient.fromConnectionString(connection, options),
    statusOf: async path => {
      const asked = get({ host: 'localhost', port: server.port, path, ca, agent: false });
      const [answer]: IncomingMessage[] = await once(asked, 'response');
      answer?.resume();
      return [answer?.statusCode ?? 0, String(answer?.headers['x-ms-error-code'])];
    },
    close: async () => {
      await server.close();
      rmSync(dataDir, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}
