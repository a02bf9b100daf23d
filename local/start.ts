import { spawn } from 'node:child_process';
import { existsSync, rmSync } from 'node:fs';
import { join, relative } from 'node:path';
import { parseArgs, styleText } from 'node:util';
import { parseOrExplain, readPorts } from './command-line.ts';
import { APPS } from './supervisor/definitions.ts';
import { lockDataDirectory } from './supervisor/lock.ts';
import { FIXED_PORTS } from './supervisor/ports.ts';
import { type Stack, startStack } from './supervisor/stack.ts';
import { untilSignal } from './supervisor/until-signal.ts';

const ROOT = join(import.meta.dirname, '..');
const PROVISION = join(ROOT, 'scripts', 'provision-demo.ts');

const USAGE = `npm start -- [options]

  --fresh       begin again from nothing
  --data DIR    where state is kept                 (.local)
  --ports free  let the system choose the ports     (fixed)
  --verbose     show what servers and apps write`;

const { values, ports } = parseOrExplain(USAGE, () => {
  const parsed = parseArgs({
    options: {
      fresh: { type: 'boolean', default: false },
      data: { type: 'string' },
      ports: { type: 'string', default: 'fixed' },
      verbose: { type: 'boolean', default: false },
    },
  });
  return { ...parsed, ports: readPorts(parsed.values.ports) };
});
const dataDir = values.data ?? join(ROOT, '.local');

/** Runs the whole stack with the three apps and the demo tenants until a signal comes. */
async function run(): Promise<void> {
  const startedAt = performance.now();
  if (values.fresh) removeData();
  const stack = await startStack({
    dataDir,
    ports,
    apps: APPS,
    restart: true,
    ...(values.verbose
      ? { onLine: (name: string, line: string) => console.error(`${dim(name.padEnd(12))} ${line}`) }
      : {}),
  });
  const stopped = untilSignal();
  heading(stack, performance.now() - startedAt);
  const isProvisioned = await Promise.race([provision(stack), stopped.then(() => true)]);
  if (isProvisioned) nextSteps(stack);
  await stopped;
  await stop(stack);
}

/** Says what is awaited when the end takes longer than a second. */
async function stop(stack: Stack): Promise<void> {
  console.log(dim('\nStopping …'));
  const tell = (): void => {
    // Servers are asked to end when the apps have.
    const alive = stack.alive();
    const apps = alive.filter(name => APPS.some(app => app === name));
    const awaited = (apps.length > 0 ? apps : alive).join(', ');
    console.log(dim(`Waiting for ${awaited} to finish what is in hand; Ctrl-C again ends all at once.`));
  };
  const timer = setTimeout(tell, 1000);
  await stack.stop();
  clearTimeout(timer);
}

/** Only a directory that is a stack's own and that no running stack uses. */
function removeData(): void {
  if (!existsSync(dataDir)) return;
  if (!existsSync(join(dataDir, 'stack.lock'))) {
    throw new Error(`${dataDir} is not a data directory of the local stack, so --fresh leaves it alone.`);
  }
  lockDataDirectory(dataDir)();
  rmSync(dataDir, { recursive: true, force: true });
}

function heading(stack: Stack, elapsedMs: number): void {
  const api = labUrl(stack);
  const servers = Object.keys(stack.urls).filter(name => !APPS.some(app => app === name));
  console.log(`
  ${styleText(['bold', 'yellow'], 'Touchstone')} is serving, ${(elapsedMs / 1000).toFixed(1)} s after start.

  API        ${styleText('cyan', api)}
  Docs       ${styleText('cyan', `${api}/docs`)}
  Health     ${styleText('cyan', `${api}/api/health/ready`)}
  Mail       ${styleText('cyan', stack.urls['mail'] ?? '')}
  Apps       ${APPS.map(app => `${app} ${dim(portOf(stack, app))}`).join('   ')}
  Servers    ${servers.map(name => `${name} ${dim(portOf(stack, name))}`).join('   ')}
  State      ${shortPath(dataDir)}   ${dim(`logs in logs/, ${freshCommand()} begins again`)}
`);
}

/** Runs the provisioning script, which prints the logins. False when it failed, with its own words shown. */
function provision(stack: Stack): Promise<boolean> {
  if (!existsSync(PROVISION)) return Promise.resolve(true);
  return new Promise(resolve => {
    const child = spawn(process.execPath, [PROVISION], {
      stdio: ['ignore', 'inherit', 'inherit'],
      env: { ...process.env, ...stack.settings },
    });
    child.once('error', () => resolve(false));
    child.once('exit', code => {
      if (code !== 0)
        console.error('\n  The demo tenants could not be provisioned; the servers above run on.');
      resolve(code === 0);
    });
  });
}

/** The command that starts this very stack again from nothing. */
function freshCommand(): string {
  const data = values.data === undefined ? [] : ['--data', shellWord(values.data)];
  const free = ports === 'free' ? ['--ports', 'free'] : [];
  return ['npm start -- --fresh', ...data, ...free].join(' ');
}

function shellWord(text: string): string {
  return /^[\w./~-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}

function nextSteps(stack: Stack): void {
  const isUsual = portOf(stack, 'api') === String(FIXED_PORTS['api']);
  const demo = isUsual
    ? 'npm run demo'
    : `npm run demo -- --url ${labUrl(stack)} --mail ${stack.urls['mail'] ?? ''}`;
  console.log(`
  Next       ${styleText('bold', demo)}   ${dim('the main job end to end, in another terminal')}
             curl ${labUrl(stack)}/api/health/ready

  ${dim('Ctrl-C stops everything; what was committed stays.')}`);
}

/** Relative to where the command runs, unless that would lead upwards. */
function shortPath(path: string): string {
  const short = relative(process.cwd(), path);
  return short.startsWith('..') ? path : short || '.';
}

function labUrl(stack: Stack): string {
  return `http://lab.localhost:${portOf(stack, 'api')}`;
}

function portOf(stack: Stack, name: string): string {
  return new URL(stack.urls[name] ?? '').port;
}

function dim(text: string): string {
  return styleText('dim', text);
}

run().then(
  () => process.exit(0),
  (error: Error) => {
    console.error(`\n${error.message}\n`);
    process.exit(1);
  },
);
