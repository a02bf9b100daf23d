import type { ChangeEvent } from '../records/index.ts';

/** What happened to somebody's login. Stands in the user's own scope, where audit search finds it by its action. */
export type SecurityEvent =
  | 'login_succeeded'
  | 'login_failed'
  | 'login_locked'
  | 'signing_failed'
  | 'refresh_reused'
  | 'sessions_ended';

/** A commit's action; logins that come and go are told to nobody else. */
export function securityAction(event: SecurityEvent): {
  readonly action: string;
  readonly events: readonly ChangeEvent[];
} {
  return { action: `platform.security.${event}`, events: [] };
}
