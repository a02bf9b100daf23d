import { randomUUID } from 'node:crypto';
import type { Answer, Client } from '../scripts/demo/client.ts';
import { expectStatus } from '../scripts/demo/expect.ts';
import { type Comparison, comparison } from './compare.ts';
import { srfBody, stock } from './laboratory-work.ts';
import type { Outcome, Plan } from './plan.ts';
import { align } from './report.ts';
import { summarise } from './statistics.ts';
import { openWorld } from './world.ts';

type Scenario = {
  readonly name: string;
  readonly status: number;
  readonly ask: (client: Client) => Promise<Answer>;
};
/** Microseconds by step, in the order of the pipeline. */
type Steps = ReadonlyMap<string, number>;

const ROUNDS = 3;
const WARM = 200;
const HANDLER = 'handler';

/**
 * What each step of the way of a request adds, told by the api itself (`Server-Timing`), beside the handler alone in the same
 * requests. One request at a time, over HTTP, on a stack of its own.
 */
export async function benchPipeline({ quick, say }: Plan): Promise<Outcome> {
  const world = await openWorld(['api'], { DIAGNOSTIC_HEADERS: 'true' });
  try {
    const { manager } = world.people;
    const rounds = new Map<string, Steps[]>();
    for (const scenario of await scenariosOf(world.people)) {
      say(`pipeline: ${scenario.name}`);
      await measure(scenario, manager, WARM);
      const found: Steps[] = [];
      for (let round = 0; round < ROUNDS; round += 1)
        found.push(await measure(scenario, manager, quick ? 300 : 1500));
      rounds.set(scenario.name, found);
    }
    const details = [...rounds].map(([name, found]) => [name, found.map(steps => Object.fromEntries(steps))]);
    return {
      comparisons: [...rounds].map(([name, found]) => addedTo(name, found)),
      lines: [tableOf(rounds)],
      details: Object.fromEntries(details),
    };
  } finally {
    await world.close();
  }
}

async function scenariosOf(people: Parameters<typeof stock>[0]): Promise<readonly Scenario[]> {
  const inventory = await stock(people);
  const body = srfBody(inventory);
  const create = (client: Client): Promise<Answer> =>
    client.post('/api/v1/srfs', body, { 'idempotency-key': randomUUID() });
  for (let row = 0; row < 50; row += 1) expectStatus(await create(people.manager), 201, 'a row of the list');
  const { id } = expectStatus(await create(people.manager), 201, 'a service request');
  const path = `/api/v1/srfs/${id}`;
  const { headers } = await people.manager.get(path);
  const known = { 'if-none-match': headers['etag'] ?? '' };
  return [
    { name: 'detail', status: 200, ask: client => client.get(path) },
    { name: 'detail, unchanged', status: 304, ask: client => client.get(path, known) },
    { name: 'list of 50', status: 200, ask: client => client.get('/api/v1/srfs?limit=50') },
    {
      name: 'list of 50, compressed',
      status: 200,
      ask: client => client.get('/api/v1/srfs?limit=50', { 'accept-encoding': 'br' }),
    },
    { name: 'create', status: 201, ask: create },
  ];
}

/** The median of each step over so many requests. */
async function measure({ name, status, ask }: Scenario, client: Client, times: number): Promise<Steps> {
  const taken = new Map<string, number[]>();
  for (let time = 0; time < times; time += 1) {
    const answer = await ask(client);
    if (answer.status !== status) throw new Error(`${name} was answered ${answer.status}`);
    for (const [step, microseconds] of stepsOf(answer)) {
      const values = taken.get(step) ?? [];
      values.push(microseconds);
      taken.set(step, values);
    }
  }
  return new Map([...taken].map(([step, values]) => [step, summarise(values).median]));
}

function stepsOf({ headers }: Answer): readonly (readonly [string, number])[] {
  const entries = (headers['server-timing'] ?? '').matchAll(/([\w-]+);dur=([\d.]+)/g);
  return [...entries].map(([, step = '', milliseconds]) => [step, Number(milliseconds) * 1000] as const);
}

/** The whole way but the handler, beside the handler. */
function addedTo(name: string, rounds: readonly Steps[]): Comparison {
  return comparison(
    { name: `pipeline, ${name}: all steps against the handler alone`, unit: 'µs' },
    rounds.map(steps => addedBy(steps)),
    rounds.map(steps => steps.get(HANDLER) ?? Number.NaN),
  );
}

function addedBy(steps: Steps): number {
  return [...steps].reduce((sum, [step, microseconds]) => sum + (step === HANDLER ? 0 : microseconds), 0);
}

function tableOf(rounds: ReadonlyMap<string, readonly Steps[]>): string {
  const names = [
    ...new Set([...rounds.values()].flatMap(found => found.flatMap(steps => [...steps.keys()]))),
  ];
  const cell =
    (pick: (steps: Steps) => number | undefined) =>
    (found: readonly Steps[]): string => {
      const values = found.flatMap(steps => pick(steps) ?? []);
      return values.length === 0 ? '' : summarise(values).median.toFixed(1);
    };
  const row = (name: string, pick: (steps: Steps) => number | undefined): string[] => [
    name,
    ...[...rounds.values()].map(cell(pick)),
  ];
  return align([
    ['µs of a request, by step', ...rounds.keys()],
    ...names.filter(name => name !== HANDLER).map(name => row(name, steps => steps.get(name))),
    row('all steps', addedBy),
    row('the handler, with the database', steps => steps.get(HANDLER)),
  ]);
}
