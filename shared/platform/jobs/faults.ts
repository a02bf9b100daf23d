import { defineFaults } from '../../kernel/index.ts';

/** How job running says no. */
export const jobFault = defineFaults({
  'platform.job_not_visible': { status: 503, retry: 'later' },
  'platform.job_leased': { status: 503, retry: 'later' },
  'platform.job_unknown': { status: 500, retry: 'never' },
  'platform.job_crashed': { status: 500, retry: 'later' },
});
