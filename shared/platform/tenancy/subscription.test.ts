import assert from 'node:assert/strict';
import { test } from 'node:test';
import { tenantStatuses } from './lifecycle.ts';
import { inState, lapseOf, type Subscription, statusAt, subscriptionStates } from './subscription.ts';

const SINCE = '2026-11-01T12:00:00.000Z';
const of = (state: Subscription['state'], trialEndsAt: string | null = null): Subscription => ({
  ...{ plan: 'laboratory', state, since: SINCE, trialEndsAt },
});
const asServed = (subscription: Subscription, at: string) =>
  statusAt('active', lapseOf(subscription), new Date(at));

test('who owes is served for fourteen days more, to the moment, and then as suspended', () => {
  const owing = of('past_due');
  assert.equal(lapseOf(owing), '2026-11-15T12:00:00.000Z');
  for (const at of [SINCE, '2026-11-15T11:59:59.999Z']) assert.equal(asServed(owing, at), 'active', at);
  for (const at of ['2026-11-15T12:00:00.000Z', '2027-06-01T00:00:00.000Z'])
    assert.equal(asServed(owing, at), 'suspended', at);
});

test('a trial that ended owes from its end on, whether or not a sweep came by', () => {
  const trial = of('trial', '2026-12-01T12:00:00.000Z');
  const swept = inState(trial, 'past_due', trial.trialEndsAt ?? '');
  for (const subscription of [trial, swept]) {
    assert.equal(asServed(subscription, '2026-12-15T11:59:59.000Z'), 'active', subscription.state);
    assert.equal(asServed(subscription, '2026-12-15T12:00:00.000Z'), 'suspended', subscription.state);
  }
  assert.equal(lapseOf(of('trial')), undefined);
});

test('a cancelled subscription closes at once, a paid one never', () => {
  assert.equal(asServed(of('cancelled'), SINCE), 'suspended');
  assert.equal(asServed(of('active', SINCE), '2099-01-01T00:00:00.000Z'), 'active');
});

test('a state that is set again keeps its beginning', () => {
  const later = '2026-11-09T00:00:00.000Z';
  for (const state of subscriptionStates)
    assert.equal(inState(of('past_due'), state, later).since, state === 'past_due' ? SINCE : later);
});

test('what a tenant owes opens nothing, and closes only what is open', () => {
  for (const status of tenantStatuses)
    assert.equal(statusAt(status, SINCE, new Date(SINCE)), status === 'active' ? 'suspended' : status);
});
