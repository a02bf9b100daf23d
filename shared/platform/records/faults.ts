import { defineFaults } from '../../kernel/index.ts';

/** How storage says no. */
export const recordFault = defineFaults({
  'platform.not_found': { status: 404, retry: 'never' },
  'platform.already_exists': { status: 409, retry: 'never' },
  'platform.claim_taken': { status: 409, retry: 'never' },
  'platform.version_stale': { status: 412, retry: 'never' },
  'platform.version_missing': { status: 428, retry: 'never' },
  'platform.busy': { status: 409, retry: 'later' },
  'platform.cursor_invalid': { status: 400, retry: 'never' },
  'platform.branch_beyond': { status: 403, retry: 'never' },
  'platform.reference_gone': { status: 409, retry: 'never' },
  'platform.in_use': { status: 409, retry: 'never' },
  'platform.version_unknown': { status: 422, retry: 'never' },
  'platform.rollback_refused': { status: 409, retry: 'never' },
  'platform.history_broken': { status: 409, retry: 'never' },
  'platform.idempotency_key_reused': { status: 422, retry: 'never' },
  'platform.person_erased': { status: 409, retry: 'never' },
  'platform.text_reserved': { status: 422, retry: 'never' },
  'platform.commit_too_large': { status: 422, retry: 'never' },
  'platform.database_unavailable': { status: 503, retry: 'later' },
});
