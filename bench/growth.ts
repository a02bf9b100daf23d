import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startStack } from '../local/supervisor/stack.ts';
import { openClient } from '../scripts/demo/client.ts';
import { startMeteredApi, type WireCost } from '../tests/costs/metered-api.ts';
import { askProcess } from './child-process.ts';
import { type Comparison, comparison } from './compare.ts';
import { costOf, type Operation, operations, type Place, timesOf } from './growth-operations.ts';
import type { FillOrder, Look, LookOrder } from './growth-process.ts';
import type { Benchmark, Plan } from './plan.ts';
import { align } from './report.ts';

/** A tenant grows, or others grow beside it. */
type Axis = 'records' | 'tenants';
type Figure = {
  readonly cost: WireCost;
  readonly milliseconds: readonly number[];
  readonly small: readonly number[];
};
type Size = {
  readonly size: number;
  readonly figures: Readonly<Record<string, Figure>>;
  readonly fillSeconds: number;
};
type World = { grow(from: number, to: number, axis: Axis): Promise<Place>; close(): Promise<void> };

const SLUG = 'growing';
/** `targets.md`: cost per operation stays within 1.2 times. */
const AIM = { ratio: 1.2, better: 'less' } as const;
const SMALL = 1000;
const RECORDS_OF_OTHERS = 100;
const ROUNDS = 3;

/**
 * What lists, details and creates cost as a tenant grows, or as tenants become more: request units, and milliseconds beside a
 * second stack that stays small and is asked the same in turn.
 */
function benchGrowth(axis: Axis): Benchmark {
  return async plan => {
    const small = await openWorld();
    try {
      const reference = await small.grow(0, SMALL, 'records');
      const sizes = await along(axis, sizesOf(axis, plan), reference, plan);
      return {
        comparisons: comparisonsOf(axis, sizes),
        lines: [tableOf(axis, sizes)],
        details: sizes,
      };
    } finally {
      await small.close();
    }
  };
}

export const benchGrowingTenant: Benchmark = benchGrowth('records');
export const benchMoreTenants: Benchmark = benchGrowth('tenants');

function sizesOf(axis: Axis, { quick }: Plan): readonly number[] {
  if (axis === 'records') return quick ? [SMALL, 10_000, 100_000] : [SMALL, 10_000, 100_000, 1_000_000];
  return quick ? [1, 10, 100] : [1, 10, 100, 1000];
}

async function along(
  axis: Axis,
  sizes: readonly number[],
  reference: Place,
  { quick, say }: Plan,
): Promise<readonly Size[]> {
  const world = await openWorld();
  const found: Size[] = [];
  try {
    for (const [index, size] of sizes.entries()) {
      say(`growth: ${size} ${axis}`);
      const started = performance.now();
      const place = await world.grow(sizes[index - 1] ?? 0, size, axis);
      const fillSeconds = (performance.now() - started) / 1000;
      const figures: Record<string, Figure> = {};
      for (const operation of operations) {
        if (axis === 'records' && size > (operation.walksThrough ?? size)) continue;
        const cost = await costOf(place, operation);
        await costOf(reference, operation);
        const rounds = [];
        for (let round = 0; round < ROUNDS; round += 1)
          rounds.push(await timesOf([place, reference], operation, timesEach(operation, quick)));
        figures[operation.name] = {
          cost,
          milliseconds: rounds.map(([ours]) => ours),
          small: rounds.map(([, theirs]) => theirs),
        };
      }
      found.push({ size, figures, fillSeconds });
      // A run takes most of an hour: what is known so far is told.
      say(tableOf(axis, found));
    }
    return found;
  } finally {
    await world.close();
  }
}

/** Walks through many records take seconds each. */
function timesEach({ walksThrough }: Operation, quick: boolean): number {
  if (walksThrough !== undefined) return 2;
  return quick ? 8 : 20;
}

async function openWorld(): Promise<World> {
  const dataDir = mkdtempSync(join(tmpdir(), 'touchstone-bench-'));
  const stack = await startStack({ dataDir, ports: 'free', apps: ['api'] });
  const api = await startMeteredApi(stack.settings);
  const ask = async <Answer>(order: FillOrder | LookOrder): Promise<Answer> =>
    (await askProcess<Answer>('growth-process.ts', order, stack.settings)).answer;
  return {
    grow: async (from, to, axis) => {
      const fill =
        axis === 'records'
          ? [{ slug: SLUG, from, to }]
          : Array.from({ length: to - from }, (_, index) => ({
              slug: from + index === 0 ? SLUG : `${SLUG}-${from + index}`,
              from: 0,
              to: from + index === 0 ? SMALL : RECORDS_OF_OTHERS,
            }));
      await ask({ fill });
      const look = await ask<Look>({ look: SLUG, records: axis === 'records' ? to : SMALL });
      const origin = `http://${SLUG}.localhost:${new URL(api.url).port}`;
      const client = openClient(origin, look.token);
      const { body } = await client.get('/api/v1/equipment?limit=1&sort=serial');
      return { api, client, look, known: body.items[0].id };
    },
    close: async () => {
      await api.close();
      await stack.stop();
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}

/** The largest size beside the smallest: request units are counted, milliseconds are those of both stacks side by side. */
function comparisonsOf(axis: Axis, sizes: readonly Size[]): readonly Comparison[] {
  const [first, last] = [sizes[0], sizes.at(-1)];
  if (first === undefined || last === undefined) return [];
  const place = `${short(last.size)} ${axis}`;
  const units = (name: string, size: Size): number => size.figures[name]?.cost.requestUnits ?? Number.NaN;
  const grown = operations
    .map(({ name }) => ({ name, before: units(name, first), after: units(name, last) }))
    .filter(({ after }) => !Number.isNaN(after))
    .toSorted((a, b) => b.after / b.before - a.after / a.before)[0];
  const times = operations.flatMap(({ name, walksThrough }) => {
    const figure = last.figures[name];
    if (figure === undefined) return [];
    const aim = walksThrough === undefined ? { aim: AIM } : {};
    return [comparison({ name: `${name}, ${place}`, unit: 'ms', ...aim }, figure.milliseconds, figure.small)];
  });
  if (grown === undefined) return times;
  const counted = { name: `request units that grew most (${grown.name}), ${place}`, unit: 'RU', aim: AIM };
  return [comparison(counted, [grown.after], [grown.before]), ...times];
}

function tableOf(axis: Axis, sizes: readonly Size[]): string {
  const head = [
    `request units (trips), time of the small`,
    ...sizes.map(({ size }) => `${short(size)} ${axis}`),
  ];
  const rows = operations.map(({ name }) => [
    name,
    ...sizes.map(({ figures }) => {
      const { cost, milliseconds, small } = figures[name] ?? {};
      if (cost === undefined || milliseconds === undefined || small === undefined) return '';
      const { ratio } = comparison({ name, unit: 'ms' }, milliseconds, small);
      return `${cost.requestUnits.toFixed(1)} (${cost.trips}), × ${ratio.median.toFixed(2)}`;
    }),
  ]);
  return align([
    head,
    ...rows,
    ['seconds to fill', ...sizes.map(({ fillSeconds }) => fillSeconds.toFixed(0))],
  ]);
}

function short(size: number): string {
  return size.toLocaleString('en-GB');
}
