import { operatorAuthenticator, operatorPerson, passphrase } from '../demo-data/people.ts';
import { authenticatorWith } from './authenticator.ts';
import { type Client, openClient } from './client.ts';
import { expect, expectStatus, until } from './expect.ts';

/** What the second act plays on: the platform's own host, and the page of the local mail server. */
export type Stage = { readonly origin: string; readonly mailUrl: string };

/** The address of another host of the same stack: `platform`, or a tenant's slug. */
export function hostOf({ origin }: Stage, slug: string): string {
  const url = new URL(origin);
  url.hostname = url.hostname.replace(/^[^.]+/, slug);
  return url.origin;
}

/** The operator, logged in by password and authenticator: the platform opens to nobody without a second factor. */
export async function logInOperator(stage: Stage): Promise<Client> {
  const client = openClient(hostOf(stage, 'platform'));
  const authenticator = authenticatorWith(operatorAuthenticator);
  const codes = [authenticator.present(), authenticator.next(), authenticator.next(), authenticator.next()];
  const { email } = operatorPerson;
  // A code is good once; a demonstration that ran a moment ago may have used one.
  for (const code of new Set(codes)) {
    const first = await client.post('/api/v1/auth/login', { email, password: passphrase });
    const { challenge } = expectStatus(first, 200, 'the operator’s password');
    const second = await client.post('/api/v1/auth/login/second-factor', { challenge, code });
    if (second.status === 200) return client.as(second.body.accessToken);
  }
  throw new Error(
    'the operator’s codes of this half minute were used; run the demonstration again in a minute',
  );
}

/** Orders a tenant and waits until it is made; tells its id. */
export async function orderTenant(operator: Client, slug: string, administrator: object): Promise<string> {
  // What strangers would begin with is what this deployment is called.
  const policy = await operator.get('/api/v1/signup-policy');
  const { region } = expectStatus(policy, 200, 'the policy');
  const order = {
    ...{ name: 'Westgate Calibration', slug, plan: 'demonstration', region, administrator },
    ...{ locale: 'en-GB', currency: 'GBP', timeZone: 'Europe/London' },
  };
  const answer = await operator.post('/api/v1/tenants', order);
  const { tenantId } = expectStatus(answer, 202, 'the order');
  const job = await until(
    () => operator.get(answer.headers['location'] ?? ''),
    ({ body }) => body?.state === 'succeeded' || body?.state === 'failed',
    60_000,
    'the tenant is made',
  );
  expect(job.body.state === 'succeeded', `provisioning succeeds, not ${job.body.problem?.code}`);
  return tenantId;
}

/** Moves a tenant in its life: `suspend`, `reactivate`. */
export async function moveTenant(operator: Client, id: string, move: string): Promise<void> {
  const path = `/api/v1/tenants/${id}`;
  const { headers } = await operator.get(path);
  const ifMatch = { 'if-match': headers['etag'] ?? '' };
  const answer = await operator.post(`${path}/${move}`, { reason: 'A demonstration.' }, ifMatch);
  expectStatus(answer, 200, move);
}
