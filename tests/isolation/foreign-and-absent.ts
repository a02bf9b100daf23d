import assert from 'node:assert/strict';
import { randomInt } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import { type Answer, type Client, openClient } from '../../scripts/demo/client.ts';
import { derivedKey } from '../../shared/kernel/index.ts';
import type { Endpoint } from '../../shared/platform/http/index.ts';
import { type MeteredApi, startMeteredApi, type WireCost } from '../costs/metered-api.ts';
import { testStack } from '../stack.ts';
import { exampleBody } from './example-body.ts';
import { allRoles, type OwnTenant } from './own-tenants.ts';
import { BEST_OF, PAIRS, type Pair, type Trial } from './same-time.ts';
import { type IdBook, pathWith } from './table.ts';

/** What a request for another tenant's id costs, and one for an id that nobody has. */
export type BothCosts = Readonly<Record<'foreign' | 'absent', WireCost>>;

/** Somebody who asks for what is not theirs, at an instance that nobody else asks. */
export type Stranger = {
  /** Every answer must be 404. Looks again when the two differ, since a cache may have run out between them. */
  costsOf(endpoint: Endpoint, foreign: string): Promise<BothCosts>;
  /** How long the foreign id takes beside one that nobody has, and this one beside another such. */
  timesOf(endpoint: Endpoint, foreign: string): Promise<Trial>;
  close(): Promise<void>;
};

type Place = 0 | 1 | 2;

const LOOKS = 5;
const WARM = 20;

/** The owner of a tenant; `book` has the ids that the bodies of their requests name. */
export async function openStranger({ tenant, token }: OwnTenant, book: IdBook): Promise<Stranger> {
  const api = await startMeteredApi(testStack().settings);
  const origin = `http://${tenant.slug}.localhost:${new URL(api.url).port}`;
  const client = openClient(origin, await token(allRoles));
  const ask = async (endpoint: Endpoint, id: string): Promise<Answer> => {
    const answer = await send(client, endpoint, id, book);
    assert.equal(answer.status, 404, `${endpoint.id} with ${id}: ${answer.status} ${answer.bytes}`);
    return answer;
  };
  return {
    close: () => api.close(),
    costsOf: async (endpoint, foreign) => {
      let costs = await bothCosts(api, id => ask(endpoint, id), foreign, 0);
      for (let look = 1; look < LOOKS && !isDeepStrictEqual(costs.foreign, costs.absent); look += 1)
        costs = await bothCosts(api, id => ask(endpoint, id), foreign, look);
      return costs;
    },
    timesOf: async (endpoint, foreign) => {
      for (let time = 0; time < WARM; time += 1) await ask(endpoint, absentLike(foreign, -time));
      return trialOf(id => ask(endpoint, id), foreign);
    },
  };
}

function send(client: Client, endpoint: Endpoint, id: string, book: IdBook): Promise<Answer> {
  const body = endpoint.body === undefined ? undefined : exampleBody(endpoint, book);
  return client.call(endpoint.method, pathWith(endpoint, id), { body, headers: { 'if-match': '"1"' } });
}

/** An id of the same kind that nobody has. */
function absentLike(id: string, time: number): string {
  return id.replace(/[0-9a-z]{26}$/, derivedKey('nobody', String(time)));
}

async function bothCosts(
  api: MeteredApi,
  ask: (id: string) => Promise<Answer>,
  foreign: string,
  time: number,
): Promise<BothCosts> {
  const first = await api.costOf(() => ask(foreign));
  const second = await api.costOf(() => ask(absentLike(foreign, time)));
  return { foreign: first.cost, absent: second.cost };
}

async function trialOf(ask: (id: string) => Promise<Answer>, foreign: string): Promise<Trial> {
  const compared: Pair[] = [];
  const control: Pair[] = [];
  for (let pair = 0; pair < PAIRS; pair += 1) {
    const ids = [foreign, absentLike(foreign, 2 * pair), absentLike(foreign, 2 * pair + 1)];
    const [theirs, nobodys, again] = await shortestOf(ask, ids);
    compared.push([theirs, nobodys]);
    control.push([again, nobodys]);
  }
  return { compared, control };
}

/** Milliseconds of three requests, in an order that chance decides, each the shortest of some. */
async function shortestOf(
  ask: (id: string) => Promise<Answer>,
  ids: readonly string[],
): Promise<readonly [number, number, number]> {
  const shortest: [number, number, number] = [
    Number.POSITIVE_INFINITY,
    Number.POSITIVE_INFINITY,
    Number.POSITIVE_INFINITY,
  ];
  for (let time = 0; time < BEST_OF; time += 1) {
    for (const place of shuffled()) {
      const started = performance.now();
      await ask(ids[place] ?? '');
      shortest[place] = Math.min(shortest[place], performance.now() - started);
    }
  }
  return shortest;
}

/** Each order of three as often as any other. */
function shuffled(): readonly Place[] {
  const first = randomInt(3);
  const others = ([0, 1, 2] as const).filter(place => place !== first);
  return [first as Place, ...(randomInt(2) === 0 ? others : others.toReversed())]; // randomInt gives 0, 1 or 2
}
