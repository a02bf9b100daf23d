import { startMeteredApi } from '../tests/costs/metered-api.ts';
import { type Costs, walk } from '../tests/costs/walk.ts';
import type { Outcome, Plan } from './plan.ts';
import { align } from './report.ts';
import { logInAll, openWorld } from './world.ts';

/** What each endpoint of the main way costs the database: request units, and requests as they are on the wire. */
export async function benchCosts({ say }: Plan): Promise<Outcome> {
  const world = await openWorld(['api', 'worker', 'render']);
  try {
    const api = await startMeteredApi(world.stack.settings);
    try {
      say('costs: walking through the endpoints');
      const costs = await walk(api, await logInAll(api.url));
      return { comparisons: [], lines: [tableOf(costs)], details: Object.fromEntries(costs) };
    } finally {
      await api.close();
    }
  } finally {
    await world.close();
  }
}

function tableOf(costs: Costs): string {
  const head = [
    'endpoint',
    'request units',
    'trips',
    'reads',
    'writes',
    'queries',
    'query plans',
    'metadata',
  ];
  const rows = [...costs].map(([name, { requestUnits, trips, counts }]) => {
    const { read, write, query, plan, metadata } = counts;
    return [name, requestUnits.toFixed(2), ...[trips, read, write, query, plan, metadata].map(String)];
  });
  return align([head, ...rows]);
}
