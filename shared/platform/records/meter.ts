import { AsyncLocalStorage } from 'node:async_hooks';

/** What one request or message cost the database: round trips and request units. */
export type Cost = { trips: number; requestUnits: number };

const costs = new AsyncLocalStorage<Cost>();

/** Runs `work` and returns what it returned together with what it cost. */
export async function metered<T>(work: () => Promise<T>): Promise<{ result: T; cost: Cost }> {
  const cost: Cost = { trips: 0, requestUnits: 0 };
  const result = await costs.run(cost, work);
  return { result, cost };
}

/** Adds one round trip to the cost of the work under way. */
export function charge(requestUnits: number): void {
  const cost = costs.getStore();
  if (cost === undefined) return;
  cost.trips += 1;
  cost.requestUnits += requestUnits;
}
