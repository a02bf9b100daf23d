/**
 * `npm run demo`: the main job end to end, over HTTP as a client would do it, on the running stack or on one of its
 * own. Prints each step, saves certificate.pdf, and exits non-zero when anything is not as it should be.
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { styleText } from 'node:util';
import { readOptions } from '../local/command-line.ts';
import { startStack } from '../local/supervisor/stack.ts';
import { openClient } from './demo/client.ts';
import { play } from './demo/play.ts';
import { provisionDemo } from './demo/provision-child.ts';

const USAGE = `npm run demo -- [options]

  --url URL      the laboratory's address               (http://lab.localhost:7071)
  --mail URL     the page of the local mail server      (http://127.0.0.1:8025)
  --alone        always on a stack of its own
  --output FILE  where the certificate is kept          (certificate.pdf)`;

const { values } = readOptions(
  {
    options: {
      url: { type: 'string', default: 'http://lab.localhost:7071' },
      mail: { type: 'string', default: 'http://127.0.0.1:8025' },
      alone: { type: 'boolean', default: false },
      output: { type: 'string', default: 'certificate.pdf' },
    },
  },
  USAGE,
);

process.exitCode = await main().then(
  () => 0,
  error => {
    process.stderr.write(`\n${styleText('red', error instanceof Error ? error.message : String(error))}\n`);
    return 1;
  },
);

async function main(): Promise<void> {
  if (!values.alone && (await answers(values.url)))
    return play({ origin: values.url, mailUrl: values.mail }, values.output);
  const why = values.alone ? 'As you wish' : `No stack answers at ${values.url}`;
  process.stdout.write(`${why}: this demonstration builds and starts one of its own.\n`);
  execFileSync(process.execPath, [join(import.meta.dirname, 'build.ts')], {
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const dataDir = mkdtempSync(join(tmpdir(), 'touchstone-demo-'));
  try {
    await playAlone(dataDir);
  } finally {
    rmSync(dataDir, { recursive: true, force: true });
  }
}

async function playAlone(dataDir: string): Promise<void> {
  const stack = await startStack({ dataDir, ports: 'free', apps: ['api', 'worker', 'render'] });
  try {
    await provisionDemo(stack.settings);
    const { port } = new URL(stack.urls['api'] ?? '');
    const mailUrl = stack.settings['MAIL_URL'] ?? '';
    await play({ origin: `http://lab.localhost:${port}`, mailUrl }, values.output);
  } finally {
    await stack.stop();
  }
}

async function answers(url: string): Promise<boolean> {
  try {
    return (await openClient(url).get('/api/health/live')).status === 200;
  } catch {
    return false;
  }
}
