import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { parseOrExplain, readPorts } from './command-line.ts';
import { SERVERS } from './supervisor/definitions.ts';
import { type Stack, startStack } from './supervisor/stack.ts';
import { untilSignal } from './supervisor/until-signal.ts';
import { checkTopology } from './topology.ts';

const USAGE = `npm run local -- [server …] [options]

Servers: ${SERVERS.join(', ')} (all when none is named; identity comes along where tokens are needed)

  --json           print one line of JSON with every address and credential, named as in local.settings.json
  --data DIR       where state is kept                     (.local)
  --topology FILE  containers, queues, topics to create    (shared/topology.json)
  --ports free     ports that are free, kept by --data     (fixed)
  --verbose        show what the servers write`;

const { values, positionals, ports } = parseOrExplain(USAGE, () => {
  const parsed = parseArgs({
    allowPositionals: true,
    options: {
      json: { type: 'boolean', default: false },
      data: { type: 'string', default: join(import.meta.dirname, '..', '.local') },
      topology: { type: 'string' },
      ports: { type: 'string', default: 'fixed' },
      verbose: { type: 'boolean', default: false },
    },
  });
  return { ...parsed, ports: readPorts(parsed.values.ports) };
});

/** Runs the named servers until a signal comes; ends with code 1 and one clear message when one cannot start. */
async function run(): Promise<void> {
  if (values.topology !== undefined)
    checkTopology(values.topology, positionals.length > 0 ? positionals : SERVERS);
  const stack = await startStack({
    dataDir: values.data,
    ports,
    ...(positionals.length > 0 ? { servers: positionals } : {}),
    ...(values.topology === undefined ? {} : { topology: values.topology }),
    onCrash: (_, report) =>
      console.error(`\n${report}\nThe others run on. Stop and start again to have it back.\n`),
    ...(values.verbose
      ? { onLine: (name: string, line: string) => console.error(`${name.padEnd(12)} ${line}`) }
      : {}),
  });
  // Whoever reads what follows may end us at once.
  const stopped = untilSignal();
  if (values.json) console.log(JSON.stringify(stack.settings));
  else show(stack);
  await stopped;
  await stack.stop();
}

function show(stack: Stack): void {
  for (const [name, url] of Object.entries(stack.urls)) {
    console.log(`${name.padEnd(12)} ${url.padEnd(26)} ready in ${stack.readyMs[name]} ms`);
  }
  console.log('\nSettings for a client (as JSON with --json):');
  for (const [name, value] of Object.entries(stack.settings)) console.log(`  ${name}=${value}`);
  console.log('\nCtrl-C stops.');
}

run().then(
  () => process.exit(0),
  (error: Error) => {
    console.error(error.message);
    process.exit(1);
  },
);
