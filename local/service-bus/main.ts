import { parseArgs } from 'node:util';
import { announceReady, closeOnSignal } from '../server.ts';
import { startServiceBus } from './server.ts';
import { readTopology } from './topology.ts';

const usage = 'node local/service-bus/main.ts --port N --data DIR --topology FILE [--admin-port N]';

const { values } = parseArgs({
  options: {
    port: { type: 'string', default: '5672' },
    data: { type: 'string' },
    topology: { type: 'string' },
    'admin-port': { type: 'string' },
  },
});

if (values.data === undefined || values.topology === undefined) {
  process.stderr.write(`usage: ${usage}\n`);
  process.exit(2);
}

const adminPort = values['admin-port'];
const server = await startServiceBus({
  port: Number(values.port),
  directory: values.data,
  topology: readTopology(values.topology),
  ...(adminPort === undefined ? {} : { adminPort: Number(adminPort) }),
});
closeOnSignal(server.close);
announceReady({
  SERVICE_BUS: server.connectionString,
  ...(server.adminConnectionString === undefined ? {} : { SERVICE_BUS_ADMIN: server.adminConnectionString }),
});
