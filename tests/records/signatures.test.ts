import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import type { Answer } from '../../scripts/demo/client.ts';
import { reauthenticate } from '../../shared/platform/accounts/index.ts';
import { enrol } from '../identity/authenticator.ts';
import { bearing, logInTo } from '../identity/people.ts';
import { exampleBody } from '../isolation/example-body.ts';
import { actOn, observeEveryPoint } from '../isolation/issue-certificate.ts';
import { type OwnTenant, openOwnTenants, PASSPHRASE } from '../isolation/own-tenants.ts';
import { bookOf, endpoints, pathWith } from '../isolation/table.ts';
import { callerOf, openTestProduct } from '../product.ts';

let tenant: OwnTenant;
const paths: Record<string, string> = {};
const ids: string[] = [];

before(async () => {
  const [opened] = await openOwnTenants(1);
  if (opened === undefined) throw new Error('a tenant was asked for');
  tenant = opened;
  for (const part of ['customer', 'equipment', 'procedure', 'standard', 'srf']) {
    const endpoint = endpoints.find(({ id }) => id === `calibration.${part}.create`);
    if (endpoint === undefined) throw new Error(`there is no way to make a ${part}`);
    const answer = await tenant.owner.post(pathWith(endpoint, ''), exampleBody(endpoint, bookOf(ids)));
    ids.push(answer.body.id);
    paths[part] = `${pathWith(endpoint, '')}/${answer.body.id}`;
  }
});

async function post(path: string, place: string, body: object): Promise<Answer> {
  const { headers } = await tenant.owner.get(path);
  return tenant.owner.post(`${path}/${place}`, body, { 'if-match': headers['etag'] ?? '' });
}

async function securityEvents(event: string): Promise<readonly string[]> {
  const { body } = await tenant.owner.get(`/api/v1/audit?action=platform.security.${event}`);
  return body.items.map(({ action }: { action: string }) => action);
}

describe('a signature under a record', () => {
  test('states who, when and as what, and holds until what was signed is changed', async () => {
    const path = paths['procedure'] ?? '';
    const signed = await post(path, 'signatures', { meaning: 'approval', password: PASSPHRASE });
    assert.equal(signed.status, 201, String(signed.bytes));
    const { name, position, meaning, valid, version } = signed.body;
    assert.deepEqual([meaning, valid, version, position], ['approval', true, 1, 'Metrologist']);
    assert.match(name, /^owner of /);
    await post(path, 'deactivate', { reason: 'Whether it is in use is not what was signed.' });
    const { body: before } = await tenant.owner.get(`${path}/signatures`);
    assert.deepEqual([before.items.length, before.items[0].valid], [1, true]);
    const { headers } = await tenant.owner.get(path);
    await tenant.owner.patch(path, { title: 'Another title' }, { 'if-match': headers['etag'] ?? '' });
    const { body: after } = await tenant.owner.get(`${path}/signatures`);
    assert.deepEqual([after.items[0].valid, after.items[0].broken], [false, 'content_changed']);
    assert.equal(after.items[0].brokenSince.version, 3);
  });

  test('is under nothing that could be taken for sealed, or for the mark of somebody erased', async () => {
    const made = await tenant.owner.post('/api/v1/customers', { name: 'Mark', address: ['x'] });
    const path = `/api/v1/customers/${made.body.id}`;
    for (const text of ['~1.1.pqr.name.QQQQ', '~1.0.pqr.name.']) {
      const match = { 'if-match': made.headers['etag'] ?? '' };
      const refused = await tenant.owner.patch(path, { address: ['x', text] }, match);
      assert.deepEqual(
        [refused.status, refused.body.code, refused.body.errors[0].pointer],
        [422, 'platform.text_reserved', '#/address/1'],
      );
    }
    const like = await tenant.owner.patch(path, { name: '~1.5 m' }, { 'if-match': '"1"' });
    assert.equal(like.status, 200, String(like.bytes));
  });

  test('that is void stays void when somebody changes the content back, and says since when', async () => {
    const made = await tenant.owner.post('/api/v1/customers', { name: 'Back and forth', address: ['x'] });
    const path = `/api/v1/customers/${made.body.id}`;
    await post(path, 'signatures', { meaning: 'review', password: PASSPHRASE });
    for (const [version, street] of [...'yxz'].entries())
      await tenant.owner.patch(path, { address: [street] }, { 'if-match': `"${version + 1}"` });
    const past = await tenant.owner.get(`${path}/history/2`);
    await tenant.owner.patch(path, { address: ['x'] }, { 'if-match': '"4"' });
    await post(path, 'signatures', { meaning: 'approval', password: PASSPHRASE });
    const { body } = await tenant.owner.get(`${path}/signatures`);
    const [first, second] = body.items;
    assert.deepEqual([first.valid, first.broken, first.erased], [false, 'content_changed', false]);
    assert.deepEqual(first.brokenSince, { version: 2, at: past.body.change.time });
    assert.deepEqual([second.valid, second.version, second.brokenSince], [true, 5, null]);
  });

  test('needs the password at each signing; a wrong one signs nothing and is a security event', async () => {
    const path = paths['standard'] ?? '';
    const refused = await post(path, 'signatures', { meaning: 'review', password: 'not this one at all' });
    assert.deepEqual([refused.status, refused.body.code], [403, 'platform.signature_refused']);
    const { body } = await tenant.owner.get(`${path}/signatures`);
    assert.deepEqual(body.items, []);
    assert.deepEqual(await securityEvents('signing_failed'), ['platform.security.signing_failed']);
    assert.deepEqual(await securityEvents('permission_refused'), [], 'it is one event, not two');
  });

  test('is not put under a version that nobody saw', async () => {
    const path = paths['standard'] ?? '';
    const body = { meaning: 'review', password: PASSPHRASE };
    const stale = await tenant.owner.post(`${path}/signatures`, body, { 'if-match': '"7"' });
    assert.equal(stale.status, 412);
  });

  test('comes from a person: keys, machines and operators in their place cannot sign', async () => {
    const { platform } = openTestProduct();
    for (const kind of ['api-key', 'client', 'impersonation'] as const) {
      const caller = { ...callerOf(tenant.tenant.id), via: { kind, id: 'x' } };
      await assert.rejects(reauthenticate(platform, caller, { password: PASSPHRASE }), {
        code: 'platform.signature_by_person',
        fault: { status: 403, retry: 'never' },
      });
    }
  });
});

