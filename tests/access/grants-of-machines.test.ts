import assert from 'node:assert/strict';
import { before, beforeEach, describe, test } from 'node:test';
import type { Client } from '../../scripts/demo/client.ts';
import { until } from '../../scripts/demo/expect.ts';
import { apiKeyKind } from '../../shared/platform/identity/index.ts';
import { A_MINUTE, verdict } from '../identity/people.ts';
import { type OwnTenant, openOwnTenants } from '../isolation/own-tenants.ts';
import { type Person, person, platform, systemOf } from './people.ts';

const READ = 'calibration.customer:read';
const WRITE = 'calibration.customer:write';
const SHARING = ['platform.grant:write', READ, WRITE];
const MISSING = [403, 'platform.permission_missing'];

let tenant: OwnTenant;
let little: string;
let maker: Person;
let reader: Person;
let customer: string;

before(async () => {
  [tenant] = (await openOwnTenants(1)) as [OwnTenant];
  const role = { name: { en: 'Little' }, permissions: ['platform.job:read'] };
  little = (await tenant.owner.post('/api/v1/roles', role)).body.id;
});

beforeEach(async () => {
  [maker, reader] = await Promise.all([person(tenant, ['administrator']), person(tenant, [little])]);
  customer = (await tenant.owner.post('/api/v1/customers', { name: 'Somebody', address: [] })).body.id;
});

/** A key of the maker's, and whoever bears it. */
async function key(): Promise<{ readonly id: string; readonly client: Client }> {
  const declared = await maker.client.post('/api/v1/api-keys', { name: 'K', permissions: SHARING, days: 1 });
  assert.equal(declared.status, 201, String(declared.bytes));
  const { body } = await maker.client.post(`/api/v1/api-keys/${declared.body.id}/secret`);
  return { id: declared.body.id, client: tenant.anonymous.as(body.key) };
}

/** A confidential client of the maker's, with a token of its own. */
async function program(): Promise<{ readonly id: string; readonly client: Client }> {
  const wish = { name: 'P', kind: 'confidential', permissions: SHARING };
  const declared = await maker.client.post('/api/v1/oauth-clients', wish);
  assert.equal(declared.status, 201, String(declared.bytes));
  const { id } = declared.body;
  const { body: secret } = await maker.client.post(`/api/v1/oauth-clients/${id}/secret`);
  const form = { grant_type: 'client_credentials', client_id: id, client_secret: secret.clientSecret };
  const token = await tenant.anonymous.post('/oauth/token', new URLSearchParams(form).toString(), {
    'content-type': 'application/x-www-form-urlencoded',
  });
  assert.equal(token.status, 200, String(token.bytes));
  return { id, client: tenant.anonymous.as(token.body.access_token) };
}

/** The machine shares the customer with the reader, who reads, lists and changes it. */
async function sharedBy(machine: Client): Promise<void> {
  const answer = await machine.post(`/api/v1/records/${customer}/grants`, {
    to: { user: reader.id },
    permissions: [READ, WRITE],
    reason: 'By a program.',
    expiresAt: new Date(Date.now() + 3_600_000).toISOString(),
  });
  assert.equal(answer.status, 201, String(answer.bytes));
  assert.equal((await read()).status, 200);
  assert.equal((await write()).status, 200);
  await until(list, ids => ids.includes(customer), A_MINUTE, 'the share in the list');
}

const read = () => reader.client.get(`/api/v1/customers/${customer}`);

async function write() {
  const path = `/api/v1/customers/${customer}`;
  const { headers } = await tenant.owner.get(path);
  return reader.client.patch(path, { name: 'Theirs' }, { 'if-match': headers['etag'] ?? '' });
}

async function list(): Promise<readonly string[]> {
  const { body } = await reader.client.get('/api/v1/customers');
  return (body.items ?? []).map(({ id }: { readonly id: string }) => id);
}

/** Single records and lists alike. */
async function assertClosed(): Promise<void> {
  const answer = await until(read, ({ status }) => status !== 200, A_MINUTE, 'the end of the share');
  assert.deepEqual(verdict(answer), MISSING);
  assert.deepEqual(verdict(await write()), MISSING);
  assert.deepEqual(await list(), []);
}

async function changeMaker(change: object): Promise<void> {
  const path = `/api/v1/users/${maker.id}`;
  const { headers } = await tenant.owner.get(path);
  const { status, bytes } = await tenant.owner.patch(path, change, { 'if-match': headers['etag'] ?? '' });
  assert.equal(status, 200, String(bytes));
}

describe('what a key has shared', () => {
  test('is closed when the key is revoked', async () => {
    const machine = await key();
    await sharedBy(machine.client);
    assert.equal((await tenant.owner.post(`/api/v1/api-keys/${machine.id}/revocation`)).status, 200);
    await assertClosed();
  });

  test('is closed when the key has expired', async () => {
    const machine = await key();
    await sharedBy(machine.client);
    const records = platform.records.for(systemOf(tenant));
    const record = await records.get(apiKeyKind, machine.id);
    const data = { ...record.data, expiresAt: new Date(Date.now() - 1000).toISOString() };
    await records.scope('directory').commit({ action: 'test.passed', update: [{ record, data }] });
    await assertClosed();
  });

  test('is closed when who made the key is disabled', async () => {
    await sharedBy((await key()).client);
    await changeMaker({ status: 'disabled' });
    await assertClosed();
  });

  test('is open for no more than who made the key may themselves', async () => {
    await sharedBy((await key()).client);
    await changeMaker({ roles: ['viewer'] });
    const refused = await until(write, ({ status }) => status !== 200, A_MINUTE, 'the demotion');
    assert.deepEqual(verdict(refused), MISSING);
    assert.equal((await read()).status, 200);
    assert.deepEqual(await list(), [customer]);
    await changeMaker({ roles: [little] });
    await assertClosed();
  });
});

describe('what a program has shared', () => {
  test('is closed when its client is revoked', async () => {
    const machine = await program();
    await sharedBy(machine.client);
    assert.equal((await tenant.owner.post(`/api/v1/oauth-clients/${machine.id}/revocation`)).status, 200);
    await assertClosed();
  });
});
