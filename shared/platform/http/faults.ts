import { defineFaults } from '../../kernel/index.ts';

/** How the HTTP edge says no before a handler is reached. */
export const httpFault = defineFaults({
  'platform.route_unknown': { status: 404, retry: 'never' },
  'platform.method_not_allowed': { status: 405, retry: 'never' },
  'platform.tenant_unknown': { status: 404, retry: 'never' },
  'platform.maintenance': { status: 503, retry: 'later' },
  'platform.tenant_mismatch': { status: 403, retry: 'never' },
  'platform.token_missing': { status: 401, retry: 'never' },
  'platform.token_invalid': { status: 401, retry: 'never' },
  'platform.token_expired': { status: 401, retry: 'never' },
  'platform.token_revoked': { status: 401, retry: 'never' },
  'platform.csrf_invalid': { status: 403, retry: 'never' },
  'platform.enrolment_needed': { status: 403, retry: 'never' },
  'platform.permission_missing': { status: 403, retry: 'never' },
  'platform.branch_limited': { status: 403, retry: 'never' },
  'platform.body_malformed': { status: 400, retry: 'never' },
  'platform.body_too_large': { status: 413, retry: 'never' },
  'platform.media_type_unsupported': { status: 415, retry: 'never' },
  'platform.input_invalid': { status: 400, retry: 'never' },
  'platform.idempotency_key_invalid': { status: 400, retry: 'never' },
  'platform.if_match_invalid': { status: 400, retry: 'never' },
  'platform.feature_not_in_plan': { status: 402, retry: 'never' },
  'platform.rate_limited': { status: 429, retry: 'later' },
  'platform.internal': { status: 500, retry: 'later' },
});
