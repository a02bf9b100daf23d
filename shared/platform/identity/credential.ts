import * as z from 'zod';
import { defineState } from '../records/index.ts';

/** A token that was sent by e-mail; only its hash stands here. */
const SentToken = z.strictObject({ hash: z.string(), expiresAt: z.string() });

/** How a person proves who they are, and how often somebody failed to. Stands in the scope named by the user's id. */
export const Credential = z.strictObject({
  /** PHC string of argon2id; null until a password is chosen. */
  passwordHash: z.string().nullable(),
  passwordSetAt: z.string().nullable(),
  /** Failures in a row since the last success; forgotten after a day. */
  failures: z.number().int(),
  failedAt: z.string().nullable(),
  lockedUntil: z.string().nullable(),
  /** The enrolled authenticator: its secret, sealed, and the last time step that was accepted. */
  totp: z.strictObject({ secret: z.string(), lastStep: z.number().int(), since: z.string() }).nullable(),
  /** An authenticator that was shown and not confirmed yet. */
  enrolling: z.strictObject({ secret: z.string(), expiresAt: z.string() }).nullable(),
  /** SHA-256 of each recovery code that was not used. */
  recoveryCodes: z.array(z.string()),
  invitation: SentToken.nullable(),
  reset: SentToken.nullable(),
  /** When mails to reset the password were asked for; the last few. */
  resetsAsked: z.array(z.string()),
});
export type Credential = z.infer<typeof Credential>;

export const credentialKind = defineState<Credential>({ name: 'platform.credential', schema: Credential });
export const CREDENTIAL_ID = 'credential';

export const blankCredential: Credential = {
  passwordHash: null,
  passwordSetAt: null,
  failures: 0,
  failedAt: null,
  lockedUntil: null,
  totp: null,
  enrolling: null,
  recoveryCodes: [],
  invitation: null,
  reset: null,
  resetsAsked: [],
};
