import { readOptions } from '../command-line.ts';
import { announceReady, closeOnSignal } from '../server.ts';
import { orExplain } from '../topology-file.ts';
import { startServer } from './server.ts';
import { readTopology } from './topology.ts';

const { values } = readOptions({
  options: {
    port: { type: 'string', default: '8081' },
    data: { type: 'string', default: '.local/cosmos' },
    topology: { type: 'string' },
    'tls-cert': { type: 'string' },
    'tls-key': { type: 'string' },
    'no-tls': { type: 'boolean', default: false },
    jwks: { type: 'string' },
    rights: { type: 'string' },
    partitions: { type: 'string', default: '4' },
  },
});

const file = values.topology;
const topology = file === undefined ? undefined : orExplain(() => readTopology(file));
const certificate = values['no-tls'] ? undefined : values['tls-cert'];
const server = await startServer({
  port: Number(values.port),
  data: values.data,
  topology,
  tls: certificate === undefined ? undefined : { certificate, key: values['tls-key'] ?? '' },
  jwks: values.jwks,
  partitions: Number(values.partitions),
  faultsToken: process.env['FAULTS_TOKEN'],
  rightsFile: values.rights,
});
closeOnSignal(server.close);
announceReady({
  COSMOS_ENDPOINT: server.endpoint,
  COSMOS_DATABASE: topology?.database ?? '',
  COSMOS_KEY: server.key,
});
