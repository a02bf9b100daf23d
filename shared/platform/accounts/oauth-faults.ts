import { defineFaults } from '../../kernel/index.ts';

/** How OAuth says no; RFC 6749 section 5.2 names the errors, after the last dot of the code. */
export const oauthFault = defineFaults({
  'platform.oauth.invalid_client': { status: 401, retry: 'never' },
  'platform.oauth.invalid_grant': { status: 400, retry: 'never' },
  'platform.oauth.unauthorized_client': { status: 400, retry: 'never' },
  'platform.oauth.unsupported_grant_type': { status: 400, retry: 'never' },
  'platform.oauth.invalid_scope': { status: 400, retry: 'never' },
});
