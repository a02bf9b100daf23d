import { execFile, spawn } from 'node:child_process';
import * as z from 'zod';

/** Asks Azure: the arguments of one `az` command; resolves with its JSON, undefined when it says nothing. */
export type Az = (...args: string[]) => Promise<unknown>;

/**
 * The oldest `az` that delivers. Before 2.87 publishing to a closed app never ends (https://github.com/Azure/azure-cli/issues/30870),
 * before 2.90 a database is restored with keys, which our policy refuses (https://github.com/Azure/azure-cli/issues/31055).
 */
export const LEAST_AZ = '2.90.0';

/** Minutes that a command may take. What Azure does for longer than others has its own. */
const MINUTES = 15;
const PROGRAM_MINUTES = 60;
const SLOW: readonly (readonly [string, number])[] = [
  ['deployment sub create', 80],
  ['group delete', 80],
  ['cosmosdb restore', 80],
  ['deployment sub what-if', 30],
];

/** `az` on the path, as whoever is logged in. Rejects with what it wrote to stderr, when it is too old, and when it does not end. */
export const az: Az = openAz();

/** `az` that is given up after so many minutes for a command. What Azure began by then goes on there. */
export function openAz(minutesOf: (command: string) => number = minutesOfAz): Az {
  const ask = async (args: readonly string[]): Promise<unknown> => {
    const full = [...args, '--only-show-errors', '--output', 'json'];
    const { failure, stdout } = await execute('az', full, minutesOf(args.join(' ')));
    if (failure !== undefined) throw failure;
    return stdout.trim() === '' ? undefined : JSON.parse(stdout);
  };
  let checked: Promise<void> | undefined;
  return async (...args) => {
    checked ??= ask(['version']).then(refuseOld);
    await checked;
    return ask(args);
  };
}

/** Minutes that an `az` command may take. */
export function minutesOfAz(command: string): number {
  return SLOW.find(([start]) => command.startsWith(`${start} `))?.[1] ?? MINUTES;
}

function refuseOld(answer: unknown): void {
  const { 'azure-cli': version } = z.object({ 'azure-cli': z.string() }).parse(answer);
  const order = new Intl.Collator('en', { numeric: true });
  if (order.compare(version, LEAST_AZ) < 0)
    throw new Error(`az is ${version}, and delivery needs ${LEAST_AZ} or newer: az upgrade`);
}

/** Runs a program whose output people read. Rejects when it ends with another code than 0, or does not end within `minutes`. */
export function run(
  program: string,
  args: readonly string[],
  options: {
    readonly cwd?: string;
    readonly env?: Readonly<Record<string, string>>;
    readonly minutes?: number;
  } = {},
): Promise<void> {
  const { cwd, env = {}, minutes = PROGRAM_MINUTES } = options;
  return new Promise((resolve, reject) => {
    const how = { stdio: 'inherit', cwd, env: { ...process.env, ...env }, ...limit(minutes) } as const;
    const child = spawn(program, args, how);
    child.on('error', error => reject(told(error, program, args, minutes)));
    child.on('exit', code =>
      code === 0 ? resolve() : reject(new Error(`${program} ${args[0] ?? ''} ended with code ${code}`)),
    );
  });
}

/** What a program writes to stdout, whatever its code. Rejects when it cannot be run, or does not end. */
export async function outputOf(program: string, args: readonly string[], cwd?: string): Promise<string> {
  const { failure, stdout } = await execute(program, args, PROGRAM_MINUTES, cwd);
  if (failure !== undefined && typeof failure.code !== 'number') throw failure;
  return stdout;
}

type Failure = Error & { readonly code?: string | number | null | undefined };

function execute(
  program: string,
  args: readonly string[],
  minutes: number,
  cwd?: string,
): Promise<{ readonly failure: Failure | undefined; readonly stdout: string }> {
  return new Promise(resolve => {
    const how = { cwd, maxBuffer: 1 << 28, ...limit(minutes) };
    execFile(program, [...args], how, (error, stdout) =>
      resolve({ failure: error === null ? undefined : told(error, program, args, minutes), stdout }),
    );
  });
}

/** A program that was told to end may not, and what it started keeps its output open: it is killed and not waited for. */
function limit(minutes: number) {
  return { signal: AbortSignal.timeout(minutes * 60_000), killSignal: 'SIGKILL' } as const;
}

function told(error: Failure, program: string, args: readonly string[], minutes: number): Failure {
  if (error.name !== 'AbortError') return error;
  const options = args.findIndex(arg => arg.startsWith('-'));
  const words = args.slice(0, options === -1 ? 1 : Math.max(options, 1));
  const after = program === 'az' ? '; what Azure began goes on there' : '';
  return new Error(`${[program, ...words].join(' ')} did not end within ${minutes} minutes${after}`);
}
