import { defineFaults } from '../../kernel/index.ts';

/** How custom domains say no. */
export const domainFault = defineFaults({
  'platform.domain_invalid': { status: 422, retry: 'never' },
  'platform.domain_reserved': { status: 422, retry: 'never' },
  'platform.domain_already_added': { status: 409, retry: 'never' },
  'platform.domain_not_active': { status: 409, retry: 'never' },
  'platform.domains_too_many': { status: 422, retry: 'never' },
});
