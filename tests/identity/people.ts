import { type Answer, type Client, openClient } from '../../scripts/demo/client.ts';
import { type OwnTenant, openOwnTenants, PASSPHRASE } from '../isolation/own-tenants.ts';

export { PASSPHRASE };

/** A revocation is felt within a minute; this is how long a test waits for it. */
export const A_MINUTE = 60_000;

/** A tenant for one test file. */
export async function ownTenant(): Promise<OwnTenant> {
  const [tenant] = await openOwnTenants(1);
  if (tenant === undefined) throw new Error('a tenant was asked for');
  return tenant;
}

/** Logs in at the tenant's host; the tokens are in the body. */
export function logInTo(
  tenant: OwnTenant,
  email = tenant.email,
  password = PASSPHRASE,
  more: object = {},
): Promise<Answer> {
  return tenant.anonymous.post('/api/v1/auth/login', { email, password, ...more });
}

export function refreshAt(tenant: OwnTenant, refreshToken: string): Promise<Answer> {
  return tenant.anonymous.post('/api/v1/auth/refresh', { refreshToken });
}

/** A client with the access token of an answer. */
export function bearing(tenant: OwnTenant, answer: Answer): Client {
  return openClient(tenant.origin, answer.body.accessToken);
}

/** Status and code, for short assertions. */
export function verdict({ status, body }: Answer): readonly [number, string | undefined] {
  return [status, body?.code];
}
