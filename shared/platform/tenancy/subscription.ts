import * as z from 'zod';
import { secondsAfter, timestamp } from '../../kernel/index.ts';
import type { TenantStatus } from './lifecycle.ts';

export const subscriptionStates = ['trial', 'active', 'past_due', 'cancelled'] as const;
export type SubscriptionState = (typeof subscriptionStates)[number];

export const Subscription = z.strictObject({
  plan: z.string(),
  state: z.enum(subscriptionStates),
  /** When it came into this state. */
  since: z.string(),
  trialEndsAt: z.string().nullable(),
});
export type Subscription = z.infer<typeof Subscription>;

/** So long a tenant that owes is served as before: time to hear of it, and to pay. */
const PAST_DUE_DAYS = 14;

/**
 * When a tenant is closed for want of a paid subscription, to all but what a suspended one may do: some days after its trial
 * or what it paid for is over, and at once when its subscription is cancelled. Undefined while nothing is owed. Pure.
 */
export function lapseOf({ state, since, trialEndsAt }: Subscription): string | undefined {
  const owing = state === 'past_due' ? since : state === 'trial' ? trialEndsAt : null;
  if (state === 'cancelled') return since;
  return owing === null ? undefined : timestamp(secondsAfter(new Date(owing), PAST_DUE_DAYS * 86_400));
}

/** As what a tenant is served at a time: what is not paid for is served as suspended. Pure. */
export function statusAt(status: TenantStatus, lapsesAt: string | undefined, now: Date): TenantStatus {
  const hasLapsed = lapsesAt !== undefined && Date.parse(lapsesAt) <= now.getTime();
  return hasLapsed && status === 'active' ? 'suspended' : status;
}

/** The subscription in this state from `since` on; as it was when that is its state already. */
export function inState(subscription: Subscription, state: SubscriptionState, since: string): Subscription {
  return subscription.state === state ? subscription : { ...subscription, state, since };
}
