/**
 * `node scripts/roles-page.ts [--check]`: writes the tables between the markers of docs/roles.md from bicep/roles.json;
 * with `--check` only says whether they are up to date.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { appTable, roleTable } from '../bicep/roles-page.ts';

const page = join(import.meta.dirname, '..', 'docs', 'roles.md');
const { values } = parseArgs({ options: { check: { type: 'boolean', default: false } } });
const old = readFileSync(page, 'utf8');
const made = put(put(old, 'apps', appTable()), 'roles', roleTable());
if (values.check && made !== old) {
  process.stderr.write('docs/roles.md: not up to date, run node scripts/roles-page.ts\n');
  process.exitCode = 1;
} else if (made !== old) writeFileSync(page, made);

function put(text: string, name: string, table: string): string {
  const [begin, end] = [`<!-- ${name}: begin -->`, `<!-- ${name}: end -->`];
  const from = text.indexOf(begin);
  const to = text.indexOf(end);
  if (from < 0 || to < from) throw new Error(`docs/roles.md lacks the markers of ${name}`);
  return `${text.slice(0, from + begin.length)}\n${table}\n${text.slice(to)}`;
}
