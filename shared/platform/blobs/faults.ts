import { defineFaults } from '../../kernel/index.ts';

/** How blob storage says no. */
export const storageFault = defineFaults({
  'platform.storage_unavailable': { status: 503, retry: 'later' },
});
