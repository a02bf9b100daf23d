/**
 * `node scripts/access-page.ts [--check]`: writes the tables between the markers of docs/access.md from the endpoints'
 * table; with `--check` only says whether they are up to date.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { readOptions } from '../local/command-line.ts';
import { makeApp } from '../shared/app.ts';
import { roles } from '../shared/kernel/index.ts';
import { roleTitles } from '../shared/platform/access/index.ts';
import { dutiesTable, letters, matrixOf, matrixTable } from './access/matrix.ts';
import { putBetweenMarkers } from './pages/put-between-markers.ts';

const FILE = 'docs/access.md';
const page = join(import.meta.dirname, '..', FILE);
const { values } = readOptions({ options: { check: { type: 'boolean', default: false } } });
const app = makeApp({ assetsFolder: '', version: 'page' });
const old = readFileSync(page, 'utf8');
const tables: Readonly<Record<string, string>> = {
  roles: [
    '| | role | title |',
    '| --- | --- | --- |',
    ...roles.map(role => `| ${letters[role]} | \`${role}\` | ${roleTitles[role].en} |`),
  ].join('\n'),
  duties: dutiesTable(app),
  matrix: matrixTable(matrixOf(app)),
};
const made = Object.entries(tables).reduce(
  (text, [name, table]) => putBetweenMarkers(text, FILE, name, table),
  old,
);
if (values.check && made !== old) {
  process.stderr.write(`${FILE}: not up to date, run node scripts/access-page.ts\n`);
  process.exitCode = 1;
} else if (made !== old) writeFileSync(page, made);
