import { defineFaults } from '../../kernel/index.ts';

/** How tenancy says no. */
export const tenancyFault = defineFaults({
  'platform.tenant_suspended': { status: 403, retry: 'never' },
  'platform.slug_taken': { status: 409, retry: 'never' },
  'platform.slug_reserved': { status: 422, retry: 'never' },
  'platform.logo_unfit': { status: 422, retry: 'never' },
  'platform.region_elsewhere': { status: 422, retry: 'never' },
  'platform.plan_unknown': { status: 422, retry: 'never' },
  'platform.plan_limit_reached': { status: 402, retry: 'never' },
  'platform.tenant_transition_not_open': { status: 409, retry: 'never' },
  'platform.provisioning_under_way': { status: 409, retry: 'later' },
  'platform.tenant_has_owner': { status: 409, retry: 'never' },
  'platform.reason_missing': { status: 422, retry: 'never' },
});
