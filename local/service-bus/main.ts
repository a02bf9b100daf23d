import { readFileSync } from 'node:fs';
import { readOptions } from '../command-line.ts';
import { announceReady, closeOnSignal } from '../server.ts';
import { orExplain } from '../topology-file.ts';
import { readTopology } from './read-topology.ts';
import { startServiceBus } from './server.ts';

const usage =
  'node local/service-bus/main.ts --port N --data DIR --topology FILE [--admin-port N] [--tls-cert FILE --tls-key FILE] [--jwks FILE]';

const { values } = readOptions({
  options: {
    port: { type: 'string', default: '5672' },
    data: { type: 'string' },
    topology: { type: 'string' },
    'admin-port': { type: 'string' },
    'tls-cert': { type: 'string' },
    'tls-key': { type: 'string' },
    jwks: { type: 'string' },
    rights: { type: 'string' },
  },
});

if (values.data === undefined || values.topology === undefined) {
  process.stderr.write(`usage: ${usage}\n`);
  process.exit(2);
}

const topologyFile = values.topology;
const { 'admin-port': adminPort, 'tls-cert': cert, 'tls-key': key, jwks } = values;
const server = await startServiceBus({
  port: Number(values.port),
  directory: values.data,
  topology: orExplain(() => readTopology(topologyFile)),
  faultsToken: process.env['FAULTS_TOKEN'],
  ...(adminPort === undefined ? {} : { adminPort: Number(adminPort) }),
  ...(cert === undefined || key === undefined
    ? {}
    : { tls: { cert: readFileSync(cert), key: readFileSync(key) } }),
  rightsFile: values.rights,
  ...(jwks === undefined ? {} : { jwksFile: jwks }),
});
closeOnSignal(server.close);
announceReady({
  SERVICE_BUS: server.connectionString,
  ...(server.controlUrl === undefined ? {} : { FAULTS_SERVICE_BUS_URL: server.controlUrl }),
});
