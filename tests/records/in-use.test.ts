import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import { exampleBody } from '../isolation/example-body.ts';
import { type OwnTenant, openOwnTenants } from '../isolation/own-tenants.ts';
import { bookOf, endpoints, pathWith } from '../isolation/table.ts';

let tenant: OwnTenant;
/** Paths by what stands there. */
const paths: Record<string, string> = {};

before(async () => {
  const [opened] = await openOwnTenants(1);
  if (opened === undefined) throw new Error('a tenant was asked for');
  tenant = opened;
  const ids: string[] = [];
  for (const part of ['customer', 'equipment', 'procedure', 'standard', 'srf']) {
    const endpoint = endpoints.find(({ id }) => id === `calibration.${part}.create`);
    if (endpoint === undefined) throw new Error(`there is no way to make a ${part}`);
    const body = exampleBody(endpoint, bookOf(ids));
    const answer = await tenant.owner.post(pathWith(endpoint, ''), body);
    assert.equal(answer.status, 201, String(answer.bytes));
    ids.push(answer.body.id);
    paths[part] = answer.headers['location'] ?? '';
  }
});

async function ask(method: string, path: string, body?: object) {
  const { headers } = await tenant.owner.get(path.replace(/\/(de|re)activate$/, ''));
  return tenant.owner.call(method, path, { body, headers: { 'if-match': headers['etag'] ?? '"1"' } });
}

describe('what is in use', () => {
  test('is not deleted: the refusal names what uses it', async () => {
    for (const [part, users] of [
      ['customer', ['calibration.equipment', 'calibration.srf']],
      ['equipment', ['calibration.srf']],
      ['procedure', ['calibration.srf']],
    ] as const) {
      const { status, body } = await ask('DELETE', paths[part] ?? '');
      assert.deepEqual([part, status, body.code], [part, 409, 'platform.in_use']);
      const kinds = body.data.users.map(({ kind }: { kind: string }) => kind);
      assert.deepEqual(kinds, users);
      for (const { count, first } of body.data.users) assert.deepEqual([count, first.length], [1, 1]);
    }
  });

  test('is deactivated, which keeps new work away, and reactivated', async () => {
    const path = paths['procedure'] ?? '';
    const done = await ask('POST', `${path}/deactivate`, { reason: 'Superseded.' });
    assert.deepEqual([done.status, done.body.status], [200, 'inactive']);
    const endpoint = endpoints.find(({ id }) => id === 'calibration.srf.create');
    const own = bookOf(Object.values(paths).map(place => place.split('/').at(-1) ?? ''));
    const body = endpoint === undefined ? {} : exampleBody(endpoint, own);
    const refused = await tenant.owner.post('/api/v1/srfs', body);
    assert.deepEqual([refused.status, refused.body.code], [422, 'calibration.inactive']);
    const back = await ask('POST', `${path}/reactivate`, { reason: 'Still in use.' });
    assert.deepEqual([back.status, back.body.status], [200, 'active']);
    const { body: history } = await tenant.owner.get(`${path}/history?order=newest&limit=2`);
    assert.deepEqual(
      history.items.map(({ action, reason }: { action: string; reason: string }) => [action, reason]),
      [
        ['calibration.procedure.reactivated', 'Still in use.'],
        ['calibration.procedure.deactivated', 'Superseded.'],
      ],
    );
  });

  test('can be deleted when only documents of the past refer to it, and these stay', async () => {
    const srf = paths['srf'] ?? '';
    const { headers } = await tenant.owner.get(srf);
    const cancel = { action: 'cancel', reason: 'Not wanted.' };
    const cancelled = await tenant.owner.post(`${srf}/transitions`, cancel, {
      'if-match': headers['etag'] ?? '',
    });
    assert.equal(cancelled.status, 200, String(cancelled.bytes));
    assert.equal((await ask('DELETE', paths['customer'] ?? '')).status, 409, 'its equipment is still active');
    assert.equal((await ask('DELETE', paths['equipment'] ?? '')).status, 204);
    assert.equal((await ask('DELETE', paths['customer'] ?? '')).status, 204);
    assert.equal((await tenant.owner.get(srf)).status, 200);
  });
});

describe('what was deleted', () => {
  test('is neither read nor listed nor found, and cannot be changed', async () => {
    const made = await tenant.owner.post('/api/v1/customers', { name: 'Ephemera', address: [] });
    const path = `/api/v1/customers/${made.body.id}`;
    assert.equal((await ask('DELETE', path)).status, 204);
    assert.equal((await tenant.owner.get(path)).status, 404);
    assert.equal((await tenant.owner.patch(path, { name: 'x' }, { 'if-match': '"2"' })).status, 404);
    assert.equal((await tenant.owner.call('DELETE', path, { headers: { 'if-match': '"2"' } })).status, 404);
    for (const query of ['q=ephemera', 'name=Ephemera', 'limit=100'])
      assert.ok(!(await tenant.owner.get(`/api/v1/customers?${query}`)).bytes.includes(made.body.id));
  });

  test('keeps its history, which verifies, and comes back by rollback', async () => {
    const made = await tenant.owner.post('/api/v1/customers', { name: 'Phoenix', address: [] });
    const path = `/api/v1/customers/${made.body.id}`;
    await ask('DELETE', path);
    const { body: history } = await tenant.owner.get(`${path}/history`);
    assert.deepEqual(
      history.items.map(({ action }: { action: string }) => action),
      ['calibration.customer.created', 'calibration.customer.deleted'],
    );
    const { body: report } = await tenant.owner.get(`${path}/verify`);
    assert.deepEqual(report, { intact: true, versions: 2, broken: null });
    const rollback = { version: 1, reason: 'Deleted by mistake.' };
    const done = await tenant.owner.post(`${path}/rollback`, rollback, { 'if-match': '"2"' });
    assert.equal(done.status, 200, String(done.bytes));
    assert.equal((await tenant.owner.get(path)).body.name, 'Phoenix');
    assert.equal((await tenant.owner.get('/api/v1/customers?q=phoenix')).body.items.length, 1);
  });
});
