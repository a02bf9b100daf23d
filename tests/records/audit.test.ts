import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import type { Answer } from '../../scripts/demo/client.ts';
import { until } from '../../scripts/demo/expect.ts';
import { type OwnTenant, openOwnTenants } from '../isolation/own-tenants.ts';

let tenant: OwnTenant;
let other: OwnTenant;
let customerId: string;
let begin: string;

before(async () => {
  const opened = await openOwnTenants(2);
  if (opened[0] === undefined || opened[1] === undefined) throw new Error('two tenants were asked for');
  [tenant, other] = [opened[0], opened[1]];
  begin = new Date().toISOString();
  for (const one of [tenant, other]) {
    const made = await one.owner.post('/api/v1/customers', { name: '=cmd|calc', address: [] });
    assert.equal(made.status, 201);
    if (one === tenant) customerId = made.body.id;
  }
  const path = `/api/v1/customers/${customerId}`;
  await tenant.second.patch(path, { name: 'Changed' }, { 'if-match': '"1"' });
  const gone = { reason: '=HYPERLINK("http://x","y")' };
  await tenant.owner.post(`${path}/deactivate`, gone, { 'if-match': '"2"' });
});

async function search(query: string): Promise<readonly Answer['body'][]> {
  const rows: Answer['body'][] = [];
  for (let next: string | undefined = `/api/v1/audit?${query}`; next !== undefined; ) {
    const answer: Answer = await tenant.owner.get(next);
    assert.equal(answer.status, 200, String(answer.bytes));
    rows.push(...answer.body.items);
    next = /<([^>]+)>; rel="next"/.exec(answer.headers['link'] ?? '')?.[1];
  }
  return rows;
}

const actions = (rows: readonly Answer['body'][]): readonly string[] => rows.map(({ action }) => action);

describe('the audit of a tenant', () => {
  test('is searched by record, user, action, address and time, in pages', async () => {
    const all = ['created', 'changed', 'deactivated'].map(what => `calibration.customer.${what}`);
    assert.deepEqual(actions(await search(`record=${customerId}&order=oldest&limit=1`)), all);
    assert.deepEqual(actions(await search(`record=${customerId}`)), all.toReversed());
    const [changed] = await search('action=calibration.customer.changed');
    assert.deepEqual(actions(await search(`user=${changed.by.user}&action=calibration.*`)), [all[1]]);
    assert.deepEqual(actions(await search(`record=${customerId}&to=${changed.time}&order=oldest`)), [all[0]]);
    assert.equal((await search(`record=${customerId}&from=${changed.time}`)).length, 2);
    assert.equal((await search(`from=${begin}&address=${changed.address}&action=calibration.*`)).length, 3);
    assert.equal((await search('address=203.0.113.9')).length, 0);
  });

  test('shows neither what exactly was changed nor anything of another tenant', async () => {
    const rows = await search('limit=100');
    assert.ok(rows.length >= 3);
    assert.ok(!JSON.stringify(rows).includes('cmd|calc'));
    const { body } = await other.owner.get(`/api/v1/audit?record=${customerId}`);
    assert.deepEqual(body, { items: [], next: null });
  });

  test('is exported as CSV in which nothing is a formula, and that it was is audited', async () => {
    const answer = await tenant.owner.get(`/api/v1/audit/export?record=${customerId}&order=oldest`);
    assert.equal(answer.status, 200, String(answer.bytes));
    assert.match(answer.headers['content-type'] ?? '', /^text\/csv/);
    const lines = answer.bytes.toString('utf8').split('\r\n');
    assert.equal(lines.length, 5, 'a head, three rows and the end');
    assert.ok(lines[3]?.includes(`"'=HYPERLINK(""http://x"",""y"")"`), lines[3]);
    assert.equal((await search('action=platform.audit.exported')).length, 1);
  });

  test('counts refusals of permission among the security events, once for many', async () => {
    const viewer = tenant.anonymous.as(await tenant.token(['viewer']));
    for (let time = 0; time < 3; time += 1)
      assert.equal((await viewer.post('/api/v1/customers', { name: 'x', address: [] })).status, 403);
    const ask = () => tenant.owner.get('/api/v1/audit/security-events');
    const refused = ({ body }: Answer) =>
      body.items.find(({ event }: { event: string }) => event === 'permission_refused');
    const counted = await until(ask, answer => refused(answer) !== undefined, 10_000, 'the count');
    assert.equal(refused(counted).count, 1);
    const [refusal] = await search('action=platform.security.permission_*');
    assert.equal(refusal.reason, 'calibration.customer:write for calibration.customer.create');
  });

  test('is verified as a whole by a job, whose report says what was looked at', async () => {
    const asked = await tenant.owner.post('/api/v1/audit/verifications');
    assert.equal(asked.status, 202, String(asked.bytes));
    const place = asked.headers['location'] ?? '';
    const isOver = ({ body }: Answer) => body.state === 'succeeded' || body.state === 'failed';
    const job = await until(() => tenant.owner.get(place), isOver, 60_000, 'the verification');
    assert.equal(job.body.state, 'succeeded', String(job.bytes));
    const { body: report } = await tenant.owner.get(job.body.links[0].href);
    assert.deepEqual([report.intact, report.findings], [true, []]);
    assert.ok(report.changes >= 5 && report.records >= 3);
    assert.equal((await other.owner.get(job.body.links[0].href)).status, 404);
  });

  test('is closed to whoever may not read it', async () => {
    const viewer = tenant.anonymous.as(await tenant.token(['viewer']));
    for (const path of ['/audit', '/audit/export', '/audit/security-events'])
      assert.equal((await viewer.get(`/api/v1${path}`)).status, 403, path);
  });
});
