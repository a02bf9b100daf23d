import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { makeApp } from '../../shared/app.ts';
import { personalFields } from '../../shared/platform/records/index.ts';

const PAGE = join(import.meta.dirname, '..', '..', 'docs', 'privacy.md');

test('the register of personal data names every personal field of every kind, and no other', () => {
  const { kinds } = makeApp({ assetsFolder: '', version: '0' });
  const declared = kinds.flatMap(kind =>
    personalFields(kind).map(
      ({ path, about, kept, when }) =>
        `| ${kind.name} | ${path} | ${about}${when === undefined ? '' : `, when ${when}`} | ${kept === '' ? '–' : kept} |`,
    ),
  );
  assert.ok(declared.length > 10);
  const named = readFileSync(PAGE, 'utf8')
    .split('\n')
    .filter(line => /^\| [a-z]+\.[a-z_]+ \|/.test(line));
  assert.deepEqual(named, declared.toSorted(), declared.toSorted().join('\n'));
});
