import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import { type Client, openClient } from '../../scripts/demo/client.ts';
import { until } from '../../scripts/demo/expect.ts';
import { answer, endpointRouter } from '../../shared/platform/http/index.ts';
import { type Maintenance, noMaintenance } from '../../shared/platform/tenancy/index.ts';
import { allRoles, type OwnTenant, openOwnTenants } from '../isolation/own-tenants.ts';
import { openTestProduct } from '../product.ts';
import { testStack } from '../stack.ts';
import { type Operators, openOperators } from './operators.ts';

const PATIENCE = 60_000;
const customer = { name: 'Somebody', address: ['1 Street'], contacts: [] };

describe('maintenance', () => {
  let operators: Operators;
  let own: OwnTenant;
  let other: OwnTenant;

  before(async () => {
    operators = await openOperators();
    const [first, second] = await openOwnTenants(2);
    assert.ok(first !== undefined && second !== undefined);
    [own, other] = [first, second];
  });

  const put = async (client: Client, path: string, body: Maintenance, etagOf = path) => {
    const { headers } = await client.get(etagOf);
    return client.call('PUT', path, { body, headers: { 'if-match': headers['etag'] ?? '' } });
  };

  /** Says it of one tenant and waits until that is felt. */
  async function maintain(maintenance: Maintenance): Promise<void> {
    const path = `/api/v1/tenants/${own.tenant.id}`;
    const said = await put(operators.operator, `${path}/maintenance`, maintenance, path);
    assert.equal(said.status, 200, JSON.stringify(said.body));
    await until(
      () => own.anonymous.get('/api/v1/tenant-info'),
      ({ body }) => (body.maintenance?.mode ?? 'off') === maintenance.mode,
      PATIENCE,
      `${maintenance.mode} is felt`,
    );
  }

  test('of one tenant lets it read and log in, refuses changes with when to come again, and is nobody else’s', async () => {
    const until = new Date(Date.now() + 600_000).toISOString();
    await maintain({ mode: 'read_only', until, message: 'Moving to a larger house.' });
    assert.equal((await own.owner.get('/api/v1/srfs')).status, 200);
    const login = { email: 'nobody@nowhere.example', password: 'wrong words' };
    assert.equal((await own.anonymous.post('/api/v1/auth/login', login)).body.code, 'platform.login_refused');
    const refused = await own.owner.post('/api/v1/customers', customer);
    assert.deepEqual([refused.status, refused.body.code], [503, 'platform.maintenance']);
    assert.match(refused.body.detail, /Moving to a larger house/);
    assert.equal(refused.body.retryable, true);
    const seconds = Number(refused.headers['retry-after']);
    assert.ok(seconds > 30 && seconds <= 600, `come again in ${seconds} s`);
    assert.equal((await other.owner.post('/api/v1/customers', customer)).status, 201);
    await maintain(noMaintenance);
    assert.equal((await own.owner.post('/api/v1/customers', customer)).status, 201);
  });

  test('that closes leaves what a waiting page needs', async () => {
    await maintain({ mode: 'closed', until: null, message: null });
    assert.equal((await own.owner.get('/api/v1/srfs')).body.code, 'platform.maintenance');
    assert.equal((await own.anonymous.post('/api/v1/auth/login', {})).status, 503);
    assert.equal((await own.anonymous.get('/api/v1/tenant-info')).status, 200);
    await maintain(noMaintenance);
    assert.equal((await own.owner.get('/api/v1/srfs')).status, 200);
  });

  /** One more instance of the api, which alone hears of work on the whole platform. */
  function instanceIn(maintenance: Maintenance) {
    const { app, platform } = openTestProduct();
    const { permissions, personal, wordings, fieldWordings, kinds } = app;
    const tools = {
      platform: { ...platform, maintenance: { ...platform.maintenance, current: async () => maintenance } },
      router: endpointRouter(app.endpoints),
      ...{ permissions, personal, wordings, fieldWordings, kinds, limiter: platform.limiter },
      limitFactor: 10_000,
      log: () => undefined,
      diagnosticHeaders: false,
    };
    return async (method: string, slug: string, path: string, token?: string): Promise<number> => {
      const headers: Readonly<Record<string, string | undefined>> = {
        authorization: token === undefined ? undefined : `Bearer ${token}`,
        'content-type': 'application/json',
      };
      const reply = await answer(tools, {
        method,
        url: new URL(path, 'http://x.localhost'),
        host: `${slug}.localhost`,
        address: '127.0.0.1',
        header: name => headers[name],
        bytes: async () => Buffer.from(JSON.stringify(customer)),
      });
      return reply.status;
    };
  }

  test('of the whole platform is every tenant’s and not the operators’', async () => {
    const token = await own.token(allRoles);
    const operator = await operators.token('ten_platform', ['operator']);
    const { slug } = own.tenant;
    const reading = instanceIn({ mode: 'read_only', until: null, message: null });
    assert.equal(await reading('GET', slug, '/api/v1/srfs', token), 200);
    assert.equal(await reading('POST', slug, '/api/v1/customers', token), 503);
    const closed = instanceIn({ mode: 'closed', until: null, message: null });
    assert.equal(await closed('GET', slug, '/api/v1/srfs', token), 503);
    assert.equal(await closed('GET', slug, '/api/v1/tenant-info'), 200);
    assert.equal(await closed('GET', 'platform', '/api/v1/maintenance', operator), 200);
    assert.equal(await closed('GET', slug, '/api/health/live'), 200);
  });

  test('is begun by operators, who have read what stands; auditors look on', async () => {
    const said = await put(operators.operator, '/api/v1/maintenance', { ...noMaintenance, message: 'Soon.' });
    assert.equal(said.status, 200, JSON.stringify(said.body));
    const stale = { body: noMaintenance, headers: { 'if-match': '"99"' } };
    assert.equal((await operators.operator.call('PUT', '/api/v1/maintenance', stale)).status, 412);
    assert.equal((await operators.auditor.get('/api/v1/maintenance')).body.message, 'Soon.');
    assert.equal((await put(operators.auditor, '/api/v1/maintenance', noMaintenance)).status, 403);
  });

  test('and health are told to anybody, without names of what is inside', async () => {
    const anybody = openClient(testStack().urls['api'] ?? '');
    const status = await anybody.get('/api/status');
    assert.deepEqual([status.status, status.body], [200, { status: 'operational', maintenance: null }]);
    const ready = await anybody.get('/api/health/ready');
    assert.equal(ready.body.status, 'ready');
    assert.doesNotMatch(ready.bytes.toString(), /localhost|https?:|\d+\.\d+\.\d+\./);
    assert.ok([status, ready].every(({ headers }) => /\S/.test(headers['x-request-id'] ?? '')));
  });
});
