import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Change, compileSqlAction, compileSqlFilter } from './statements.ts';
import { EvaluationError, type SqlValue } from './values.ts';

const message: Record<string, SqlValue> = {
  colour: 'red',
  size: 5n,
  'two words': 'x',
  flag: true,
  text: '50%',
  nothing: null,
  moment: new Date(2000),
  long: 'a'.repeat(5000),
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
  // Were each % tried out in all its lengths, this would outlast the test.
  [`long LIKE '${'%a'.repeat(40)}%b'`, false],
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
  ["p('size') = 5 AND property('colour') = 'red'", true],
  ['size / 2 = 2 AND size % 2 = 1 AND size / 2.0 = 2.5', true],
  ['nothing IS NULL AND EXISTS(nothing)', true],
  ['nothing = NULL', false],
  ['weight IN (1, 2) OR TRUE = flag', true],
  ['weight NOT IN (1, 2)', false],
  ["weight LIKE 'a%' OR NOT weight LIKE 'a%'", false],
  ['moment > @start AND colour = @colour AND size = @size', true],
  ["colour LIKE 're_' AND colour NOT LIKE 're'", true],
  ['0x10 = 16 AND 1e2 = 100 AND .5 < 1', true],
  ["'a' + 'b' = 'ab'", true],
  ['size-1 = 4', true],
];

test('SQL filters decide as published, unknown values included', () => {
  for (const [filter, expected] of cases) {
    const matches = compileSqlFilter(filter, { '@start': new Date(1000), '@colour': 'red', '@size': 5 });
    assert.equal(
      matches((scope, name) => (scope === 'sys' ? 'label' : message[name])),
      expected,
      filter,
    );
  }
});

test('a filter that cannot be read is refused with the place', () => {
  for (const filter of [
    'colour =',
    'colour = red)',
    "colour = 'open",
    '= 1',
    'IN (1)',
    '',
    'size BETWEEN 1 AND 2',
    'size = @missing',
    '_a = 1',
    'a.b = 1',
  ]) {
    assert.throws(() => compileSqlFilter(filter), SyntaxError, filter);
  }
});

test('an action sets and removes one thing after the other', () => {
  const run = compileSqlAction(
    "SET size = size + 1; REMOVE colour; SET sys.To = 'desk'; SET twice = size * 2;",
  );
  const current = { ...message };
  const changes: Change[] = [];
  run(
    (_, name) => current[name],
    change => {
      changes.push(change);
      current[change.name] = change.value;
    },
  );
  assert.deepEqual(
    changes.map(({ scope, name, value }) => [scope, name, value]),
    [
      ['user', 'size', 6n],
      ['user', 'colour', undefined],
      ['sys', 'To', 'desk'],
      ['user', 'twice', 12n],
    ],
  );
  for (const action of ['', 'SET', 'SET a', 'DROP a', "SET a = 'b' SET c = 'd'"]) {
    assert.throws(() => compileSqlAction(action), SyntaxError, action);
  }
});

test('what cannot be calculated fails', () => {
  for (const filter of ['1 / 0 = 1', "size - 'a' = 1", '5 % 0 = 1']) {
    assert.throws(() => compileSqlFilter(filter)((_, name) => message[name]), EvaluationError, filter);
  }
});
