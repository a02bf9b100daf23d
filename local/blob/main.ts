import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { announceReady, closeOnSignal } from '../server.ts';
import { type StorageTopology, startBlobServer } from './server.ts';

const { values } = parseArgs({
  options: {
    port: { type: 'string', default: '10000' },
    data: { type: 'string', default: '.local/blob' },
    topology: { type: 'string', default: 'shared/topology.json' },
    'tls-cert': { type: 'string', default: '.local/tls/server.pem' },
    'tls-key': { type: 'string', default: '.local/tls/server.key' },
    rights: { type: 'string' },
  },
});
const topology: { storage: StorageTopology } = JSON.parse(readFileSync(values.topology, 'utf8'));
const server = await startBlobServer({
  port: Number(values.port),
  dataDir: values.data,
  tlsCert: values['tls-cert'],
  tlsKey: values['tls-key'],
  accounts: topology.storage,
  faultsToken: process.env['FAULTS_TOKEN'],
  rightsFile: values.rights,
});
closeOnSignal(() => server.close());

const endpointOf = (account: string): string => `https://localhost:${server.port}/${account}`;
const endpoints = Object.keys(topology.storage).map(account => [
  `BLOB_${account.toUpperCase()}_ENDPOINT`,
  endpointOf(account),
]);
announceReady({
  ...Object.fromEntries(endpoints),
  AzureWebJobsStorage: [
    'DefaultEndpointsProtocol=https',
    'AccountName=vault',
    `AccountKey=${server.keys['vault'] ?? ''}`,
    `BlobEndpoint=${endpointOf('vault')};`,
  ].join(';'),
});
