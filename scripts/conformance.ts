/**
 * `node scripts/conformance.ts [--check]`: writes the tables of behaviours between the markers of `local/<server>/README.md` and
 * `local/README.md` from `local/<server>/conformance.json`; with `--check` only says whether they are up to date. A row's
 * `behaviour` is the name of a test or describe in its `test` file, so table and tests cannot drift apart.
 */
import { globSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { readOptions } from '../local/command-line.ts';
import {
  type Conformance,
  conformanceOf,
  problemsOf,
  replaceBetweenMarkers,
  summaryOf,
  tableOf,
  testNames,
} from './conformance-table.ts';

const root = join(import.meta.dirname, '..');
const { values } = readOptions({ options: { check: { type: 'boolean', default: false } } });

type Server = { readonly name: string; readonly folder: string; readonly conformance: Conformance };

const servers = globSync('local/*/conformance.json', { cwd: root })
  .sort()
  .map((file): Server => {
    const text = readFileSync(join(root, file), 'utf8');
    return { name: basename(dirname(file)), folder: dirname(file), conformance: conformanceOf(file, text) };
  });

const problems = [
  ...servers.flatMap(server =>
    problemsOf(server.conformance, test => namesIn(join(root, server.folder, test))).map(
      problem => `${server.folder}/conformance.json: ${problem}`,
    ),
  ),
  ...servers.flatMap(server => put(`${server.folder}/README.md`, tableOf(server.conformance))),
  ...put('local/README.md', summaryOf(servers)),
];
for (const problem of problems) process.stderr.write(`${problem}\n`);
process.exitCode = problems.length === 0 ? 0 : 1;

function namesIn(file: string): ReadonlySet<string> | undefined {
  try {
    return testNames(readFileSync(file, 'utf8'));
  } catch {
    return undefined;
  }
}

/** Brings a README up to date, or says what is wrong with it. */
function put(readme: string, table: string): readonly string[] {
  const path = join(root, readme);
  const old = readFileSync(path, 'utf8');
  const made = replaceBetweenMarkers(old, table);
  if (made === undefined) return [`${readme}: the conformance markers are missing`];
  if (made === old) return [];
  if (values.check) return [`${readme}: not up to date, run node scripts/conformance.ts`];
  writeFileSync(path, made);
  return [];
}
