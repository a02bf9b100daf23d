/**
 * `npm run chaos [-- --seconds 60 --seed 1]`: a stack of its own, in which clients work while every process is killed in turn
 * and the servers misbehave; afterwards everything that was promised must be there, once. Exit code 1 when it is not; the
 * data then stay where the last line says.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { styleText } from 'node:util';
import { readOptions } from '../local/command-line.ts';
import { startStack } from '../local/supervisor/stack.ts';
import { tenantId } from '../shared/kernel/index.ts';
import { openLaboratory, testTenant } from '../tests/laboratory.ts';
import { openTestProduct } from '../tests/product.ts';
import { provisionLaboratories } from '../tests/provision.ts';
import { persistent } from './chaos/persistent-client.ts';
import { prove } from './chaos/prove.ts';
import { storm } from './chaos/storm.ts';
import { work } from './chaos/work.ts';
import { openReceiver } from './demo/receiver.ts';

const SLUG = 'chaos';
const VICTIMS = [
  ...[
    'worker',
    'cosmos',
    'api',
    'service-bus',
    'render',
    'blob',
    'worker-2',
    'key-vault',
    'identity',
    'mail',
  ],
];

const { values } = readOptions({
  options: {
    seconds: { type: 'string', default: '60' },
    seed: { type: 'string', default: String(Date.now() % 1_000_000) },
  },
});
const milliseconds = Number(values.seconds) * 1000;
const seed = Number(values.seed);
if (!(milliseconds > 0) || !Number.isSafeInteger(seed)) {
  process.stderr.write('--seconds takes a number above 0, --seed a whole number\n');
  process.exit(2);
}

const dataDir = mkdtempSync(join(tmpdir(), 'touchstone-chaos-'));
const say = (line: string): void => void process.stdout.write(`${line}\n`);
const stack = await startStack({
  dataDir,
  ports: 'free',
  apps: ['api', 'worker', 'render'],
  instances: { worker: 2 },
  onCrash: (name, report) => say(styleText('red', `${name} ended by itself: ${report}`)),
});
const receiver = await openReceiver();
let wrong: readonly string[] = ['it did not come to an end'];
try {
  say(`seed ${seed}, ${values.seconds} s, data in ${dataDir}`);
  wrong = await run();
} finally {
  await receiver.close();
  await stack.stop();
}
for (const line of wrong) say(`${styleText('red', '✗')} ${line}`);
if (wrong.length === 0) rmSync(dataDir, { recursive: true, force: true });
else say(`seed ${seed}; the data are in ${dataDir}`);
process.exitCode = wrong.length === 0 ? 0 : 1;

async function run(): Promise<readonly string[]> {
  const product = openTestProduct(stack.settings);
  await provisionLaboratories(stack.settings, SLUG);
  const laboratory = await openLaboratory(stack.urls['api'] ?? '', SLUG, persistent);
  await subscribe();
  const enough = new AbortController();
  const working = work(laboratory, enough.signal);
  // Whoever is refused what they may do ends the run at once, not at its end.
  const kills = await Promise.race([
    storm(stack, { milliseconds, seed, victims: VICTIMS, say }),
    working.then(() => ({})),
  ]);
  enough.abort();
  const ledger = await working;
  const changes = [...ledger.customers.values()].reduce((sum, names) => sum + names.length, 0);
  say(
    `${Object.entries(kills)
      .map(([name, count]) => `${name} ${count}`)
      .join(', ')} killed`,
  );
  say(
    `promised: ${changes} versions of ${ledger.customers.size} customers, ${ledger.numbers.size} numbers, ${ledger.jobs.size} certificates`,
  );
  const found = await prove({ laboratory, ledger, receiver, product, tenant: tenantId(testTenant(SLUG).id) });
  if (found.length === 0) say(`${styleText('green', '✓')} all of it is there, once; every chain verifies`);
  return found;

  async function subscribe(): Promise<void> {
    const made = await laboratory.owner.post('/api/v1/webhook-endpoints', {
      url: receiver.url,
      eventTypes: ['*'],
    });
    const secret = await laboratory.owner.get(`/api/v1/webhook-endpoints/${made.body.id}/secret`);
    receiver.trust(secret.body.secret);
  }
}
