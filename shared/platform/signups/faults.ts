import { defineFaults } from '../../kernel/index.ts';

/** How self-signup says no. */
export const signupFault = defineFaults({
  'platform.signup_closed': { status: 403, retry: 'never' },
  'platform.signups_over': { status: 429, retry: 'later' },
  'platform.signup_link_invalid': { status: 422, retry: 'never' },
});
