import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const run = promisify(execFile);

/**
 * Which shared libraries the dynamic loader misses for a program; none means that it can start. Asks the loader
 * itself (LD_TRACE_LOADED_OBJECTS, which is all that ldd does), since slim images have neither ldd nor ldconfig.
 */
export async function missingLibraries(executable: string, libraryPath?: string): Promise<readonly string[]> {
  const env = {
    LD_TRACE_LOADED_OBJECTS: '1',
    ...(libraryPath === undefined ? {} : { LD_LIBRARY_PATH: libraryPath }),
  };
  const { stdout } = await run(executable, [], { env, timeout: 10_000 });
  return [...stdout.matchAll(/^\s*(\S+) => not found/gm)].map(match => match[1] ?? '');
}

/**
 * The library path that lets the browser start: undefined when the system has every library itself, else the
 * shipped ones. Throws when even those do not do, and names what is missing.
 */
export async function chooseLibraryPath(
  executable: string,
  shipped: string,
  prefer: 'system' | 'shipped' = 'system',
): Promise<string | undefined> {
  if (prefer === 'system' && (await missingLibraries(executable)).length === 0) return undefined;
  const missing = await missingLibraries(executable, shipped);
  if (missing.length > 0) throw new Error(`the browser cannot start here: ${missing.join(', ')} missing`);
  return shipped;
}
