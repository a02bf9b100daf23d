import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import type { Client } from '../../scripts/demo/client.ts';
import { until } from '../../scripts/demo/expect.ts';
import { systemCaller, timestamp } from '../../shared/kernel/index.ts';
import { sweepTenants } from '../../shared/platform/provisioning/index.ts';
import {
  PLATFORM,
  PLATFORM_SLUG,
  publishTenant,
  settingsId,
  settingsKind,
  tenantKind,
} from '../../shared/platform/tenancy/index.ts';
import { openVault } from '../vault.ts';
import { type Operators, openOperators, orderOf } from './operators.ts';

/** Longer than entries of the directory are kept. */
const FELT_MILLISECONDS = 60_000;

type Own = {
  readonly id: string;
  readonly slug: string;
  readonly owner: Client;
  readonly technician: Client;
};

describe('the life of a tenant', () => {
  let operators: Operators;

  before(async () => {
    operators = await openOperators();
  });

  async function makeTenant(plan: object = {}): Promise<Own> {
    const slug = `l${operators.product.platform.newKey().slice(-16)}`;
    const { id } = await operators.order(orderOf(slug, await operators.plan(plan)));
    const as = async (roles: readonly string[]) => operators.at(slug).as(await operators.token(id, roles));
    return { id, slug, owner: await as(['tenant-owner']), technician: await as(['technician']) };
  }

  async function move(id: string, action: string, reason?: string) {
    const { headers } = await operators.operator.get(`/api/v1/tenants/${id}`);
    return operators.operator.post(
      `/api/v1/tenants/${id}/${action}`,
      { reason },
      { 'if-match': headers['etag'] ?? '' },
    );
  }

  test('suspended, its administrators read on and nobody else does anything, until it is served again', async () => {
    const { id, slug, owner, technician } = await makeTenant();
    assert.equal((await technician.get('/api/v1/srfs')).status, 200);
    assert.equal((await move(id, 'suspend', 'A test.')).status, 200);
    const refused = await until(
      () => technician.get('/api/v1/srfs'),
      ({ status }) => status === 403,
      FELT_MILLISECONDS,
      'the suspension is felt',
    );
    assert.equal(refused.body.code, 'platform.tenant_suspended');
    assert.equal((await owner.get('/api/v1/users')).status, 200);
    const write = await owner.post('/api/v1/customers', { name: 'Nobody', address: ['x'], contacts: [] });
    assert.equal(write.body.code, 'platform.tenant_suspended');
    assert.equal((await operators.at(slug).get('/api/v1/tenant-info')).status, 200);
    assert.equal(
      (await operators.at(slug).post('/api/v1/auth/login', {})).body.code,
      'platform.input_invalid',
    );
    assert.equal((await move(id, 'reactivate')).status, 200);
    await until(
      () => technician.get('/api/v1/srfs'),
      ({ status }) => status === 200,
      FELT_MILLISECONDS,
      'the tenant is served again',
    );
  });

  test('moves only where its table says, and never without a reason where one is due', async () => {
    const { id } = await makeTenant();
    assert.equal((await move(id, 'reactivate')).body.code, 'platform.tenant_transition_not_open');
    assert.equal((await move(id, 'suspend')).body.code, 'platform.reason_missing');
    const stale = await operators.operator.post(
      `/api/v1/tenants/${id}/suspend`,
      { reason: 'x' },
      { 'if-match': '"99"' },
    );
    assert.equal(stale.status, 412);
  });

  test('of a plan without calibration has no calibration', async () => {
    const { owner } = await makeTenant({ features: ['files'] });
    const { status, body } = await owner.get('/api/v1/srfs');
    assert.equal(status, 402);
    assert.equal(body.code, 'platform.feature_not_in_plan');
    assert.equal((await owner.get('/api/v1/users')).status, 200);
  });

  test('has as many people as its plan allows, and is told the limit', async () => {
    const { owner } = await makeTenant({ limits: { users: 3 } }); // its first owner is one of them
    const add = (name: string) =>
      owner.post('/api/v1/users', {
        email: `${name}@people.example`,
        name,
        roles: ['technician'],
      });
    assert.equal((await add('one')).status, 201);
    assert.equal((await add('two')).status, 201);
    const third = await add('three');
    assert.equal(third.status, 402);
    assert.equal(third.body.code, 'platform.plan_limit_reached');
    assert.deepEqual(third.body.data, { limit: 'users', most: 3 });
    const { body: users } = await owner.get('/api/v1/users');
    const one = users.items.find(({ email }: { email: string }) => email.startsWith('one@'));
    const path = `/api/v1/users/${one.id}`;
    const change = async (status: string) =>
      owner.patch(path, { status }, { 'if-match': (await owner.get(path)).headers['etag'] ?? '' });
    assert.equal((await change('disabled')).status, 200);
    assert.equal((await add('three')).status, 201, 'whoever may not log in makes room');
    assert.equal((await change('active')).body.code, 'platform.plan_limit_reached');
  });

  test('asks for as many jobs in a day as its plan allows', async () => {
    const { owner } = await makeTenant({ limits: { jobsPerDay: 2 } });
    const ask = () => owner.post('/api/v1/audit/verifications');
    assert.deepEqual([(await ask()).status, (await ask()).status], [202, 202]);
    const third = await ask();
    assert.deepEqual([third.status, third.body.code], [402, 'platform.plan_limit_reached']);
    assert.deepEqual(third.body.data, { limit: 'jobsPerDay', most: 2 });
  });

  test('counts a job once, however often its request is repeated, and repeats its answer when none is left', async () => {
    const { owner } = await makeTenant({ limits: { jobsPerDay: 2 } });
    const ask = (key: string) =>
      owner.post('/api/v1/audit/verifications', undefined, { 'idempotency-key': key });
    const first = await ask('first');
    assert.equal(first.status, 202, String(first.bytes));
    for (let time = 0; time < 3; time += 1) assert.equal((await ask('first')).body.id, first.body.id);
    assert.equal((await ask('second')).status, 202);
    assert.equal((await ask('third')).body.code, 'platform.plan_limit_reached');
    const repeated = await ask('first');
    assert.deepEqual([repeated.status, repeated.body.id], [202, first.body.id]);
    assert.equal(repeated.headers['idempotency-replayed'], 'true');
  });

  test('decides itself how it looks, and is felt to', async () => {
    const { slug, owner, technician } = await makeTenant();
    const before = await owner.get('/api/v1/tenant-settings');
    const headers = { 'if-match': before.headers['etag'] ?? '' };
    const change = { branding: { legalName: 'Renamed Ltd', address: ['1 Quay'], colour: '#123456' } };
    assert.equal((await technician.patch('/api/v1/tenant-settings', change, headers)).status, 403);
    assert.equal((await owner.patch('/api/v1/tenant-settings', change)).status, 428);
    assert.equal((await owner.patch('/api/v1/tenant-settings', change, headers)).status, 200);
    assert.equal((await owner.patch('/api/v1/tenant-settings', change, headers)).status, 412);
    const info = await until(
      () => operators.at(slug).get('/api/v1/tenant-info'),
      ({ body }) => body?.branding?.legalName === 'Renamed Ltd',
      FELT_MILLISECONDS,
      'the new name is told',
    );
    assert.equal(info.body.branding.colour, '#123456');
  });

  test('shows no logo that is more than a drawing, and none that was stored before that was asked', async () => {
    const { id, slug, owner } = await makeTenant();
    const branding = { legalName: 'Drawn Ltd', address: [], colour: '#123456' };
    const evil = '<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"><script>alert(2)</script></svg>';
    const settings = await owner.get('/api/v1/tenant-settings');
    const refused = await owner.patch(
      '/api/v1/tenant-settings',
      { branding: { ...branding, logoSvg: evil } },
      { 'if-match': settings.headers['etag'] ?? '' },
    );
    assert.deepEqual([refused.status, refused.body.code], [422, 'platform.logo_unfit']);
    assert.equal(refused.body.errors[0].pointer, '#/branding/logoSvg');
    const { platform } = operators.product;
    const scope = platform.records.for(systemCaller(id, slug, 'test')).scope('settings');
    const record = await scope.get(settingsKind, settingsId(id));
    const stored = { ...record.data, branding: { ...branding, logoSvg: evil } };
    await scope.commit({ action: 'test.logo.stored', update: [{ record, data: stored }] });
    await publishTenant(platform, id);
    const info = await until(
      () => operators.at(slug).get('/api/v1/tenant-info'),
      ({ body }) => body?.branding?.legalName === 'Drawn Ltd',
      FELT_MILLISECONDS,
      'the logo is told',
    );
    const plain = '<svg xmlns="http://www.w3.org/2000/svg"></svg>';
    assert.equal(info.body.branding.logoSvg, plain);
    assert.equal((await owner.get('/api/v1/tenant-settings')).body.branding.logoSvg, plain);
  });

  test('ends with everything erased, and only its own', async () => {
    const [gone, kept] = await Promise.all([makeTenant(), makeTenant()]);
    for (const { owner } of [gone, kept]) {
      const answer = await owner.post('/api/v1/customers', {
        name: 'Somebody',
        address: ['x'],
        contacts: [],
      });
      assert.equal(answer.status, 201, JSON.stringify(answer.body));
    }
    const [hers, theirs] = await Promise.all([gone, kept].map(({ owner }) => hookOf(owner)));
    const vault = openVault();
    for (const name of [hers, theirs]) {
      assert.ok((await vault.getSecret(name ?? '')).value);
      assert.ok(await versionInUse(name));
    }
    assert.equal((await move(gone.id, 'schedule-deletion', 'The contract ended.')).status, 200);
    await endGrace(gone.id);
    await sweepTenants(operators.product.platform);
    const account = await until(
      () => operators.operator.get(`/api/v1/tenants/${gone.id}`),
      ({ body }) => body.status === 'deleted' && body.eraseAt === null,
      FELT_MILLISECONDS,
      'the tenant is erased',
    );
    assert.match(account.body.statusReason, /^Erased: \d+ items/);
    assert.deepEqual(await itemsOf(gone.id), []);
    assert.ok((await itemsOf(kept.id)).length > 0);
    await assert.rejects(vault.getSecret(hers ?? ''), { statusCode: 404 });
    assert.ok((await vault.getSecret(theirs ?? '')).value);
    assert.deepEqual(
      [await versionInUse(hers), (await versionInUse(theirs)) !== undefined],
      [undefined, true],
    );
    await until(
      () => operators.at(gone.slug).get('/api/v1/tenant-info'),
      ({ status }) => status === 404,
      FELT_MILLISECONDS,
      'the host is nobody’s',
    );
    const again = await operators.operator.post(
      '/api/v1/tenants',
      orderOf(gone.slug, await operators.plan()),
    );
    assert.equal(again.body.code, 'platform.slug_taken', 'the name of who was served is nobody else’s');
  });

  /** Registers a webhook; tells the name of its secret in Key Vault. */
  async function hookOf(owner: Client): Promise<string> {
    const wish = { url: 'http://127.0.0.1:9/hook', eventTypes: ['*'] };
    const { status, body } = await owner.post('/api/v1/webhook-endpoints', wish);
    assert.equal(status, 201, JSON.stringify(body));
    return `webhook-${body.id.replaceAll('_', '-')}`;
  }

  /** What says which version of a secret counts. */
  async function versionInUse(name = ''): Promise<unknown> {
    const id = `secret-${name}`;
    return operators.product.stores.leases.read([id], id);
  }

  /** As if thirty days had gone by. */
  async function endGrace(id: string): Promise<void> {
    const { platform } = operators.product;
    const scope = platform.records.for(systemCaller(PLATFORM, PLATFORM_SLUG, 'test')).scope(id);
    const account = await scope.get(tenantKind, id);
    await scope.commit({
      action: 'test.time.passed',
      update: [{ record: account, data: { ...account.data, eraseAt: timestamp(new Date(0)) } }],
    });
  }

  async function itemsOf(tenant: string): Promise<readonly unknown[]> {
    return operators.product.stores.records.queryAcross({
      text: 'SELECT c.id FROM c WHERE c.tenantId = @tenant',
      parameters: { tenant },
    });
  }
});
