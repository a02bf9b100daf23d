import type { ChangeEvent } from '../records/index.ts';

/** What happened to somebody's login. Stands in the user's own scope, where audit search finds it by its action. */
export type SecurityEvent =
  | 'login_succeeded'
  | 'login_challenged'
  | 'login_failed'
  | 'login_locked'
  | 'signing_failed'
  | 'signing_proved'
  | 'proof_renewed'
  | 'refresh_reused'
  | 'code_reused'
  | 'sessions_ended'
  | 'password_set'
  | 'password_reset_asked'
  | 'email_change_asked'
  | 'mfa_enrolling'
  | 'mfa_enrolled'
  | 'mfa_removed'
  | 'recovery_codes_made';

/** A commit's action; logins that come and go are told to nobody else. */
export function securityAction(event: SecurityEvent): {
  readonly action: string;
  readonly events: readonly ChangeEvent[];
} {
  return { action: `platform.security.${event}`, events: [] };
}
