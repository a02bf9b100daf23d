import assert from 'node:assert/strict';
import { test } from 'node:test';
import { compileSqlFilter } from './statements.ts';
import type { SqlValue } from './values.ts';

const message: Record<string, SqlValue> = {
  colour: 'red',
  size: 5n,
  'two words': 'x',
  flag: true,
  text: '50%',
};

const cases: [string, boolean][] = [
  ['1=1', true],
  ['1=0', false],
  ["colour = 'red' AND size > 4", true],
  ["colour = 'red' AND size > 5", false],
  ["colour <> 'red' OR size >= 5", true],
  ["NOT colour = 'blue'", true],
  ["colour IN ('blue', 'red')", true],
  ["colour NOT IN ('blue')", true],
  ["colour LIKE 'r%'", true],
  ["colour LIKE '_e_'", true],
  ["colour NOT LIKE 'b%'", true],
  ["text LIKE '50!%' ESCAPE '!'", true],
  ['EXISTS(size)', true],
  ['EXISTS(weight)', false],
  ['weight IS NULL', true],
  ['size IS NOT NULL', true],
  ['weight = 1', false],
  ['NOT weight = 1', false],
  ["weight = 1 OR colour = 'red'", true],
  ['size + 1 = 6 AND size * 2 - 1 = 9 AND -size < 0', true],
  ['(size = 1 OR size = 5) AND flag = TRUE', true],
  ["[two words] = 'x'", true],
  ['"two words" = \'x\'', true],
  ['user.size = 5', true],
  ["sys.Label = 'label'", true],
  ["size = '5'", false],
  ["colour = 'it''s'", false],
];

test('SQL filters decide as published, unknown values included', () => {
  for (const [filter, expected] of cases) {
    const matches = compileSqlFilter(filter);
    assert.equal(
      matches((scope, name) => (scope === 'sys' ? 'label' : message[name])),
      expected,
      filter,
    );
  }
});

test('a filter that cannot be read is refused with the place', () => {
  for (const filter of ['colour =', 'colour = red)', "colour = 'open", '= 1', 'IN (1)', '']) {
    assert.throws(() => compileSqlFilter(filter), SyntaxError, filter);
  }
});
