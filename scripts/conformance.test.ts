import assert from 'node:assert/strict';
import { test } from 'node:test';
import { problemsOf, replaceBetweenMarkers, tableOf, testNames } from './conformance-table.ts';

const row = (behaviour: string, file = 'a.test.ts') => ({ behaviour, documentation: [], test: file });

test('names of tests are read through quotes, escapes and line breaks', () => {
  const source = `test('plain', t => {}); describe(\n  "it's two | parts", () => { it(\`deep\`); test('it\\'s', f); }); protest('no')`;
  assert.deepEqual([...testNames(source)], ['plain', "it's two | parts", 'deep', "it's"]);
});

test('a row without its test file, without its test, or twice, is a problem', () => {
  const conformance = {
    behaviours: [row('here'), row('here'), row('gone'), row('here', 'lost.test.ts')],
    'left out': [],
  };
  const problems = problemsOf(conformance, file => (file === 'a.test.ts' ? new Set(['here']) : undefined));
  assert.deepEqual(problems, [
    "'here' stands twice",
    "'gone' is not the name of a test in a.test.ts",
    'lost.test.ts is not there',
  ]);
});

test('the table takes the place of what stands between the markers, with short names for links', () => {
  const table = tableOf({
    behaviours: [
      {
        ...row('a | b'),
        documentation: ['https://github.com/Azure/x/issues/7', 'https://learn.microsoft.com/a/page#part'],
      },
    ],
    'left out': ['the rest'],
  });
  const text =
    'before\n<!-- conformance: written by scripts/conformance.ts -->\nold\n<!-- /conformance -->\nafter';
  const made = replaceBetweenMarkers(text, table) ?? '';
  assert.match(made, /^before\n<!-- .* -->\n\| Behaviour /);
  assert.match(
    made,
    /\| a \\\| b \| \[Azure\/x#7\]\(https.*\), \[page#part\]\(https.*\) \| `a\.test\.ts` \|/,
  );
  assert.match(made, /- the rest\n<!-- \/conformance -->\nafter$/);
  assert.equal(replaceBetweenMarkers('no markers', table), undefined);
});
