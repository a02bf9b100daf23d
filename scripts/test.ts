/**
 * `npm test [-- words…]`: every test, or those whose path contains one of the words. One local stack with free
 * ports is started for the tests that call the product over HTTP. Closes with `N passed, N failed`.
 */
import { globSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { type EventData, run } from 'node:test';
import { pathToFileURL } from 'node:url';
import { styleText } from 'node:util';
import { readOptions } from '../local/command-line.ts';
import { usedFile } from '../local/identity/rights.ts';
import { COMPILE_CACHE } from '../local/supervisor/server-bundles.ts';
import { rightsFileIn } from '../local/supervisor/stack.ts';
import { rightsOfApps, unusedRights } from '../tests/rights.ts';
import { startTestStack } from '../tests/stack.ts';

const root = join(import.meta.dirname, '..');
const { values, positionals: words } = readOptions({
  allowPositionals: true,
  options: { verbose: { type: 'boolean', default: false }, packages: { type: 'string' } },
});

const MOST_MILLISECONDS = 20 * 60_000;

/** What a file's own process says at its end. */
type Summary = { readonly seconds: number; readonly tests: number };
const summaries = new Map<string, Summary>();
/** How many tests of each file were heard of. */
const heard = new Map<string, number>();

type Outcome = { passed: number; failed: number; skipped: number };

/** Those that wait longest come first, so that the end of a run is made of short ones. */
const LONG_FIRST = ['tests/', 'scripts/', 'local/'];

const files = globSync('{shared,local,functions,scripts,tests,bench,bicep}/**/*.test.{ts,tsx}', { cwd: root })
  .filter(file => words.length === 0 || words.some(word => file.includes(word)))
  .sort((a, b) => room(a) - room(b) || a.localeCompare(b));
const needsStack = files.some(file => file.startsWith('tests/'));

const dataDir = mkdtempSync(join(tmpdir(), 'touchstone-test-'));
const stack = needsStack ? await startTestStack(dataDir, values.packages) : undefined;
const started = performance.now();
const outcome = await runAll();
await stack?.stop();
if (outcome.failed === 0) outcome.failed += tellUnheard();
if (words.length === 0 && outcome.failed === 0) outcome.failed += tellUnusedRights();
rmSync(dataDir, { recursive: true, force: true });

for (const [file, seconds] of slowest(10))
  process.stdout.write(`${seconds.toFixed(0).padStart(4)} s ${file}\n`);
const seconds = ((performance.now() - started) / 1000).toFixed(0);
const skipped = outcome.skipped === 0 ? '' : `, ${outcome.skipped} skipped`;
process.stdout.write(`\n${files.length} files in ${seconds} s\n`);
process.stdout.write(`${outcome.passed} passed, ${outcome.failed} failed${skipped}\n`);
process.exitCode = outcome.failed === 0 && outcome.passed > 0 ? 0 : 1;

async function runAll(): Promise<Outcome> {
  // Each file is a process that loads the same modules: compiled once, it starts in half the time.
  process.env.NODE_COMPILE_CACHE ??= COMPILE_CACHE;
  const counted: Outcome = { passed: 0, failed: 0, skipped: 0 };
  const stream = run({
    files: files.map(file => join(root, file)),
    // Much of a test is waiting, for a lock or a cache to run out: three share two cores well.
    concurrency: 3,
    timeout: 300_000,
    execArgv: ['load-jsx.ts', 'write-at-once.ts'].flatMap(name => [
      '--import',
      pathToFileURL(join(root, 'scripts', name)).href,
    ]),
    // What a test leaves open must not keep the run from ending, nor may a test that never ends.
    forceExit: true,
    signal: AbortSignal.timeout(MOST_MILLISECONDS),
  });
  const said = new Map<string, string>();
  for await (const event of stream) {
    if (event.type === 'test:pass') pass(counted, event.data);
    if (event.type === 'test:fail') fail(counted, event.data, said);
    if (event.type === 'test:summary' && event.data.file !== undefined) {
      const { file, counts, duration_ms } = event.data;
      summaries.set(relative(root, file), { seconds: duration_ms / 1000, tests: counts.tests });
    }
    if (event.type === 'test:stderr') {
      const { file = '', message } = event.data;
      said.set(file, `${said.get(file) ?? ''}${message}`.slice(-4000));
      if (values.verbose) process.stderr.write(message);
    }
  }
  return counted;
}

/** A file whose process ended before all was told (it was killed, or it ended itself) has not passed. */
function tellUnheard(): number {
  const unheard = files.filter(file => summaries.get(file)?.tests !== (heard.get(file) ?? 0));
  for (const file of unheard) {
    const said = summaries.get(file)?.tests ?? 'an unknown number';
    process.stdout.write(
      `${styleText('red', '✗')} ${file}: ${heard.get(file) ?? 0} tests heard of ${said}\n`,
    );
  }
  return unheard.length;
}

/** A whole run uses every right that an app has in Azure; one that it does not is more than the app needs. */
function tellUnusedRights(): number {
  const unused = unusedRights(rightsOfApps(), readFileSync(usedFile(rightsFileIn(dataDir)), 'utf8'));
  for (const right of unused)
    process.stdout.write(`${styleText('red', '✗')} bicep/roles.json: no test used a right of ${right}\n`);
  return unused.length;
}

function room(file: string): number {
  const found = LONG_FIRST.findIndex(prefix => file.startsWith(prefix));
  return found === -1 ? LONG_FIRST.length : found;
}

function slowest(count: number): readonly (readonly [file: string, seconds: number])[] {
  const durations = [...summaries].map(([file, { seconds }]) => [file, seconds] as const);
  return durations.sort(([, a], [, b]) => b - a).slice(0, count);
}

function hear({ file }: EventData.TestPass | EventData.TestFail): void {
  if (file === undefined) return;
  const path = relative(root, file);
  heard.set(path, (heard.get(path) ?? 0) + 1);
}

function pass(counted: Outcome, test: EventData.TestPass): void {
  if (test.details.type === 'suite') return;
  hear(test);
  if (test.skip !== undefined) counted.skipped += 1;
  else counted.passed += 1;
  const seconds = (test.details.duration_ms / 1000).toFixed(1);
  if (values.verbose) say('✓', 'green', test.file, `${test.name} (${seconds} s)`);
}

/** A suite fails with its tests, which are told by themselves. */
function fail(counted: Outcome, test: EventData.TestFail, said: ReadonlyMap<string, string>): void {
  const { error } = test.details;
  if (/subtest/i.test(String(error.cause))) return;
  hear(test);
  counted.failed += 1;
  say('✗', 'red', test.file, test.name);
  const { cause } = error;
  process.stdout.write(`${cause instanceof Error ? cause.stack : String(cause)}\n\n`);
  // The file failed outside of any test: its last words are all there is.
  if (test.file === test.name) process.stdout.write(`${said.get(test.name) ?? ''}\n`);
}

function say(mark: string, colour: 'green' | 'red', file: string | undefined, name: string): void {
  const place = file === undefined ? '' : `${relative(root, file)}: `;
  process.stdout.write(`${styleText(colour, mark)} ${place}${name}\n`);
}
