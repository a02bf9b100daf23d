import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import type { Answer } from '../../scripts/demo/client.ts';
import { inParallel } from '../isolation/in-parallel.ts';
import { type OwnTenant, openOwnTenants } from '../isolation/own-tenants.ts';

const NAMES = ['Äther Labs', 'beta 10', 'Beta 9', 'Delta', 'gamma', 'Helvane Turbines'];

let tenant: OwnTenant;
let customerId: string;

before(async () => {
  const [opened] = await openOwnTenants(1);
  if (opened === undefined) throw new Error('a tenant was asked for');
  tenant = opened;
  await inParallel(NAMES, async name => {
    const { status, body } = await tenant.owner.post('/api/v1/customers', { name, address: ['Leeds'] });
    assert.equal(status, 201);
    if (name === 'Delta') customerId = body.id;
  });
  const dates = ['2026-12-31', '2027-01-01', '2027-06-30', undefined];
  for (const [index, dueDate] of dates.entries()) await addEquipment(index, dueDate);
});

async function addEquipment(index: number, dueDate: string | undefined): Promise<void> {
  const body = { customerId, description: 'Digital external micrometer', maker: 'Mitutoyo', model: '293' };
  const due = dueDate === undefined ? {} : { dueDate };
  const serial = `S-${index}`;
  const answer = await tenant.owner.post('/api/v1/equipment', { ...body, serial, ...due });
  assert.equal(answer.status, 201, String(answer.bytes));
}

/** Every row of a list, by following its links. */
async function walk(path: string): Promise<readonly Answer['body'][]> {
  const rows: Answer['body'][] = [];
  for (let next: string | undefined = `/api/v1${path}`; next !== undefined; ) {
    const answer: Answer = await tenant.owner.get(next);
    assert.equal(answer.status, 200, `${next}: ${answer.bytes}`);
    rows.push(...answer.body.items);
    next = /<([^>]+)>; rel="next"/.exec(answer.headers['link'] ?? '')?.[1];
  }
  return rows;
}

describe('a list', () => {
  test('is ordered by what it declares, both ways, and pages show every row once', async () => {
    const names = (rows: readonly Answer['body'][]) => rows.map(({ name }) => name);
    assert.deepEqual(names(await walk('/customers?sort=name&limit=2')), NAMES);
    assert.deepEqual(names(await walk('/customers?sort=-name&limit=4')), NAMES.toReversed());
    const [first] = await walk('/customers?sort=createdAt&limit=1');
    const made = (await walk('/customers?sort=-createdAt')).at(-1);
    assert.equal(first.id, made.id);
  });

  test('is stable when rows come in between', async () => {
    const { body } = await tenant.owner.get('/api/v1/equipment?sort=serial&limit=2');
    await addEquipment(0, '2030-01-01');
    const path = `/api/v1/equipment?sort=serial&limit=50&cursor=${body.next}`;
    const rest = (await tenant.owner.get(path)).body.items.map(({ serial }: { serial: string }) => serial);
    assert.deepEqual(rest.slice(-2), ['S-2', 'S-3']);
    assert.equal(rest.length, new Set(rest).size);
  });

  test('is narrowed by one value, by several, by ranges, and by time of making', async () => {
    const serials = async (query: string) =>
      (await walk(`/equipment?sort=serial&${query}`)).map(({ serial }) => serial);
    assert.deepEqual(await serials('serial=S-1'), ['S-1']);
    assert.deepEqual(await serials('dueDateFrom=2027-01-01&dueDateTo=2027-06-30'), ['S-1', 'S-2']);
    assert.deepEqual(await serials('dueDateTo=2026-12-31'), ['S-0']);
    assert.deepEqual(await serials('status=inactive'), []);
    assert.ok((await serials(`status=active,inactive&customerId=${customerId},cus_x`)).length >= 4);
    const [row] = await walk('/equipment?serial=S-2');
    const at = encodeURIComponent(row.createdAt);
    assert.deepEqual(await serials(`createdFrom=${at}&createdTo=${at}`), ['S-2']);
  });

  test('shows only the fields that were asked for', async () => {
    const [row] = await walk('/customers?fields=name,status&limit=1');
    assert.deepEqual(Object.keys(row).toSorted(), ['id', 'name', 'status']);
    const { status, body } = await tenant.owner.get('/api/v1/customers?fields=name,secret');
    assert.deepEqual([status, body.errors[0].pointer], [400, '#/query/fields/1']);
  });

  test('finds parts of words and forgives a typo, together with filters', async () => {
    const found = async (query: string) => (await walk(query)).length;
    assert.equal(await found('/customers?q=turbin'), 1);
    assert.equal(await found('/customers?q=helvnae'), 1);
    assert.equal(await found('/customers?q=ather'), 1);
    assert.equal(await found('/customers?q=nothing'), 0);
    assert.ok((await found('/equipment?q=micormeter%20mitutoyo')) >= 4);
    assert.equal(await found('/equipment?q=micrometer&serial=S-3'), 1);
  });

  test('of people is searched by name and address, whose letters nobody can read in the index', async () => {
    const rows = await walk(`/users?q=${tenant.email.split('@')[0]}`);
    assert.deepEqual(
      rows.map(({ email }) => email),
      [tenant.email],
    );
  });

  test('tells nothing by its cursors, which stand in addresses and so in logs', async () => {
    const { body } = await tenant.owner.get('/api/v1/customers?sort=name&limit=1');
    const shown = Buffer.from(body.next, 'base64url').toString('latin1');
    for (const told of [body.items[0].id, body.items[0].name.toLowerCase(), tenant.tenant.id, 'calibration'])
      assert.equal(shown.includes(told), false, told);
    const { body: again } = await tenant.owner.get('/api/v1/customers?sort=name&limit=1');
    assert.equal(again.next, body.next);
  });

  test('takes no cursor of another order or other filters', async () => {
    const { body } = await tenant.owner.get('/api/v1/customers?sort=name&limit=2');
    for (const query of ['sort=-name', 'sort=name&status=active', 'sort=name&q=beta', 'sort=createdAt']) {
      const answer = await tenant.owner.get(`/api/v1/customers?${query}&limit=2&cursor=${body.next}`);
      assert.deepEqual([query, answer.body.code], [query, 'platform.cursor_invalid']);
    }
    const other = await tenant.owner.get(`/api/v1/customers?sort=name&limit=3&cursor=${body.next}`);
    assert.equal(other.status, 200, 'the size of a page may change');
  });
});
