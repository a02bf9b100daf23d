import { type Authenticator, authenticatorOf } from '../../scripts/demo/authenticator.ts';
import type { Answer, Client } from '../../scripts/demo/client.ts';
import type { OwnTenant } from '../isolation/own-tenants.ts';
import { logInTo } from './people.ts';

export type { Authenticator };

/** Enrols a second factor for whoever holds the client. */
export async function enrol(
  client: Client,
): Promise<{ authenticator: Authenticator; recoveryCodes: readonly string[]; qrSvg: string }> {
  const shown = await client.post('/api/v1/me/second-factor');
  if (shown.status !== 200) throw new Error(`enrolment was answered ${shown.status} ${shown.body?.code}`);
  const authenticator = authenticatorOf(shown.body.uri);
  const confirmed = await client.post('/api/v1/me/second-factor/confirmation', {
    code: authenticator.next(),
  });
  if (confirmed.status !== 200) throw new Error(`confirmation was answered ${confirmed.status}`);
  return { authenticator, recoveryCodes: confirmed.body.recoveryCodes, qrSvg: shown.body.qrSvg };
}

/** The second step of a login, with a code or a recovery code. */
export async function secondStep(tenant: OwnTenant, evidence: object, challenge?: string): Promise<Answer> {
  const token = challenge ?? (await logInTo(tenant)).body.challenge;
  return tenant.anonymous.post('/api/v1/auth/login/second-factor', { challenge: token, ...evidence });
}
