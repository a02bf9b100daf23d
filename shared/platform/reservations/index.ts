export type { Balances } from './balances.ts';
export { reservationFault } from './faults.ts';
export { type FenceClaim, isCommitted, pendingUntil, wasCommitted } from './fence.ts';
export type { Registers } from './register.ts';
export { openReservations } from './reservations.ts';
export type { Uniques } from './uniques.ts';
