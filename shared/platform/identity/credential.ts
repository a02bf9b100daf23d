import * as z from 'zod';
import { defineState } from '../records/index.ts';

/** A token that was sent by e-mail, of which only the hash stands here, and the claim of the address that it went to. */
const SentToken = z.strictObject({ hash: z.string(), expiresAt: z.string(), to: z.string().optional() });

const Count = z.strictObject({
  /** Failures in a row since the last success; forgotten after a day. */
  failures: z.number().int(),
  failedAt: z.string().nullable(),
  lockedUntil: z.string().nullable(),
});
export type FailureCount = z.infer<typeof Count>;

/**
 * How a person proves who they are, and how often somebody failed to. Stands in the scope named by the user's id. What an
 * earlier version kept and this one does not is left behind at the next write.
 */
export const Credential = z.object({
  /** PHC string of argon2id; null until a password is chosen. */
  passwordHash: z.string().nullable(),
  passwordSetAt: z.string().nullable(),
  /** At the door, where anybody can fail. */
  logins: Count,
  /** In sessions that are open, where strangers cannot: what they do at the door keeps nobody from signing. */
  proofs: Count,
  /** The enrolled authenticator: its secret, sealed, and the last time step that was accepted. */
  totp: z.strictObject({ secret: z.string(), lastStep: z.number().int(), since: z.string() }).nullable(),
  /** An authenticator that was shown and not confirmed yet. */
  enrolling: z.strictObject({ secret: z.string(), expiresAt: z.string() }).nullable(),
  /** SHA-256 of each recovery code that was not used. */
  recoveryCodes: z.array(z.string()),
  invitation: SentToken.nullable(),
  /** Every link that is still good: whoever asks for another one voids none. */
  resets: z.array(SentToken),
  /** When mails to reset the password were sent; the last few. */
  resetsAsked: z.array(z.string()),
});
export type Credential = z.infer<typeof Credential>;

export const credentialKind = defineState<Credential>({ name: 'platform.credential', schema: Credential });
export const CREDENTIAL_ID = 'credential';

/** The count after a success, or after the password was reset. */
export const noFailures: FailureCount = { failures: 0, failedAt: null, lockedUntil: null };

export const blankCredential: Credential = {
  passwordHash: null,
  passwordSetAt: null,
  logins: noFailures,
  proofs: noFailures,
  totp: null,
  enrolling: null,
  recoveryCodes: [],
  invitation: null,
  resets: [],
  resetsAsked: [],
};
