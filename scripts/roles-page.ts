/**
 * `node scripts/roles-page.ts [--check]`: writes the tables between the markers of docs/roles.md from bicep/roles.json;
 * with `--check` only says whether they are up to date.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { appTable, roleTable } from '../bicep/roles-page.ts';
import { readOptions } from '../local/command-line.ts';
import { putBetweenMarkers } from './pages/put-between-markers.ts';

const FILE = 'docs/roles.md';
const page = join(import.meta.dirname, '..', FILE);
const { values } = readOptions({ options: { check: { type: 'boolean', default: false } } });
const old = readFileSync(page, 'utf8');
const withApps = putBetweenMarkers(old, FILE, 'apps', appTable());
const made = putBetweenMarkers(withApps, FILE, 'roles', roleTable());
if (values.check && made !== old) {
  process.stderr.write(`${FILE}: not up to date, run node scripts/roles-page.ts\n`);
  process.exitCode = 1;
} else if (made !== old) writeFileSync(page, made);
