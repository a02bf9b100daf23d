import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Stack, startStack } from '../local/supervisor/stack.ts';
import { askProcess, type ServerProcess, startServerProcess } from './child-process.ts';
import { type Comparison, comparison } from './compare.ts';
import { DOCUMENTS, SCOPES, TENANTS } from './cosmos-documents.ts';
import type { CosmosOrder, Operation } from './cosmos-process.ts';
import type { LanesReport } from './lanes.ts';
import type { Outcome, Plan } from './plan.ts';
import { processorTimes, usedBetween } from './processor-time.ts';
import { align } from './report.ts';
import { summarise } from './statistics.ts';

type Run = {
  readonly perSecond: number;
  /** Microseconds of processor time for each operation: of the server, and of the process that asks. */
  readonly server: number;
  readonly client: number;
};
type Sides = { readonly ours: Run[]; readonly reference: Run[] };
type Side = keyof Sides;
type World = { readonly stack: Stack; readonly raw: ServerProcess };

const AT_ONCE = 16;
const operations: Readonly<Record<Operation, string>> = {
  read: 'point read',
  batch: 'batch of five',
  page: 'query of 50 documents',
};

/** The local Cosmos through the official SDK, beside `node:sqlite` in a process of its own behind Node's HTTP server. */
export async function benchCosmos(plan: Plan): Promise<Outcome> {
  const folder = mkdtempSync(join(tmpdir(), 'touchstone-bench-'));
  const stack = await startStack({ dataDir: join(folder, 'stack'), ports: 'free', servers: ['cosmos'] });
  const raw = await startServerProcess('sqlite-process.ts', { folder });
  try {
    plan.say(`cosmos: ${TENANTS * SCOPES * DOCUMENTS} documents of 1 KB`);
    const world = { stack, raw };
    await ask(world, { fill: cosmosTarget(stack) });
    const found = new Map<string, Sides>();
    for (const [operation, name] of Object.entries(operations)) {
      plan.say(`cosmos: ${name}`);
      found.set(name, await measure(world, operation as Operation, plan)); // the keys of the record
    }
    return outcomeOf(found);
  } finally {
    await raw.close();
    await stack.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

async function measure(world: World, operation: Operation, { quick }: Plan): Promise<Sides> {
  const sides: Sides = { ours: [], reference: [] };
  const lanes = { atOnce: AT_ONCE, warmSeconds: quick ? 0.5 : 1.5, seconds: quick ? 1 : 4 };
  const rounds = quick ? 3 : 5;
  for (let round = 0; round < rounds; round += 1) {
    const turns: readonly Side[] = ['reference', 'ours'];
    for (const side of round % 2 === 0 ? turns : turns.toReversed()) {
      const target = side === 'ours' ? cosmosTarget(world.stack) : { port: world.raw.port };
      const pid = side === 'ours' ? world.stack.process('cosmos').pid : world.raw.pid;
      const before = processorTimes({ server: pid });
      const { answer, processorMilliseconds } = await ask(world, {
        target,
        operation,
        lanes,
        run: `${side}-${operation}-${round}`,
      });
      const { server = Number.NaN } = usedBetween(before, processorTimes({ server: pid }));
      sides[side].push({
        perSecond: answer.perSecond,
        server: (server / answer.made) * 1000,
        client: (processorMilliseconds / answer.made) * 1000,
      });
    }
  }
  return sides;
}

function ask({ stack }: World, order: CosmosOrder): ReturnType<typeof askProcess<LanesReport>> {
  return askProcess<LanesReport>('cosmos-process.ts', order, stack.settings);
}

function cosmosTarget({ settings }: Stack): { readonly endpoint: string; readonly key: string } {
  return { endpoint: settings['COSMOS_ENDPOINT'] ?? '', key: settings['COSMOS_KEY'] ?? '' };
}

function outcomeOf(found: ReadonlyMap<string, Sides>): Outcome {
  const comparisons = [...found].flatMap(([name, { ours, reference }]): Comparison[] => [
    comparison(
      { name: `Cosmos, ${name}: against raw SQLite`, unit: '/s' },
      ours.map(run => run.perSecond),
      reference.map(run => run.perSecond),
    ),
    comparison(
      { name: `the same, processor time of the server`, unit: 'µs' },
      ours.map(run => run.server),
      reference.map(run => run.server),
    ),
  ]);
  return {
    comparisons,
    lines: [clientTable(found)],
    details: { atOnce: AT_ONCE, runs: Object.fromEntries(found) },
  };
}

/** What the asking side costs: with the SDK it is often more than the server. */
function clientTable(found: ReadonlyMap<string, Sides>): string {
  const rows = [...found].map(([name, sides]) => [
    name,
    ...[sides.ours, sides.reference].flatMap(runs => [
      `${Math.round(summarise(runs.map(run => run.server)).median)} µs`,
      `${Math.round(summarise(runs.map(run => run.client)).median)} µs`,
    ]),
  ]);
  return align([
    [`processor, ${AT_ONCE} at once`, 'local Cosmos', 'its client (SDK)', 'raw SQLite', 'its client'],
    ...rows,
  ]);
}
