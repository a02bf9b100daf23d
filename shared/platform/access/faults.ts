import { defineFaults } from '../../kernel/index.ts';

/** How access says no. */
export const accessFault = defineFaults({
  'platform.permission_unknown': { status: 422, retry: 'never' },
  'platform.role_unknown': { status: 422, retry: 'never' },
  'platform.step_up_required': { status: 401, retry: 'never' },
  'platform.role_limit': { status: 422, retry: 'never' },
});