describe('somebody with a second factor', () => {
  test('signs by password and a code of their authenticator that was not used before', async () => {
    const path = paths['customer'] ?? '';
    const session = await logInTo(tenant, tenant.email.replace('owner@', 'second@'));
    const second = bearing(tenant, session);
    const { authenticator } = await enrol(second);
    const sign = async (proof: object): Promise<Answer> => {
      const { headers } = await second.get(path);
      const ifMatch = { 'if-match': headers['etag'] ?? '' };
      return second.post(`${path}/signatures`, { meaning: 'review', ...proof }, ifMatch);
    };
    const password = PASSPHRASE;
    const without = await sign({ password });
    assert.deepEqual([without.status, without.body.code], [422, 'platform.signature_incomplete']);
    assert.equal(without.body.data.needs, 'password, code');
    const code = authenticator.next();
    const wrong = await sign({ password: 'not this one at all', code });
    assert.deepEqual([wrong.status, wrong.body.code], [403, 'platform.signature_refused']);
    const signed = await sign({ password, code });
    assert.equal(signed.status, 201, String(signed.bytes));
    const again = await sign({ password, code });
    assert.deepEqual([again.status, again.body.code], [403, 'platform.signature_refused']);
    assert.ok((await securityEvents('signing_proved')).includes('platform.security.signing_proved'));
  });

  test('signs once with one code, however many bring it at once', async () => {
    const own = (await openOwnTenants(1))[0] as OwnTenant;
    const client = bearing(own, await logInTo(own));
    const { authenticator } = await enrol(client);
    const { body: made } = await client.post('/api/v1/customers', {
      name: 'Somebody',
      address: ['1 Street'],
    });
    const body = { meaning: 'review', password: PASSPHRASE, code: authenticator.next() };
    const answers = await Promise.all(
      Array.from({ length: 8 }, () =>
        client.post(`/api/v1/customers/${made.id}/signatures`, body, { 'if-match': '"1"' }),
      ),
    );
    assert.equal(answers.filter(({ status }) => status === 201).length, 1);
    assert.ok(answers.every(({ status }) => [201, 403, 409, 412, 429].includes(status)));
  });
});

describe('completing and approving a service request', () => {
  test('is signing, so it needs the password', async () => {
    const path = paths['srf'] ?? '';
    const { body: person } = await tenant.owner.get('/api/v1/me');
    await post(paths['procedure'] ?? '', 'reactivate', { reason: 'In use again.' });
    for (const action of ['submit', 'receive', 'accept']) await actOn(tenant.owner, path, { action });
    await actOn(tenant.owner, path, { action: 'assign', assignTo: person.id });
    await actOn(tenant.owner, path, { action: 'start' });
    await observeEveryPoint(tenant.owner, path, bookOf(ids));
    const without = await post(path, 'transitions', { action: 'complete' });
    assert.deepEqual([without.status, without.body.code], [422, 'platform.signature_incomplete']);
    const wrong = await post(path, 'transitions', { action: 'complete', password: 'not this one at all' });
    assert.deepEqual([wrong.status, wrong.body.code], [403, 'platform.signature_refused']);
    assert.equal((await tenant.owner.get(path)).body.state, 'in_progress');
    const signed = await post(path, 'transitions', { action: 'complete', password: PASSPHRASE });
    assert.deepEqual([signed.status, signed.body.state], [200, 'observations_complete']);
    assert.ok(!signed.bytes.includes(PASSPHRASE));
    const { bytes } = await tenant.owner.get(`${path}/history?limit=100`);
    assert.ok(!bytes.includes(PASSPHRASE));
  });

  test('is refused to whoever took the observations, and that they tried is a security event', async () => {
    const path = paths['srf'] ?? '';
    const own = await post(path, 'transitions', { action: 'start_review' });
    assert.deepEqual([own.status, own.body.code], [403, 'calibration.separation_of_duties']);
    const noted = '/api/v1/audit?action=platform.security.permission_refused';
    const { body } = await tenant.owner.get(noted);
    const reasons = body.items.map(({ reason }: { reason: string }) => reason);
    assert.ok(
      reasons.includes('calibration.separation_of_duties for calibration.srf.transition'),
      reasons.join('\n'),
    );
    assert.ok(
      !reasons.some((reason: string) => reason.includes('signature_refused')),
      'told once, as signing_failed',
    );
  });
});
