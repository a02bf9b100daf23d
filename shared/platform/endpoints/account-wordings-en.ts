/** What logins, sessions and credentials say no with, in English. */
export const accountsEn = {
  'platform.token_revoked': [
    'Logged out',
    'The session of this access token has ended, or its user was changed; log in or refresh.',
  ],
  'platform.enrolment_needed': [
    'Second factor needed',
    'Everybody here needs a second factor; enrol one at /api/v1/me/second-factor, or show a code of yours at /api/v1/auth/step-up, and everything opens.',
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
  'platform.signature_incomplete': [
    'Proof needed',
    'Signing needs proof of who you are; send along: {needs}.',
  ],
  'platform.signature_refused': ['Signature refused', 'This does not prove who you are; nothing was signed.'],
  'platform.signature_by_person': ['Persons sign', 'Only a person who is logged in can sign, not by {via}.'],
  'platform.refresh_invalid': [
    'Log in again',
    'The refresh token is not one of ours, or its session has ended.',
  ],
  'platform.refresh_reused': [
    'Log in again',
    'The refresh token was used before, so its session was ended. A refresh token is good for one use.',
  ],
  'platform.user_own': ['Your own access', 'Nobody changes their own roles or status; ask somebody else.'],
  'platform.owner_last': [
    'Last owner',
    'The tenant needs an owner who can log in; make somebody else one first.',
  ],
  'platform.email_unchanged': ['Your address already', 'This is the address that you have.'],
  'platform.email_of_issuer': [
    'Address of your issuer',
    'You log in at an issuer, who says what your address is; have it changed there.',
  ],
  'platform.user_not_invited': ['Not invited', 'This person has chosen a password, or may not log in.'],
  'platform.challenge_invalid': [
    'Log in again',
    'The first step of this login is too long ago or is not ours; begin again.',
  ],
  'platform.proof_refused': ['Not proven', 'The password or the code is not right.'],
  'platform.second_factor_needed': [
    'Second factor needed',
    'Whoever has a second factor proves who they are with it.',
  ],
  'platform.link_invalid': [
    'Link no longer good',
    'The link has expired, was used, or was replaced by a newer one.',
  ],
  'platform.password_short': [
    'Password too short',
    'A password has at least {least} characters; with a second factor twelve are enough.',
  ],
  'platform.password_long': ['Password too long', 'A password has at most {most} characters.'],
  'platform.password_digits': ['Password of digits', 'A password of digits alone is guessed too easily.'],
  'platform.password_common': [
    'Common password',
    'This password, or what it is made of, is among those that are tried first.',
  ],
  'platform.password_personal': [
    'Password too near',
    'A password must not lean on your name, your address or the name of the tenant.',
  ],
  'platform.mfa_enrolled': ['Already there', 'There is a second factor; take it away first.'],
  'platform.mfa_missing': ['No second factor', 'There is no second factor, or its enrolment has expired.'],
  'platform.mfa_required': ['Second factor required', 'The tenant wants everybody to have a second factor.'],
  'platform.mail_unavailable': ['Temporarily unavailable', 'Mail cannot be sent now; try again.'],
  'platform.mail_refused': ['Mail refused', 'The mail provider does not take mail for this address.'],
  'platform.permission_beyond': [
    'Beyond your own',
    'You cannot give what you do not hold, nor what is a person’s own: {permissions}.',
  ],
  'platform.api_key_revoked': ['Revoked', 'This key was revoked for good; declare another one.'],
  'platform.role_unknown': ['Unknown role', 'This tenant has no such roles: {roles}.'],
  'platform.role_limit': ['Too many roles', 'A tenant has at most {most, number} roles of its own.'],
  'platform.permission_unknown': ['Unknown permission', 'Roles cannot be made of {permissions}.'],
  'platform.branch_missing': ['Branch needed', 'You work in several branches; say which one it is for.'],
  'platform.branch_unknown': ['Unknown branch', 'There are no such active branches: {branches}.'],
  'platform.branches_unfit': ['No limit for owners', 'An owner is not limited to branches.'],
  'platform.branches_beyond': [
    'Beyond your branches',
    'You are limited to branches, and change only people who are limited to these.',
  ],
  'platform.grant_unfit': [
    'Not about the record',
    'These permissions are not about such records: {permissions}.',
  ],
  'platform.grant_limit': ['Shared too often', 'A record is shared at most {most, number} times.'],
  'platform.grants_held': [
    'Too much is shared',
    '{holder} holds {most, number} records already; give them a role, or end what is no longer needed.',
  ],
  'platform.grantee_unknown': ['Nobody to share with', 'There is no active person and no role “{holder}”.'],
  'platform.role_unfit': ['Role does not fit', 'These roles are not for this directory: {roles}.'],
  'platform.user_erased': [
    'Erased',
    'This person was erased at their wish; invite them anew if they come back.',
  ],
  'platform.user_not_active': ['Not active', 'This person may not log in, so nobody can be in their place.'],
  'platform.client_without_secret': ['No secret', 'This program is public or has ended; it keeps no secret.'],
  'platform.oauth.invalid_client': [
    'Unknown program',
    'The program is not known, has ended, or did not prove who it is.',
  ],
  'platform.oauth.invalid_grant': [
    'Grant no longer good',
    'The code or token was used, has expired, or was given for something else.',
  ],
  'platform.oauth.unauthorized_client': [
    'Not for this program',
    'The program may not ask for tokens in this way.',
  ],
  'platform.oauth.unsupported_grant_type': [
    'Unknown grant',
    'Only client_credentials, authorization_code and refresh_token are known.',
  ],
  'platform.oauth.invalid_scope': [
    'Beyond the program',
    'The program asks for more than it was declared for.',
  ],
  'platform.issuer_unreachable': [
    'Issuer not found',
    'The issuer does not answer as OpenID Connect issuers do, or says that it is another one.',
  ],
  'platform.federation_refused': [
    'Login refused',
    'The issuer did not confirm this login, or is not trusted here at present.',
  ],
  'platform.federation_unknown_person': [
    'Not known here',
    'The issuer knows you, but you have no login here.',
  ],
  'platform.secret_of_another': [
    'Somebody else’s secret',
    'Only who declared it ({maker}) is given its secret. Revoke it and declare one of your own.',
  ],
  'platform.federation_email_unverified': [
    'Address not verified',
    'The issuer does not say that your e-mail address is verified, so it opens no login here.',
  ],
  'platform.federation_state_invalid': [
    'Log in again',
    'This login did not begin in this browser, or too long ago.',
  ],
} as const satisfies Readonly<Record<string, readonly [string, string]>>;
