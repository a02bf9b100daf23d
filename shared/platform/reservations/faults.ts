import { defineFaults } from '../../kernel/index.ts';

/** How reservations say no. */
export const reservationFault = defineFaults({
  'platform.value_taken': { status: 409, retry: 'never' },
  'platform.balance_too_low': { status: 422, retry: 'never' },
  'platform.hold_differs': { status: 409, retry: 'never' },
});
