import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Container, CosmosHeaders } from '@azure/cosmos';
import { ChangeFeedStartFrom } from '@azure/cosmos';
import { signedFetch, tenantContainer, testServer } from './test-server.ts';

type Change = { id: string; _lsn: number };

async function drain(
  things: Container,
  start: ReturnType<typeof ChangeFeedStartFrom.Beginning>,
  maxItemCount = 3,
): Promise<{ ids: string[]; token: string }> {
  const iterator = things.items.getChangeFeedIterator<Change>({ changeFeedStartFrom: start, maxItemCount });
  const ids: string[] = [];
  for (;;) {
    const page = await iterator.readNext();
    if (page.statusCode === 304) return { ids, token: page.continuationToken };
    ids.push(...(page.result as Change[]).map(change => change.id));
  }
}

test('the feed of each range gives the latest version of every document once, in the order of the log', async t => {
  const server = await testServer(t);
  const things = await server.container(tenantContainer());
  for (let n = 0; n < 20; n++) await things.items.create({ id: `d${n}`, tenant: `t${n}`, scope: 's1' });
  await things.items.upsert({ id: 'd0', tenant: 't0', scope: 's1', again: true });
  await things.item('d1', ['t1', 's1']).delete();
  const ids: string[] = [];
  for (const range of await things.getFeedRanges())
    ids.push(...(await drain(things, ChangeFeedStartFrom.Beginning(range))).ids);
  assert.equal(ids.length, 19);
  assert.equal(new Set(ids).size, 19);
  assert.ok(!ids.includes('d1'));
  const whole = await drain(things, ChangeFeedStartFrom.Beginning());
  assert.deepEqual(whole.ids.sort(), ids.sort());
});

test('a continuation gives only what came after it, and nothing when nothing came', async t => {
  const server = await testServer(t);
  const things = await server.container(tenantContainer());
  await things.items.create({ id: 'a', tenant: 't1', scope: 's1' });
  const first = await drain(things, ChangeFeedStartFrom.Beginning());
  assert.deepEqual(first.ids, ['a']);
  await things.items.create({ id: 'b', tenant: 't1', scope: 's1' });
  await things.items.create({ id: 'c', tenant: 't2', scope: 's1' });
  const second = await drain(things, ChangeFeedStartFrom.Continuation(first.token));
  assert.deepEqual(second.ids.sort(), ['b', 'c']);
  assert.deepEqual((await drain(things, ChangeFeedStartFrom.Continuation(second.token))).ids, []);
});

test('every answer about items names the physical partition that gave it', async t => {
  const server = await testServer(t);
  const things = await server.container(tenantContainer());
  const partition = 'x-ms-documentdb-partitionkeyrangeid';
  const ranges = (await things.readPartitionKeyRanges().fetchAll()).resources.map(range => range.id);
  const written = await things.items.create({ id: 'a', tenant: 't1', scope: 's1' });
  const own = String(written.headers[partition]);
  assert.ok(ranges.includes(own));
  const key = ['t1', 's1'];
  assert.equal((await things.item('a', key).read()).headers[partition], own);
  const queried = await things.items.query('SELECT * FROM c', { partitionKey: key }).fetchNext();
  // The SDK's type hides the headers.
  assert.equal((queried as unknown as { headers: CosmosHeaders }).headers[partition], own);
  for (let n = 0; n < 20; n++) await things.items.create({ id: 'b', tenant: `t${n}`, scope: 's1' });
  const iterator = things.items.getChangeFeedIterator({
    changeFeedStartFrom: ChangeFeedStartFrom.Beginning(),
  });
  const met = new Set<unknown>();
  for (const _ of ranges) met.add((await iterator.readNext()).headers[partition]);
  assert.deepEqual([...met].sort(), [...ranges].sort());
});

test('what one batch changed is not torn apart, whatever the page size', async t => {
  const server = await testServer(t);
  const things = await server.container(tenantContainer());
  const resourceBody = (id: string) => ({ id, tenant: 't1', scope: 's1' });
  await things.items.create(resourceBody('first'));
  await things.items.batch(
    ['a', 'b', 'c', 'd'].map(id => ({ operationType: 'Create' as const, resourceBody: resourceBody(id) })),
    ['t1', 's1'],
  );
  const iterator = things.items.getChangeFeedIterator<Change>({
    changeFeedStartFrom: ChangeFeedStartFrom.Beginning(['t1', 's1']),
    maxItemCount: 2,
  });
  const pages: string[][] = [];
  for (let page = await iterator.readNext(); page.statusCode === 200; page = await iterator.readNext()) {
    pages.push((page.result as Change[]).map(change => change.id));
  }
  assert.deepEqual(pages, [['first', 'a', 'b', 'c', 'd']]);
});

