import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import type { Answer, Client } from '../../scripts/demo/client.ts';
import { until } from '../../scripts/demo/expect.ts';
import { openOwnTenants } from '../isolation/own-tenants.ts';
import { type Operators, openOperators, orderOf } from './operators.ts';

const PATIENCE = 60_000;
const SUSPENDED = '403 platform.tenant_suspended';
const UNKNOWN = '404 platform.tenant_unknown';

type Parts = { readonly owner: Client; readonly technician: Client; readonly stranger: Client };
type Request = (parts: Parts) => Promise<Answer>;

const customer = { name: 'Somebody', address: ['1 Street'], contacts: [] };
const requests = {
  'what a login page needs': ({ stranger }) => stranger.get('/api/v1/tenant-info'),
  'a login': ({ stranger }) =>
    // Another nobody each time: so many wrong words lock an address.
    stranger.post('/api/v1/auth/login', {
      email: `${crypto.randomUUID()}@nowhere.example`,
      password: 'wrong words',
    }),
  'verification by a stranger': ({ stranger }) =>
    stranger.get('/api/v1/public/certificates/NONE?code=7k3f-92mq-h4xw-0dzp'),
  'a read of an administrator': ({ owner }) => owner.get('/api/v1/users'),
  'an export of an administrator': ({ owner }) => owner.get('/api/v1/audit/export'),
  'a write of an administrator': ({ owner }) => owner.post('/api/v1/customers', customer),
  'a read of anybody else': ({ technician }) => technician.get('/api/v1/srfs'),
  'a write of anybody else': ({ technician }) => technician.post('/api/v1/srfs', {}),
} as const satisfies Readonly<Record<string, Request>>;
type Name = keyof typeof requests;

/** What is answered in each state: a status, with the code of its problem if it is one. */
const served: Readonly<Record<Name, string>> = {
  'what a login page needs': '200',
  'a login': '401 platform.login_refused',
  'verification by a stranger': '404 platform.not_found',
  'a read of an administrator': '200',
  'an export of an administrator': '200',
  'a write of an administrator': '201',
  'a read of anybody else': '200',
  'a write of anybody else': '400 platform.input_invalid',
};
const closed: Readonly<Record<Name, string>> = {
  ...served,
  'a write of an administrator': SUSPENDED,
  'a read of anybody else': SUSPENDED,
  'a write of anybody else': SUSPENDED,
};
const nowhere = Object.fromEntries(Object.keys(requests).map(name => [name, UNKNOWN])) as typeof served;

describe('a tenant', () => {
  let operators: Operators;
  let parts: Parts;
  let id: string;
  let slug: string;
  const begun = Date.now();

  before(async () => {
    operators = await openOperators();
    slug = `q${operators.product.platform.newKey().slice(-16)}`;
    const ordered = await operators.order(orderOf(slug, await operators.plan({ trialDays: 30 })));
    id = ordered.id;
    const stranger = operators.at(slug);
    const as = async (role: string) => stranger.as(await operators.token(id, [role]));
    parts = { owner: await as('tenant-owner'), technician: await as('technician'), stranger };
  });

  async function move(action: string): Promise<void> {
    const path = `/api/v1/tenants/${id}`;
    const { headers } = await operators.operator.get(path);
    const answer = await operators.operator.post(
      `${path}/${action}`,
      { reason: 'A test.' },
      { 'if-match': headers['etag'] ?? '' },
    );
    assert.equal(answer.status, 200, JSON.stringify(answer.body));
  }

  async function subscribe(subscription: string): Promise<void> {
    const path = `/api/v1/tenants/${id}`;
    const { headers } = await operators.operator.get(path);
    const answer = await operators.operator.patch(
      path,
      { subscription },
      { 'if-match': headers['etag'] ?? '' },
    );
    assert.equal(answer.status, 200, JSON.stringify(answer.body));
  }

  const said = ({ status, body }: Answer): string =>
    status < 400 ? String(status) : `${status} ${body?.code}`;

  /** Waits until strangers are told of the state, then holds every request against the table. */
  async function assertAnswers(state: string | undefined, expected: typeof served): Promise<void> {
    await until(
      async () => {
        const info = await parts.stranger.get('/api/v1/tenant-info');
        return [info.body?.status, said(await requests['a read of anybody else'](parts))];
      },
      seen => seen[0] === (state ?? 404) && seen[1] === expected['a read of anybody else'],
      PATIENCE,
      `the state ${state} is felt`,
    );
    const names = Object.keys(requests) as Name[];
    const answers = await Promise.all(
      names.map(async name => [name, said(await requests[name](parts))] as const),
    );
    assert.deepEqual(Object.fromEntries(answers), expected);
  }

  test('on trial is served whole', async () => {
    await assertAnswers('active', served);
    const { subscription, status } = (await operators.operator.get(`/api/v1/tenants/${id}`)).body;
    assert.deepEqual([status, subscription.state], ['active', 'trial']);
  });

  test('whose subscription is cancelled keeps what is theirs in sight, and is served again when it is paid', async () => {
    await subscribe('cancelled');
    await assertAnswers('suspended', closed);
    await subscribe('past_due');
    await assertAnswers('active', served);
    await subscribe('active');
    const { status, subscription } = (await operators.operator.get(`/api/v1/tenants/${id}`)).body;
    assert.deepEqual([status, subscription.state], ['active', 'active']);
    assert.ok(Date.parse(subscription.since) > begun);
  });

  test('suspended shows administrators what is theirs, strangers what they verify, and nobody else anything', async () => {
    await move('suspend');
    await assertAnswers('suspended', closed);
  });

  test('that is to be erased answers as a suspended one, until its grace is over', async () => {
    await move('schedule-deletion');
    await assertAnswers('pending_deletion', closed);
  });

  test('kept after all is suspended first, then served as before', async () => {
    await move('cancel-deletion');
    await assertAnswers('suspended', closed);
    await move('reactivate');
    await assertAnswers('active', served);
  });

  test('that is not there yet is nobody’s', async () => {
    const [young] = await openOwnTenants(1, 'provisioning');
    assert.ok(young !== undefined);
    const as = async (role: string) => young.anonymous.as(await young.token([role]));
    parts = {
      owner: await as('tenant-owner'),
      technician: await as('technician'),
      stranger: young.anonymous,
    };
    await assertAnswers(undefined, nowhere);
  });
});
