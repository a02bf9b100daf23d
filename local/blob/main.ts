import { readOptions } from '../command-line.ts';
import { announceReady, closeOnSignal } from '../server.ts';
import { orExplain } from '../topology-file.ts';
import { startBlobServer } from './server.ts';
import { readTopology } from './topology.ts';

const { values } = readOptions({
  options: {
    port: { type: 'string', default: '10000' },
    data: { type: 'string', default: '.local/blob' },
    topology: { type: 'string', default: 'shared/topology.json' },
    'tls-cert': { type: 'string', default: '.local/tls/server.pem' },
    'tls-key': { type: 'string', default: '.local/tls/server.key' },
    rights: { type: 'string' },
  },
});
const accounts = orExplain(() => readTopology(values.topology));
const server = await startBlobServer({
  port: Number(values.port),
  dataDir: values.data,
  tlsCert: values['tls-cert'],
  tlsKey: values['tls-key'],
  accounts,
  faultsToken: process.env['FAULTS_TOKEN'],
  rightsFile: values.rights,
});
closeOnSignal(() => server.close());

const endpointOf = (account: string): string => `https://localhost:${server.port}/${account}`;
const [hostAccount = ''] = Object.keys(accounts);
const endpoints = Object.keys(accounts).map(account => [
  `BLOB_${account.toUpperCase()}_ENDPOINT`,
  endpointOf(account),
]);
announceReady({
  ...Object.fromEntries(endpoints),
  AzureWebJobsStorage: [
    'DefaultEndpointsProtocol=https',
    `AccountName=${hostAccount}`,
    `AccountKey=${server.keys[hostAccount] ?? ''}`,
    `BlobEndpoint=${endpointOf(hostAccount)};`,
  ].join(';'),
});
