/**
 * `npm run smoke -- <base URL> [--webhook-url URL] [--seconds N]`: login, a service request, a certificate, the text of its
 * PDF and its webhook, at one tenant of a local stack or of a deployment. Exits non-zero with what failed.
 */
import { styleText } from 'node:util';
import { readOptions } from '../local/command-line.ts';
import { narrator } from './demo/narrator.ts';
import { readLogins } from './smoke/logins.ts';
import { playSmoke } from './smoke/play-smoke.ts';

const USAGE = `npm run smoke -- <base URL> [options]

  <base URL>         one tenant's address: http://lab.localhost:7071, https://smoke.example.com
  --webhook-url URL  a receiver that answers with 2xx; without one a deployment calls its own address
  --seconds N        the most that it may take                (300)

  SMOKE_PASSPHRASE   of the people who log in; needed but on this machine
  SMOKE_OWNER, SMOKE_TECHNICIAN, SMOKE_QUALITY, SMOKE_SALES   their e-mails, if not those of the smoke test's tenant`;

const { values, positionals } = readOptions(
  {
    allowPositionals: true,
    options: { 'webhook-url': { type: 'string' }, seconds: { type: 'string', default: '300' } },
  },
  USAGE,
);
const [address = ''] = positionals;
if (positionals.length !== 1 || !URL.canParse(address) || !(Number(values.seconds) > 0)) {
  process.stderr.write(`${USAGE}\n`);
  process.exit(2);
}

const tell = narrator();
const started = performance.now();
const limit = setTimeout(() => {
  fail(`not finished after ${values.seconds} s, at: ${tell.current ?? 'the start'}`);
}, Number(values.seconds) * 1000);

try {
  const base = new URL(address);
  const logins = readLogins(base, process.env);
  await playSmoke(tell, { base, logins, webhookUrl: values['webhook-url'] });
} catch (error) {
  const where = tell.current === undefined ? '' : `${tell.current}: `;
  fail(`${where}${error instanceof Error ? error.message : String(error)}`);
}
clearTimeout(limit);
const seconds = ((performance.now() - started) / 1000).toFixed(1);
process.stdout.write(`\n${styleText('green', 'All well')}: ${tell.steps} steps in ${seconds} s.\n`);
// Connections that are kept for further calls would keep the process.
process.exit(0);

function fail(what: string): never {
  process.stderr.write(`\n${styleText('red', 'The smoke test failed')}: ${what}\n`);
  process.exit(1);
}
