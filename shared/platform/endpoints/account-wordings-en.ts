/** What logins, sessions and credentials say no with, in English. */
export const accountsEn = {
  'platform.token_revoked': [
    'Logged out',
    'The session of this access token has ended, or its user was changed; log in or refresh.',
  ],
  'platform.csrf_invalid': [
    'CSRF token needed',
    'A request that a cookie carries must repeat the session’s CSRF token as “X-CSRF-Token”.',
  ],
  'platform.step_up_required': [
    'Fresh login needed',
    'Prove who you are once more; the last proof may be {maxAgeSeconds} seconds old at most.',
  ],
  'platform.login_locked': [
    'Too many failures',
    'Nobody can log in with this address for {retryAfterSeconds} seconds. Resetting the password ends it.',
  ],
  'platform.signature_incomplete': ['Password needed', 'Signing needs your password; send it along.'],
  'platform.signature_refused': ['Signature refused', 'This is not your password; nothing was signed.'],
  'platform.signature_by_person': ['Persons sign', 'Only a person who is logged in can sign, not by {via}.'],
  'platform.refresh_invalid': [
    'Log in again',
    'The refresh token is not one of ours, or its session has ended.',
  ],
  'platform.refresh_reused': [
    'Log in again',
    'The refresh token was used before, so its session was ended. A refresh token is good for one use.',
  ],
} as const satisfies Readonly<Record<string, readonly [string, string]>>;
