import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { SqlParameter } from '@azure/cosmos';
import type { Json, JsonObject } from './json.ts';
import { parseQuery } from './sql/parse.ts';
import { compileQuery, rowsOf } from './sql/run.ts';
import { compareValues } from './sql/values.ts';
import { tenantContainer, testServer } from './test-server.ts';

/** A small repeatable source of randomness. */
function dice(seed: number): (sides: number) => number {
  let state = seed;
  return sides => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * sides);
  };
}

const values: readonly (Json | undefined)[] = [
  undefined,
  null,
  true,
  false,
  0,
  1,
  2,
  -1.5,
  1e20,
  '',
  'a',
  'b',
  'B',
  'ab',
  '1',
  'é',
  '𝄞',
  [],
  [1],
  ['a'],
  {},
  { x: 1 },
];

function documentOf(roll: (sides: number) => number, at: number): JsonObject {
  const pick = (): Json | undefined => values[roll(values.length)];
  const members = {
    id: `d${at}`,
    tenant: 't',
    scope: `s${at % 3}`,
    a: pick(),
    b: pick(),
    deep: { c: pick() },
  };
  return JSON.parse(JSON.stringify(members)) as JsonObject;
}

function conditionOf(roll: (sides: number) => number, depth: number): string {
  const path = (): string =>
    ['c.a', 'c.b', 'c.deep.c', 'c["a"]', 'c.id', 'c.scope', 'c.none'][roll(7)] ?? 'c.a';
  const value = (): string => JSON.stringify(values[roll(18)] ?? null);
  const both = (word: string): string =>
    `(${conditionOf(roll, depth - 1)} ${word} ${conditionOf(roll, depth - 1)})`;
  if (depth > 0 && roll(3) > 0)
    return (
      [() => both('AND'), () => both('OR'), () => `NOT ${conditionOf(roll, depth - 1)}`][roll(3)]?.() ??
      'true'
    );
  const operator = ['=', '!=', '<', '<=', '>', '>='][roll(6)] ?? '=';
  const forms = [
    () => `${path()} ${operator} ${value()}`,
    () => `${value()} ${operator} ${path()}`,
    () => `${path()} IN (${value()}, ${value()}, 'd3')`,
    () => `${path()} BETWEEN ${value()} AND ${value()}`,
    () => `STARTSWITH(${path()}, 'a')`,
    () => `IS_DEFINED(${path()})`,
    () => `ARRAY_CONTAINS(@list, ${path()})`,
    () => `ARRAY_CONTAINS(${path()}, ${value()})`,
    () => `${path()} = ${path()}`,
  ];
  return forms[roll(forms.length)]?.() ?? 'true';
}

/** Where an order begins or ends. */
function boundOf(roll: (sides: number) => number, path: string): string {
  const value = JSON.stringify([0, 1, '', 'a', 'd3'][roll(5)]);
  return roll(2) === 0
    ? `${path} ${['<', '<=', '>', '>='][roll(4)]} ${value}`
    : `${value} ${['<', '<=', '>', '>='][roll(4)]} ${path}`;
}

test('what SQLite filters and sorts beforehand changes no result of a query', async t => {
  const server = await testServer(t);
  const things = await server.container(tenantContainer());
  const roll = dice(7);
  // More documents than the server calls few, so that its indexes come into play.
  const documents = Array.from({ length: 450 }, (_, at) => documentOf(roll, at));
  for (let at = 0; at < 450; at += 50) {
    const partitionKey = (document: JsonObject) => ['t', String(document['scope'])];
    await things.items.bulk(
      documents.slice(at, at + 50).map(document => ({
        operationType: 'Create',
        partitionKey: partitionKey(document),
        resourceBody: { ...document },
      })),
    );
  }
  const list = ['a', 1, 'd5'];
  const parameters = [{ name: '@list', value: list }] as unknown as SqlParameter[];
  for (let round = 0; round < 300; round++) {
    const order = ['c.a', 'c.b', 'c.deep.c', 'c.id'][roll(4)] ?? 'c.a';
    const direction = ['ASC', 'DESC'][roll(2)] ?? 'ASC';
    const scope = roll(3);
    const bounds = Array.from({ length: roll(3) }, () => ` AND ${boundOf(roll, order)}`).join('');
    const where = `c.tenant = 't' AND ${conditionOf(roll, bounds === '' ? 3 : 1)}${bounds}`;
    const text = `SELECT VALUE {id: c.id, key: ${order}} FROM c WHERE ${where} ORDER BY ${order} ${direction}`;
    const options = { partitionKey: ['t', `s${scope}`], maxItemCount: 20 };
    const { resources } = await things.items
      .query<{ id: string; key?: Json }>({ query: text, parameters }, options)
      .fetchAll();
    const program = compileQuery(parseQuery(text), new Map<string, Json>([['@list', list]]));
    const expected = documents
      .filter(document => document['scope'] === `s${scope}`)
      .flatMap(document => rowsOf(program, document))
      .map(row => program.project(row) as { id: string; key?: Json });
    assert.deepEqual(resources.map(row => row.id).sort(), expected.map(row => row.id).sort(), text);
    const sign = direction === 'ASC' ? 1 : -1;
    for (const [at, row] of resources.entries()) {
      const next = resources[at + 1];
      const isPrimitive = (value: Json | undefined): boolean => value === null || typeof value !== 'object';
      if (next !== undefined && isPrimitive(row.key) && isPrimitive(next.key))
        assert.ok(compareValues(row.key, next.key) * sign <= 0, text);
    }
  }
});
