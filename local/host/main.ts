import { readOptions } from '../command-line.ts';
import { announceReady, closeOnSignal } from '../server.ts';
import { startHost } from './lifecycle.ts';
import { describe } from './runtime.ts';
import { StartError } from './settings-expansion.ts';

const { values } = readOptions({
  options: {
    app: { type: 'string', multiple: true },
    'host-json': { type: 'string', default: 'host.json' },
    port: { type: 'string', default: '7071' },
    name: { type: 'string' },
    // Shared by all local servers; the host itself keeps nothing.
    data: { type: 'string' },
    'timer-lease-seconds': { type: 'string' },
    'timer-poll-seconds': { type: 'string' },
    'response-seconds': { type: 'string', default: '230' },
  },
});
const { 'timer-lease-seconds': lease, 'timer-poll-seconds': poll } = values;

try {
  if (values.app === undefined)
    throw new StartError(['--app is missing: the bundle to run, such as dist/api.cjs']);
  const host = await startHost({
    apps: values.app,
    hostJson: values['host-json'],
    port: Number(values.port),
    name: values.name,
    settings: process.env,
    timerLock: {
      ...(lease === undefined ? {} : { leaseSeconds: Number(lease) }),
      ...(poll === undefined ? {} : { pollSeconds: Number(poll) }),
    },
    responseSeconds: Number(values['response-seconds']),
    faultsToken: process.env['FAULTS_TOKEN'],
  });
  closeOnSignal(host.stop);
  const url = `http://127.0.0.1:${host.port}`;
  announceReady({ [`HOST_${host.name.toUpperCase().replaceAll('-', '_')}_URL`]: url });
} catch (error) {
  const problems = error instanceof StartError ? error.problems : [describe(error)];
  for (const problem of problems) process.stderr.write(`cannot start: ${problem}\n`);
  process.exit(1);
}
