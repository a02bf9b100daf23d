import { readOptions } from '../command-line.ts';
import { announceReady, closeOnSignal } from '../server.ts';
import { startIdentityServer } from './server.ts';

const { values } = readOptions({
  options: {
    port: { type: 'string', default: '40342' },
    data: { type: 'string', default: '.local/identity' },
  },
});
const server = await startIdentityServer({
  port: Number(values.port),
  dataDir: values.data,
  faultsToken: process.env['FAULTS_TOKEN'],
});
closeOnSignal(() => server.close());
announceReady({
  IDENTITY_ENDPOINT: `http://localhost:${server.port}/msi/token`,
  IDENTITY_HEADER: server.header,
});
