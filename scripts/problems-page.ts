/**
 * `node scripts/problems-page.ts [--check]`: writes the table of docs/problems.md from the faults of all modules; with
 * `--check` only says whether it is up to date.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { readOptions } from '../local/command-line.ts';
import { makeApp, problemsOf } from '../shared/app.ts';
import { putBetweenMarkers } from './pages/put-between-markers.ts';

const FILE = 'docs/problems.md';
const page = join(import.meta.dirname, '..', FILE);
const { values } = readOptions({ options: { check: { type: 'boolean', default: false } } });
const old = readFileSync(page, 'utf8');
const made = putBetweenMarkers(old, FILE, 'problems', table());
if (values.check && made !== old) {
  process.stderr.write(`${FILE}: not up to date, run node scripts/problems-page.ts\n`);
  process.exitCode = 1;
} else if (made !== old) writeFileSync(page, made);

function table(): string {
  const problems = problemsOf(makeApp({ assetsFolder: '', version: '0' }).modules, 'en');
  const rows = [...problems]
    .toSorted(([left], [right]) => left.localeCompare(right))
    .map(
      ([code, { status, title, detail, retryable }]) =>
        `| \`${code}\` | ${status} | ${retryable ? 'later' : ''} | ${cell(title)} | ${cell(detail)} |`,
    );
  return ['| code | status | again | title | detail |', '|---|---|---|---|---|', ...rows].join('\n');
}

function cell(text: string): string {
  return text.replaceAll('|', '\\|').replaceAll(/\s+/g, ' ');
}
