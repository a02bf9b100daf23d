import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import type { Answer } from '../../scripts/demo/client.ts';
import { until } from '../../scripts/demo/expect.ts';
import { verdict } from '../identity/people.ts';
import { type OwnTenant, openOwnTenants } from '../isolation/own-tenants.ts';
import { type Operators, openOperators } from '../tenancy/operators.ts';

const AUDIT = '/api/v1/operator/audit';
const REASON = 'Ticket 4711: who looked in?';

let operators: Operators;
let tenants: readonly OwnTenant[];
let begin: string;

before(async () => {
  [operators, tenants] = await Promise.all([openOperators(), openOwnTenants(2)]);
  begin = new Date().toISOString();
  for (const { owner, anonymous, token } of tenants) {
    assert.equal((await owner.post('/api/v1/customers', { name: 'Looked at', address: [] })).status, 201);
    const viewer = anonymous.as(await token(['viewer']));
    assert.equal((await viewer.post('/api/v1/customers', { name: 'x', address: [] })).status, 403);
  }
});

const ask = (query: object, path = AUDIT) =>
  operators.auditor.get(
    `${path}?${new URLSearchParams({ reason: REASON, from: begin, limit: '100', ...query })}`,
  );

async function ownEntries(action: string): Promise<readonly Answer['body'][]> {
  const { status, body } = await operators.auditor.get(`/api/v1/audit?action=${action}&from=${begin}`);
  assert.equal(status, 200);
  return body.items;
}

describe("the operators' door into tenants' audit", () => {
  test('finds over all tenants and in one, in pages, by whom without names or addresses', async () => {
    const ids = tenants.map(({ tenant }) => tenant.id);
    const { status, body, bytes } = await ask({ action: 'calibration.customer.created' });
    assert.equal(status, 200, String(bytes));
    const found = new Set(body.items.map(({ tenant }: { tenant: string }) => tenant));
    assert.ok(ids.every(id => found.has(id)));
    const [tenant] = tenants;
    assert.ok(tenant !== undefined);
    const own = { tenant: tenant.tenant.id, action: 'calibration.customer.*' };
    const one = await ask(own);
    assert.deepEqual(
      one.body.items.map((item: { tenant: string }) => item.tenant),
      [tenant.tenant.id],
    );
    const [entry] = one.body.items;
    assert.deepEqual(Object.keys(entry.by), ['user']);
    assert.equal('address' in entry, false);
    assert.doesNotMatch(String(one.bytes), /~1\.|127\.0\.0\.1/);
    const first = await ask({ tenant: tenant.tenant.id, limit: '1', order: 'oldest' });
    const next = /<([^>]+)>; rel="next"/.exec(first.headers['link'] ?? '')?.[1];
    const second = await operators.auditor.get(next ?? '');
    assert.equal(second.status, 200);
    assert.notEqual(second.body.items[0].id, first.body.items[0].id);
    const address = (await tenant.owner.get(`/api/v1/audit?record=${entry.records[0].id}`)).body.items[0]
      .address;
    assert.equal((await ask({ ...own, address })).body.items.length, 1);
    assert.equal((await ask({ ...own, address: '203.0.113.9' })).body.items.length, 0);
  });

  test('wants a reason, and an address only in one tenant', async () => {
    assert.deepEqual(verdict(await operators.auditor.get(AUDIT)), [400, 'platform.input_invalid']);
    assert.deepEqual(verdict(await ask({ reason: 'because' })), [400, 'platform.input_invalid']);
    assert.deepEqual(verdict(await ask({ address: '127.0.0.1' })), [400, 'platform.input_invalid']);
  });

  test('writes down who looked, for what and why, before it is told', async () => {
    const looked = await ask({ user: 'usr_somebody', reason: 'Ticket 4712: a complaint' });
    assert.deepEqual(looked.body.items, []);
    const entries = await ownEntries('platform.operator.audit_searched');
    const entry = entries.find(({ reason }) => reason.startsWith('Ticket 4712'));
    assert.equal(entry.reason, `Ticket 4712: a complaint (user=usr_somebody, from=${begin})`);
    assert.equal(entry.by.name, 'A tester');
  });

  test('counts security events of each tenant', async () => {
    const path = `${AUDIT}/security-events`;
    const query = new URLSearchParams({ reason: REASON, from: begin });
    const refusals = ({ body }: Answer): readonly string[] =>
      body.items
        .filter(({ event }: { event: string }) => event === 'permission_refused')
        .map(({ tenant }: { tenant: string }) => tenant);
    const ids = tenants.map(({ tenant }) => tenant.id);
    const counted = await until(
      () => operators.auditor.get(`${path}?${query}`),
      answer => answer.status === 200 && ids.every(id => refusals(answer).includes(id)),
      10_000,
      'the counts',
    );
    assert.equal(counted.status, 200);
    assert.ok((await ownEntries('platform.operator.security_events_counted')).length > 0);
  });
});

describe("the operators' own directory", () => {
  test('is searched, counted and verified like every other', async () => {
    assert.ok((await ownEntries('platform.operator.*')).length > 0);
    assert.equal((await operators.auditor.get('/api/v1/audit/security-events')).status, 200);
    const asked = await operators.auditor.post('/api/v1/audit/verifications');
    assert.equal(asked.status, 202, String(asked.bytes));
    const isOver = ({ body }: Answer) => body?.state === 'succeeded' || body?.state === 'failed';
    const place = asked.headers['location'] ?? '';
    const job = await until(() => operators.operator.get(place), isOver, 90_000, 'the verification');
    assert.equal(job.body.state, 'succeeded', String(job.bytes));
    const { body: report } = await operators.auditor.get(job.body.links[0].href);
    assert.equal(report.tenant, 'ten_platform');
    assert.ok(report.changes > 0);
  });

  test('is closed to whoever is no operator', async () => {
    const viewer = operators.at('platform').as(await operators.token('ten_platform', ['viewer']));
    assert.equal((await viewer.get('/api/v1/audit')).status, 403);
  });
});
