import { readFileSync } from 'node:fs';
import * as z from 'zod';

/** What is wrong with a topology file, in one line that names the file and the place in it. */
export class TopologyProblem extends Error {
  constructor(file: string, what: string, path: readonly PropertyKey[] = []) {
    const pointer = path.map(part => `/${String(part).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');
    super(`Topology ${file}${pointer === '' ? '' : `, ${pointer}`}: ${what}`);
  }
}

/** The JSON of a topology file; throws a TopologyProblem when it cannot be read or is none. */
export function readTopologyFile(file: string): unknown {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    const missing = error instanceof Error && 'code' in error && error.code === 'ENOENT';
    throw new TopologyProblem(
      file,
      missing ? 'there is no such file.' : `it cannot be read: ${String(error)}`,
    );
  }
  try {
    return JSON.parse(text);
  } catch (error) {
    const reason = error instanceof Error ? (error.message.split('\n')[0] ?? '') : '';
    throw new TopologyProblem(file, `it is not JSON: ${reason}`);
  }
}

/** The part of a topology file that a server reads; throws a TopologyProblem with a pointer to the first thing that is wrong. */
export function topologyPart<Part>(
  file: string,
  content: unknown,
  name: string,
  schema: z.ZodType<Part>,
): Part {
  const parsed = z.object({ [name]: schema }).safeParse(content);
  // The object has this one member, which the schema has read.
  if (parsed.success) return parsed.data[name] as Part;
  const [issue] = parsed.error.issues;
  if (issue === undefined) throw new TopologyProblem(file, 'it does not fit.');
  throw new TopologyProblem(file, `${issue.message}.`, issue.path);
}

/** What `read` returns; a TopologyProblem ends the process with its one line and code 1. */
export function orExplain<Result>(read: () => Result): Result {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof TopologyProblem)) throw error;
    process.stderr.write(`${error.message}\n`);
    process.exit(1);
  }
}
