import { defineFaults } from '../../kernel/index.ts';

/** How keys say no. */
export const keyFault = defineFaults({
  /** The tenant was erased, and its keys with it. */
  'platform.keys_destroyed': { status: 410, retry: 'never' },
  /** A key that was made elsewhere is not seen here yet. */
  'platform.keys_not_visible': { status: 503, retry: 'later' },
});
