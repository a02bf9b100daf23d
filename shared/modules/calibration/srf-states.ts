/** The states of a service request, in the order in which most requests pass them. */
export const srfStates = [
  'draft',
  'submitted',
  'received',
  'inspected',
  'quoted',
  'awaiting_customer',
  'accepted',
  'assigned',
  'in_progress',
  'on_hold',
  'observations_complete',
  'in_review',
  'rework',
  'approved',
  'certificate_issued',
  'invoiced',
  'delivered',
  'closed',
  'cancelled',
] as const;

/** Work is still to be done, or may come back. */
export const openSrfStates: readonly string[] = srfStates.filter(
  state => state !== 'closed' && state !== 'cancelled',
);
