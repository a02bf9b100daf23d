import type { Answer, Client } from '../../scripts/demo/client.ts';
import { stepOf, totpCode } from '../../shared/platform/identity/totp.ts';
import type { OwnTenant } from '../isolation/own-tenants.ts';
import { logInTo } from './people.ts';

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';

/** Somebody's authenticator, as it stands after reading the QR code. */
export type Authenticator = {
  /** A code that was not given before: of this step, or of the next one, which is accepted too. */
  next(): string;
  /** The code of the present step. */
  present(): string;
};

export function authenticatorOf(uri: string): Authenticator {
  const secret = bytesOf(new URL(uri).searchParams.get('secret') ?? '');
  let given = 0;
  return {
    present: () => totpCode(secret, stepOf(new Date())),
    next: () => {
      given = Math.max(given + 1, stepOf(new Date()) - 1);
      return totpCode(secret, given);
    },
  };
}

function bytesOf(base32: string): Buffer {
  const bits = [...base32].map(letter => ALPHABET.indexOf(letter).toString(2).padStart(5, '0')).join('');
  return Buffer.from((bits.match(/.{8}/g) ?? []).map(byte => Number.parseInt(byte, 2)));
}

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