test('a feed starts from now, from a time, for one key, and for a prefix of a key', async t => {
  const server = await testServer(t);
  const things = await server.container(tenantContainer());
  await things.items.create({ id: 'old', tenant: 't1', scope: 's1' });
  const now = things.items.getChangeFeedIterator<Change>({ changeFeedStartFrom: ChangeFeedStartFrom.Now() });
  assert.equal((await now.readNext()).statusCode, 304);
  server.wait(60);
  await things.items.create({ id: 'new', tenant: 't1', scope: 's1' });
  await things.items.create({ id: 'other', tenant: 't1', scope: 's2' });
  await things.items.create({ id: 'foreign', tenant: 't2', scope: 's1' });
  const since: string[] = [];
  for (let page = await now.readNext(); page.statusCode === 200; page = await now.readNext())
    since.push(...(page.result as Change[]).map(one => one.id));
  assert.deepEqual(since.sort(), ['foreign', 'new', 'other']);
  const timed = await drain(things, ChangeFeedStartFrom.Time(new Date(Date.now() + 30_000)) as never);
  assert.deepEqual(timed.ids.sort(), ['foreign', 'new', 'other']);
  assert.deepEqual((await drain(things, ChangeFeedStartFrom.Beginning(['t1', 's1']))).ids, ['old', 'new']);
  assert.deepEqual((await drain(things, ChangeFeedStartFrom.Beginning(['t1']))).ids, ['old', 'new', 'other']);
});

test('a feed goes on after its partition is split', async t => {
  const server = await testServer(t);
  const things = await server.container(tenantContainer());
  for (let n = 0; n < 30; n++) await things.items.create({ id: `d${n}`, tenant: `t${n}`, scope: 's1' });
  const ranges = await things.getFeedRanges();
  const before: string[] = [];
  const tokens: string[] = [];
  for (const range of ranges) {
    const { ids, token } = await drain(things, ChangeFeedStartFrom.Beginning(range));
    before.push(...ids);
    tokens.push(token);
  }
  assert.equal(before.length, 30);
  for (const range of ['0', '1', '2', '3'])
    await server.faults.act('split', { database: 'tests', container: 'things', range });
  for (let n = 30; n < 60; n++) await things.items.create({ id: `d${n}`, tenant: `t${n}`, scope: 's1' });
  const after: string[] = [];
  for (const token of tokens)
    after.push(...(await drain(things, ChangeFeedStartFrom.Continuation(token))).ids);
  assert.deepEqual(after.sort(), Array.from({ length: 30 }, (_, n) => `d${n + 30}`).sort());
});

test('the list of physical partitions is a change feed too, which tells of splits', async t => {
  const server = await testServer(t);
  const { database } = await server.container(tenantContainer());
  const link = `dbs/${database.id}/colls/things`;
  let tag: string | undefined;
  const page = async (): Promise<{ status: number; ids: readonly string[] }> => {
    const headers = { 'a-im': 'Incremental feed', ...(tag === undefined ? {} : { 'if-none-match': tag }) };
    const answer = await signedFetch(server, 'pkranges', link, { method: 'GET', headers, feed: true });
    tag = answer.headers.get('etag') ?? undefined;
    if (answer.status === 304) return { status: 304, ids: [] };
    // The shape of the list: https://learn.microsoft.com/rest/api/cosmos-db/get-partition-key-ranges
    const body = (await answer.json()) as { PartitionKeyRanges: readonly { id: string }[] };
    return { status: answer.status, ids: body.PartitionKeyRanges.map(range => range.id) };
  };
  const { ids } = await page();
  assert.ok(ids.length > 1);
  assert.equal((await page()).status, 304);
  await server.faults.act('split', { database: database.id, container: 'things', range: ids[0] ?? '' });
  const halves = [String(ids.length), String(ids.length + 1)];
  assert.deepEqual(await page(), { status: 200, ids: halves });
  assert.equal((await page()).status, 304);
});
