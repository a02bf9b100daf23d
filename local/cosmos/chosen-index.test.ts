import assert from 'node:assert/strict';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { test } from 'node:test';
import { Catalog } from './catalog.ts';
import { placeOf } from './container.ts';
import { type Bind, type SqlRow, SqlStore } from './database.ts';
import { ItemTable } from './item-table.ts';
import { Operations } from './operations.ts';
import { indexFor, indexName, type PageRequest, runPage } from './query.ts';
import { parseQuery } from './sql/parse.ts';
import { testFolder } from './test-server.ts';

/** Rows of a kind stand far apart in the order of all of them. */
const ROWS = 600;
const EVERY = 50;

type Statement = { readonly sql: string; readonly binds: readonly Bind[] };

/** Notes what is read row by row. */
class NotingStore extends SqlStore {
  readonly statements: Statement[] = [];

  override iterate(sql: string, ...binds: Bind[]): IterableIterator<SqlRow> {
    this.statements.push({ sql, binds });
    return super.iterate(sql, ...binds);
  }
}

/** A container with an index for each of these queries, and what was read for the last one of them with it or without. */
function inside(t: TestContext) {
  const sql = new NotingStore(join(testFolder(t), 'cosmos.sqlite'));
  t.after(() => sql.close());
  const catalog = new Catalog(sql, 1);
  catalog.createDatabase({ id: 'd' }, undefined, 1);
  const partitionKey = { paths: ['/pk'], kind: 'Hash', version: 2 };
  const container = catalog.createContainer('d', { id: 'c', partitionKey }, undefined, 1);
  const operations = new Operations(sql, new ItemTable(sql));
  const place = { key: ['a'], epk: placeOf(container, ['a']) };
  const nothing = { ifMatch: undefined, ifNoneMatch: undefined };
  operations.commit(container, 1, commit => {
    for (let n = 0; n < ROWS; n += 1) {
      const body = { id: `d${n}`, pk: 'a', kind: n % EVERY === 0 ? 'rare' : 'usual', at: `t${1000 + n}` };
      operations.execute(container, place, { kind: 'create', id: body.id, body, ...nothing }, commit);
    }
  });
  const requestOf = (text: string, indexed: boolean): PageRequest => ({
    ...{ container, query: parseQuery(text), parameters: new Map(), position: undefined, now: 1 },
    ...{ range: { min: place.epk, max: place.epk }, limits: { results: 100, bytes: 4_000_000 } },
    ...{ asOf: undefined, indexed, budgetMs: 60_000, endsEarly: true },
  });
  return {
    made: (text: string): string => {
      const columns = indexFor(requestOf(text, true)) ?? assert.fail('no index would serve it');
      const name = indexName(container, columns);
      sql.exec(`CREATE INDEX "${name}" ON items_${container.number} (${columns.join()})`);
      return name;
    },
    read: (text: string, indexed: boolean) => {
      const { results } = runPage(sql, requestOf(text, indexed));
      const { sql: statement, binds } = sql.statements.at(-1) ?? assert.fail('nothing was read');
      const plan = sql.all(`EXPLAIN QUERY PLAN ${statement}`, ...binds).map(({ detail }) => String(detail));
      return { results, plan };
    },
  };
}

test('a query is read by the index that was made for it, also where another one has its order', t => {
  const { made, read } = inside(t);
  const inOrder = "SELECT * FROM c WHERE c.at >= 't' AND c.at < 'u' ORDER BY c.at ASC";
  const ofKind = "SELECT * FROM c WHERE c.kind = 'rare' AND c.at >= 't' AND c.at < 'u' ORDER BY c.at ASC";
  const forOrder = made(inOrder);
  const forKind = made(ofKind);
  for (const [text, name, found] of [
    [ofKind, forKind, ROWS / EVERY],
    [inOrder, forOrder, 100],
  ] as const) {
    const { results, plan } = read(text, true);
    assert.equal(results.length, found);
    assert.equal(plan.length, 1, `nothing is sorted: ${plan.join('; ')}`);
    assert.ok(plan[0]?.includes(`USING INDEX ${name} (`), plan[0]);
    // As long as the index is not known to be there, nothing names it.
    assert.deepEqual(read(text, false).results, results);
  }
  // Every column of it narrows what is visited: place, kind and the type of what orders are equal, and its value is a range.
  const [step = ''] = read(ofKind, true).plan;
  assert.match(step, /\(epk=\? AND <expr>=\? AND <expr>=\? AND <expr>>\? AND <expr><\?\)$/);
});

test('an index that is not there is not named', t => {
  const { read } = inside(t);
  const text = "SELECT * FROM c WHERE c.kind = 'rare' ORDER BY c.at ASC";
  assert.throws(() => read(text, true), /no such index/);
  assert.equal(read(text, false).results.length, ROWS / EVERY);
});
