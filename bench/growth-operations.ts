import type { Answer, Client } from '../scripts/demo/client.ts';
import type { MeteredApi, WireCost } from '../tests/costs/metered-api.ts';
import type { Look } from './growth-process.ts';
import { instrument, serialOf } from './instruments.ts';
import { summarise } from './statistics.ts';

/** A tenant of some size, and what its requests name. */
export type Place = {
  readonly api: MeteredApi;
  readonly client: Client;
  readonly look: Look;
  /** An instrument that is there. */
  readonly known: string;
};

export type Operation = {
  readonly name: string;
  /** The status that it is answered with, and how many rows at least; undefined where it is no list. */
  readonly status: number;
  readonly rows: number | undefined;
  readonly ask: (place: Place, time: number) => Promise<Answer>;
  /**
   * The local server walks through the list where Azure seeks in its index, so its time says nothing, and a walk through more
   * records than these takes longer than a request may.
   */
  readonly walksThrough?: number;
};

const ROWS = 50;

function list(name: string, query: (place: Place) => string, rows = ROWS): Operation {
  const ask = (place: Place): Promise<Answer> =>
    place.client.get(`/api/v1/equipment?limit=${ROWS}${query(place)}`);
  return { name, status: 200, rows, ask };
}

/** What must cost the same among few records and among many. */
export const operations: readonly Operation[] = [
  list('first page', () => ''),
  list('page in the middle', ({ look }) => `&cursor=${look.middle}`),
  list('filtered by customer', ({ look }) => `&customerId=${look.customers[3]}`),
  list('sorted by serial number', () => '&sort=serial'),
  list('filtered and sorted', ({ look }) => `&customerId=${look.customers[3]}&sort=-dueDate`),
  list('searched, a word of many', () => '&q=micrometer'),
  list('searched, with a typo', () => '&q=micormeter'),
  list('found by serial number', () => `&serial=${serialOf(4)}`, 1),
  { ...list('searched, a word of one', () => `&q=${serialOf(4)}`, 1), walksThrough: 100_000 },
  {
    name: 'detail',
    status: 200,
    rows: undefined,
    ask: ({ client, known }) => client.get(`/api/v1/equipment/${known}`),
  },
  {
    name: 'create',
    status: 201,
    rows: undefined,
    ask: ({ client, look }, time) =>
      client.post('/api/v1/equipment', instrument(9_000_000 + time, look.customers[0] ?? '')),
  },
];

/** Request units and round trips of an operation: the middle of three, after one that fills what the instance keeps. */
export async function costOf(place: Place, operation: Operation): Promise<WireCost> {
  const costs: WireCost[] = [];
  for (let time = 0; time < 4; time += 1) {
    const { answer, cost } = await place.api.costOf(() => operation.ask(place, time));
    check(operation, answer);
    costs.push(cost);
  }
  const [, ...warm] = costs;
  return warm.toSorted((a, b) => a.requestUnits - b.requestUnits)[1] ?? Promise.reject(new Error('no cost'));
}

/**
 * Milliseconds of an operation in two places, asked for in turn: what disturbs the one disturbs the other. Medians of `times`
 * requests each.
 */
export async function timesOf(
  [first, second]: readonly [Place, Place],
  operation: Operation,
  times: number,
): Promise<readonly [number, number]> {
  const taken: [number[], number[]] = [[], []];
  const ask = async (place: Place, into: number[], time: number): Promise<void> => {
    const from = performance.now();
    const answer = await operation.ask(place, time);
    into.push(performance.now() - from);
    check(operation, answer);
  };
  for (let time = 0; time < times; time += 1) {
    if (time % 2 === 0) await ask(first, taken[0], time);
    await ask(second, taken[1], time);
    if (time % 2 === 1) await ask(first, taken[0], time);
  }
  return [summarise(taken[0]).median, summarise(taken[1]).median];
}

function check({ name, status, rows }: Operation, answer: Answer): void {
  const found = rows === undefined ? undefined : answer.body?.items?.length;
  if (answer.status === status && (rows === undefined || found >= rows)) return;
  throw new Error(
    `${name} was answered ${answer.status} with ${found} rows: ${answer.bytes.toString().slice(0, 300)}`,
  );
}
