import { execFile, spawn } from 'node:child_process';
import { promisify } from 'node:util';

const execute = promisify(execFile);

/** Asks Azure: the arguments of one `az` command; resolves with its JSON, undefined when it says nothing. */
export type Az = (...args: string[]) => Promise<unknown>;

/** `az` on the path, as whoever is logged in. Rejects with what it wrote to stderr. */
export const az: Az = async (...args) => {
  const full = [...args, '--only-show-errors', '--output', 'json'];
  const { stdout } = await execute('az', full, { maxBuffer: 1 << 28 });
  return stdout.trim() === '' ? undefined : JSON.parse(stdout);
};

/** Runs a program whose output people read. Rejects when it ends with another code than 0. */
export function run(
  program: string,
  args: readonly string[],
  options: { readonly cwd?: string; readonly env?: Readonly<Record<string, string>> } = {},
): Promise<void> {
  const { cwd, env = {} } = options;
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { stdio: 'inherit', cwd, env: { ...process.env, ...env } });
    child.on('error', reject);
    child.on('exit', code =>
      code === 0 ? resolve() : reject(new Error(`${program} ${args[0] ?? ''} ended with code ${code}`)),
    );
  });
}

/** What a program writes to stdout, whatever its code. Rejects when it cannot be run. */
export function outputOf(program: string, args: readonly string[], cwd?: string): Promise<string> {
  return new Promise((resolve, reject) => {
    execFile(program, [...args], { cwd, maxBuffer: 1 << 28 }, (error, stdout) => {
      if (error !== null && typeof error.code !== 'number') reject(error);
      else resolve(stdout);
    });
  });
}
