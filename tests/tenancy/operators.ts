import type { Composition } from '../../functions/compose.ts';
import { type Answer, type Client, openClient } from '../../scripts/demo/client.ts';
import { expectStatus, until } from '../../scripts/demo/expect.ts';
import { openProduct } from '../../scripts/provision.ts';
import { derivedKey, joinId, type Role } from '../../shared/kernel/index.ts';
import { userKind } from '../../shared/platform/identity/index.ts';
import { PLATFORM, PLATFORM_SLUG } from '../../shared/platform/tenancy/index.ts';
import { testStack } from '../stack.ts';
import { trustStack } from '../trust.ts';

/** The operators' door of this run's stack, for one test file. */
export type Operators = {
  readonly product: Composition;
  readonly operator: Client;
  readonly auditor: Client;
  /** A client of the tenant's host, by its slug. */
  at(slug: string): Client;
  /** A token of a tenant for somebody with these roles. */
  token(tenant: string, roles: readonly string[]): Promise<string>;
  /** A plan of this file alone, with what is given; tells its code. */
  plan(parts?: object): Promise<string>;
  /** Orders a tenant and waits until its job has ended; tells the tenant's id and the job. */
  order(body: object): Promise<{ readonly id: string; readonly job: Answer['body'] }>;
};

export async function openOperators(): Promise<Operators> {
  const { settings, urls } = testStack();
  trustStack(settings);
  Object.assign(process.env, settings);
  const product = openProduct({ ...settings, MESSAGING_DIRECT_SEND: 'false' });
  await product.signingKey.ensure();
  const { platform } = product;
  const port = new URL(urls['api'] ?? '').port;
  const at = (slug: string): Client => openClient(`http://${slug}.localhost:${port}`);
  const token = (tenant: string, held: readonly string[]): Promise<string> =>
    platform.identity.issue(
      {
        user: joinId(userKind.prefix, undefined, derivedKey(tenant, ...held)),
        tenant,
        name: 'A tester',
        roles: held,
        authTime: Math.floor(Date.now() / 1000),
        methods: ['pwd'],
      },
      3600,
    );
  const own = async (role: Role): Promise<Client> => at(PLATFORM_SLUG).as(await token(PLATFORM, [role]));
  const operator = await own('operator');
  const ended = async (location: string): Promise<Answer['body']> => {
    const answer = await until(
      () => operator.get(location),
      ({ body }) => body?.state === 'succeeded' || body?.state === 'failed',
      60_000,
      'the job has ended',
      1000,
    );
    return answer.body;
  };
  return {
    product,
    operator,
    auditor: await own('operator-auditor'),
    at,
    token,
    plan: async (parts = {}) => {
      const code = `p-${platform.newKey()}`;
      const body = { ...PLAN, code, ...parts };
      expectStatus(await operator.post('/api/v1/plans', body), 201, 'a plan');
      return code;
    },
    order: async body => {
      const answer = await operator.post('/api/v1/tenants', body);
      expectStatus(answer, 202, 'an order');
      return { id: answer.body.tenantId, job: await ended(answer.headers['location'] ?? '') };
    },
  };
}

const PLAN = {
  name: 'A plan of a test',
  price: { amount: '1.00', currency: 'EUR' },
  cycle: 'month',
  trialDays: 0,
  limits: {},
  quotas: {},
  features: ['calibration'],
  active: true,
};

/** The order of a tenant. */
export function orderOf(slug: string, plan: string): Readonly<Record<string, unknown>> {
  return {
    name: `Laboratory ${slug}`,
    slug,
    plan,
    region: 'local',
    locale: 'en-GB',
    currency: 'GBP',
    timeZone: 'Europe/London',
    administrator: { email: `owner@${slug}.example`, name: 'First Owner' },
  };
}
