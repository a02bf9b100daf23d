import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { ServiceBusClient } from '@azure/service-bus';
import { openClient } from '../scripts/demo/client.ts';
import { laboratoryTenant } from '../scripts/demo-data/tenants.ts';
import { type Comparison, comparison } from './compare.ts';
import { type HostProcess, startHostProcess } from './host-process.ts';
import type { Outcome, Plan } from './plan.ts';
import { buildUnbundled, type Unbundled } from './unbundled.ts';
import { openWorld, type World } from './world.ts';

type Ending = {
  readonly name: string;
  readonly app: 'api' | 'worker' | 'render';
  /** What the first answer waits for; returns the milliseconds since the process was made. */
  readonly reach: (world: World, host: HostProcess, tag: string) => Promise<number>;
  /** What must be there before the process starts. */
  readonly prepare?: (world: World, tag: string) => Promise<void>;
};

const root = join(import.meta.dirname, '..');

const endings: readonly Ending[] = [
  { name: 'api, first answer', app: 'api', reach: (_, host) => firstAnswer(host, '/api/health/live') },
  {
    name: 'api, first answer that needs the database',
    app: 'api',
    reach: ({ people }, host) => firstAnswer(host, '/api/v1/srfs', people.manager.token),
  },
  { name: 'worker, first message', app: 'worker', ...firstMessage('jobs') },
  { name: 'render, first message', app: 'render', ...firstMessage('render') },
];

/**
 * From the making of the process to the first answer, as a bundle, as the same sources unbundled, and as these with
 * every package of the bundle loaded first. Processor time is not shared fairly while others work here: several runs.
 */
export async function benchColdStart({ quick, say }: Plan): Promise<Outcome> {
  const unbundled = await buildUnbundled(['api', 'worker', 'render']);
  const world = await openWorld(['api']);
  const comparisons: Comparison[] = [];
  try {
    for (const ending of quick ? endings.filter(({ app }) => app === 'api') : endings) {
      say(`cold start: ${ending.name}`);
      comparisons.push(...(await measure(world, unbundled, ending, quick ? 3 : 5)));
    }
  } finally {
    await world.close();
  }
  const packages = Object.entries(unbundled.apps).map(([app, { packages: held }]) => [app, held] as const);
  return { comparisons, details: { packages: Object.fromEntries(packages) } };
}

async function measure(
  world: World,
  { apps, host }: Unbundled,
  ending: Ending,
  rounds: number,
): Promise<readonly Comparison[]> {
  const app = apps[ending.app];
  if (app === undefined) throw new Error(`${ending.app} was not built`);
  const entries = { bundle: join(root, `dist/${ending.app}.cjs`), lazy: app.lazy, eager: app.eager };
  const times: Record<keyof typeof entries, number[]> = { bundle: [], lazy: [], eager: [] };
  const turns = ['bundle', 'lazy', 'eager'] as const;
  // One more round than counted: the first one fills the page cache.
  for (let round = 0; round <= rounds; round += 1) {
    for (const turn of round % 2 === 0 ? turns : turns.toReversed()) {
      const milliseconds = await runOnce(world, host, ending, entries[turn]);
      if (round > 0) times[turn].push(milliseconds);
    }
  }
  const aim = ending.app === 'api' ? { aim: { ratio: 1 / 3, better: 'less' as const } } : {};
  return [
    comparison(
      { name: `${ending.name}: against loading its packages unbundled`, unit: 'ms', ...aim },
      times.bundle,
      times.eager,
    ),
    comparison(
      { name: `${ending.name}: against the same sources unbundled`, unit: 'ms' },
      times.bundle,
      times.lazy,
    ),
  ];
}

async function runOnce(world: World, host: string, ending: Ending, app: string): Promise<number> {
  const tag = randomUUID();
  await ending.prepare?.(world, tag);
  // Without the cache of compiled code, as on a new instance.
  const { NODE_COMPILE_CACHE: _cache, ...env } = { ...process.env, ...world.stack.settings };
  const hostJson = join(root, `dist/packages/${ending.app}/host.json`);
  const process_ = await startHostProcess({ host, app, hostJson, env });
  try {
    return await ending.reach(world, process_, tag);
  } finally {
    await process_.stop();
  }
}

async function firstAnswer(host: HostProcess, path: string, token?: string): Promise<number> {
  const origin = `http://${laboratoryTenant.slug}.localhost:${new URL(host.url).port}`;
  const { status } = await openClient(origin, token).get(path);
  if (status !== 200) throw new Error(`${path} was answered ${status}`);
  return host.elapsed();
}

/** A message about a job that is not there: the app reads the tenant, finds none, and says so in its log. */
function firstMessage(queue: string): Pick<Ending, 'prepare' | 'reach'> {
  return {
    prepare: async ({ stack }, tag) => {
      const client = new ServiceBusClient(stack.settings['SERVICE_BUS'] ?? '');
      const body = { tenantId: 'tnt_nobody', jobId: 'job_nothing' };
      await client.createSender(queue).sendMessages({ messageId: tag, body });
      await client.close();
    },
    reach: async (_, host, tag) => {
      await host.line(tag);
      return host.elapsed();
    },
  };
}
