import { contentHash } from '../../kernel/index.ts';
import type { ObservationData } from './observation.ts';
import type { SrfData } from './srf.ts';

/** What a signature vouches for, beside the observations. */
type Signed = Pick<
  SrfData,
  | 'number'
  | 'customerId'
  | 'customer'
  | 'purchaseOrder'
  | 'place'
  | 'decisionRule'
  | 'receivedAt'
  | 'conditionOnReceipt'
  | 'items'
>;

/**
 * The SHA-256 of what a signature on a request vouches for: everything of it that certificates are made from, with
 * every observation as it stands. What comes after the signatures (state, certificates) is left out.
 */
export function signedHash(srf: Signed, observations: readonly ObservationData[]): string {
  const { number, customerId, customer, purchaseOrder, place, decisionRule } = srf;
  const { receivedAt, conditionOnReceipt, items } = srf;
  return contentHash({
    ...{ number, customerId, customer, purchaseOrder, place, decisionRule, receivedAt, conditionOnReceipt },
    items: items.map(({ certificate: _certificate, ...item }) => item),
    observations,
  });
}
