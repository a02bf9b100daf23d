import { defineFaults } from '../../kernel/index.ts';

/** How logins, sessions and credentials say no. */
export const accountFault = defineFaults({
  'platform.login_refused': { status: 401, retry: 'never' },
  'platform.login_locked': { status: 429, retry: 'later' },
  'platform.signature_incomplete': { status: 422, retry: 'never' },
  'platform.signature_refused': { status: 403, retry: 'never' },
  'platform.signature_by_person': { status: 403, retry: 'never' },
  'platform.refresh_invalid': { status: 401, retry: 'never' },
  'platform.refresh_reused': { status: 401, retry: 'never' },
});
