import { defineFaults } from '../../kernel/index.ts';

/** How Service Bus says no. */
export const messagingFault = defineFaults({
  'platform.messaging_unavailable': { status: 503, retry: 'later' },
});
