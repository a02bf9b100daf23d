import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import { deploy } from '../evaluate/deploy.ts';

const folder = mkdtempSync(join(tmpdir(), 'touchstone-bicep-'));
after(() => rmSync(folder, { recursive: true, force: true }));

/** Evaluates templates that are given as text; `main.bicep` is the first. */
function evaluate(files: Readonly<Record<string, string>>): ReturnType<typeof deploy> {
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
  writeFileSync(join(folder, 'one.bicepparam'), "using 'main.bicep'\nparam given = 'x'\n");
  return deploy(join(folder, 'one.bicepparam'));
}

/** The value of one expression, beside some declarations. */
function resultOf(expression: string, declarations = ''): unknown {
  const main = `param given string\n${declarations}\noutput it object = ${expression}\n`;
  return evaluate({ 'main.bicep': main }).outputs['it'];
}

describe('an expression has the value that Bicep gives it:', () => {
  const cases: readonly (readonly [expression: string, value: unknown])[] = [
    ["'a${given}b${1 + 2}'", 'axb3'],
    ["'it\\'s \\${given}'", "it's ${given}"],
    ["'''\n${given}'''", '${given}'],
    ["given == 'x' && !(1 > 2) ? 'yes' : 'no'", 'yes'],
    ["given == 'y'\n  ? 'yes'\n  : 'no'", 'no'],
    ["null ?? 'other'", 'other'],
    ["{ a: 1, 'b-c': [2, 3] }['b-c'][1]", 3],
    ["{ a: { b: 1 } }.?c.?d ?? 'none'", 'none'],
    ["{ a: 1 }[?'b'] ?? 2", 2],
    ['[\n  1\n  2\n]', [1, 2]],
    ['[for (n, i) in [5, 6]: n * 10 + i]', [50, 61]],
    ['map(filter([1, 2, 3], n => n > 1), n => { n: n })', [{ n: 2 }, { n: 3 }]],
    ["toObject([{ k: 'a', v: 1 }], e => e.k, e => e.v)", { a: 1 }],
    ['union({ a: { b: 1 } }, { a: { c: 2 } })', { a: { b: 1, c: 2 } }],
    ["union(['a', 'b'], ['b', 'c'])", ['a', 'b', 'c']],
    [
      'items({ b: 2, a: 1 })',
      [
        { key: 'a', value: 1 },
        { key: 'b', value: 2 },
      ],
    ],
    ['{ ...{ a: 1 }, b: 2 }', { a: 1, b: 2 }],
    ["cidrSubnet('10.20.1.0/24', 26, 3)", '10.20.1.192/26'],
  ];
  for (const [expression, value] of cases) {
    test(expression.replaceAll('\n', ' '), () => assert.deepEqual(resultOf(expression), value));
  }

  test('a function of its own', () => {
    assert.equal(
      resultOf(
        "twice('a', { b: 1 })",
        "func twice(text string, other { b: int }) string => '${text}${text}${other.b}'",
      ),
      'aa1',
    );
  });
});

test('modules, loops and conditions deploy what Azure would deploy, in the right place', () => {
  const { resources } = evaluate({
    'main.bicep': `
targetScope = 'subscription'
param given string
resource group 'Microsoft.Resources/resourceGroups@2025-04-01' = { name: 'rg', location: 'x' }
module stores 'store.bicep' = [for name in ['a', 'b']: if (name != 'b') {
  scope: group
  params: { name: name, count: 2 }
}]
`,
    'store.bicep': `
@description('Which.')
param name string
param count int
param extra string = 'none'
resource store 'A.B/stores@2025-01-01' = { name: name, properties: { extra: extra } }
resource parts 'A.B/stores/parts@2025-01-01' = [for i in range(0, count): {
  parent: store
  name: 'part-\${i}'
}]
resource right 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  scope: parts[1]
  name: 'r'
  properties: { principalId: store.properties.secretlyKnown, extra: store.properties.extra }
}
`,
  });
  const ids = resources.map(({ id }) => id.replace('/subscriptions/sub/resourceGroups/', ''));
  assert.deepEqual(ids, [
    'rg',
    'rg/providers/A.B/stores/a',
    'rg/providers/A.B/stores/a/parts/part-0',
    'rg/providers/A.B/stores/a/parts/part-1',
    'rg/providers/A.B/stores/a/parts/part-1/providers/Microsoft.Authorization/roleAssignments/r',
  ]);
  assert.deepEqual(resources.at(-1)?.properties, {
    principalId: '</subscriptions/sub/resourceGroups/rg/providers/A.B/stores/a.properties.secretlyKnown>',
    extra: 'none',
  });
});

describe('what is wrong is said:', () => {
  test('a parameter that the module does not have', () => {
    const main =
      "param given string\nmodule m 'm.bicep' = { params: { b: 1 } }\noutput it string = m.outputs.o\n";
    assert.throws(
      () => evaluate({ 'main.bicep': main, 'm.bicep': "param a int\noutput o string = 'x'\n" }),
      /unknown b, missing a/,
    );
  });

  test('a function that this reader does not know', () => {
    assert.throws(() => resultOf("dataUri('x')"), /dataUri is not known here/);
  });

  test('the line of what cannot be read', () => {
    assert.throws(() => resultOf('[1, 2'), /main\.bicep: line \d+: expected a value/);
  });

  test('a value that depends on itself', () => {
    assert.throws(() => resultOf('a', 'var a = b\nvar b = a'), /depends on itself/);
  });
});
