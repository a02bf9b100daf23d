import { defineFaults } from '../../kernel/index.ts';

/** How logins, sessions and credentials say no. */
export const accountFault = defineFaults({
  'platform.login_refused': { status: 401, retry: 'never' },
  'platform.login_locked': { status: 429, retry: 'later' },
  'platform.signature_incomplete': { status: 422, retry: 'never' },
  'platform.signature_refused': { status: 403, retry: 'never' },
  'platform.signature_by_person': { status: 403, retry: 'never' },
  'platform.role_privileged': { status: 403, retry: 'never' },
  'platform.user_own': { status: 409, retry: 'never' },
  'platform.owner_last': { status: 409, retry: 'never' },
  'platform.user_not_invited': { status: 409, retry: 'never' },
  'platform.permission_beyond': { status: 422, retry: 'never' },
  'platform.api_key_revoked': { status: 409, retry: 'never' },
  'platform.role_unfit': { status: 422, retry: 'never' },
  'platform.user_not_active': { status: 409, retry: 'never' },
  'platform.client_without_secret': { status: 409, retry: 'never' },
  'platform.challenge_invalid': { status: 401, retry: 'never' },
  /** What was shown by somebody who is logged in does not hold. */
  'platform.proof_refused': { status: 422, retry: 'never' },
  'platform.link_invalid': { status: 422, retry: 'never' },
  'platform.password_short': { status: 422, retry: 'never' },
  'platform.password_long': { status: 422, retry: 'never' },
  'platform.password_digits': { status: 422, retry: 'never' },
  'platform.password_common': { status: 422, retry: 'never' },
  'platform.password_personal': { status: 422, retry: 'never' },
  'platform.second_factor_needed': { status: 422, retry: 'never' },
  'platform.mfa_enrolled': { status: 409, retry: 'never' },
  'platform.mfa_missing': { status: 409, retry: 'never' },
  'platform.mfa_required': { status: 409, retry: 'never' },
  'platform.refresh_invalid': { status: 401, retry: 'never' },
  'platform.refresh_reused': { status: 401, retry: 'never' },
});
