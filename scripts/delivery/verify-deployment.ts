/**
 * `npm run verify-deployment -- <base URL> [--app-host HOST …] [--closed KIND=HOST …]`: what a stranger can see of a deployment is as it
 * should be. Each `--app-host` is an app's own host name, which must refuse what does not come through Front Door; each `--closed` a data
 * service that must refuse strangers: database, vault (with a token of anybody in VAULT_TOKEN), messages, blobs. Exits non-zero with what is not.
 */
import { styleText } from 'node:util';
import { readOptions } from '../../local/command-line.ts';
import { isLocal } from '../demo/route.ts';
import { closed, dataKinds, direct } from './closed-doors.ts';
import * as checks from './outside-checks.ts';

const { values, positionals } = readOptions({
  allowPositionals: true,
  options: {
    'app-host': { type: 'string', multiple: true, default: [] },
    closed: { type: 'string', multiple: true, default: [] },
  },
});
const [address = ''] = positionals;
const doors = values.closed.map(text => {
  const [name, ...host] = text.split('=');
  return { kind: dataKinds.find(kind => kind === name), host: host.join('=') };
});
if (positionals.length !== 1 || !URL.canParse(address) || doors.some(({ kind }) => kind === undefined)) {
  process.stderr.write(
    'npm run verify-deployment -- <base URL> [--app-host HOST …] [--closed KIND=HOST …]\n',
  );
  process.exit(2);
}

const base = new URL(address);
// The local stack speaks plain HTTP, so there is nothing to say of its TLS.
const secure = isLocal(base) && base.protocol === 'http:' ? [] : [checks.plainHttp, checks.oldTls];
const outside = [checks.health, checks.tenant, checks.headers, checks.forgedHost, ...secure];
const work = [
  ...outside.map(check => [check.name, () => check(base)] as const),
  ...values['app-host'].map(host => [`direct ${host}`, () => direct(host)] as const),
  ...doors.flatMap(({ kind, host }) =>
    kind === undefined
      ? []
      : [[`closed ${kind} ${host}`, () => closed(kind, host, process.env['VAULT_TOKEN'])] as const],
  ),
];

let failures = 0;
for (const [name, look] of work) {
  const { check, problems } = await look().catch(error => ({ check: name, problems: [String(error)] }));
  failures += problems.length;
  const mark = problems.length === 0 ? styleText('green', '✓') : styleText('red', '✗');
  process.stdout.write(`${mark} ${check}${problems.map(problem => `\n    ${problem}`).join('')}\n`);
}
process.stdout.write(failures === 0 ? 'as it should be\n' : `${failures} not as they should be\n`);
process.exit(failures === 0 ? 0 : 1);
