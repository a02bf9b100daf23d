import assert from 'node:assert/strict';
import { randomInt } from 'node:crypto';
import { after, before, describe, test } from 'node:test';
import { isDeepStrictEqual } from 'node:util';
import { type Answer, type Client, openClient } from '../../scripts/demo/client.ts';
import { derivedKey } from '../../shared/kernel/index.ts';
import type { Endpoint } from '../../shared/platform/http/index.ts';
import { type MeteredApi, startMeteredApi, type WireCost } from '../costs/metered-api.ts';
import { testStack } from '../stack.ts';
import { exampleBody } from './example-body.ts';
import { type Belongings, makeOneOfEverything, placeOf } from './make-one-of-everything.ts';
import { allRoles, type OwnTenant, openOwnTenants } from './own-tenants.ts';
import { PAIRS, type Pair, sameTime, shareOfLonger, type Trial } from './same-time.ts';
import { endpoints, idNames, isSecured, pathWith } from './table.ts';

const withId = endpoints.filter(endpoint => isSecured(endpoint) && idNames(endpoint).length > 0);
/** Looks again when a cache ran out between two requests. */
const LOOKS = 5;

let api: MeteredApi;
let bob: Client;
let hers: Belongings;
let his: Belongings;

before(async () => {
  const [first, second] = await openOwnTenants(2);
  if (first === undefined || second === undefined) throw new Error('two tenants were asked for');
  [hers, his] = await Promise.all([makeOneOfEverything(first), makeOneOfEverything(second)]);
  // An instance that nobody else asks.
  api = await startMeteredApi(testStack().settings);
  bob = await ownerAt(api, second);
});

after(() => api?.close());

async function ownerAt({ url }: MeteredApi, { tenant, token }: OwnTenant): Promise<Client> {
  const port = new URL(url).port;
  return openClient(`http://${tenant.slug}.localhost:${port}`, await token(allRoles));
}

/** An id of the same kind that nobody has. */
function absent(id: string, time: number): string {
  return id.replace(/[0-9a-z]{26}$/, derivedKey('nobody', String(time)));
}

function ask(endpoint: Endpoint, id: string): Promise<Answer> {
  const body = endpoint.body === undefined ? undefined : exampleBody(endpoint, his.book);
  return bob.call(endpoint.method, pathWith(endpoint, id), { body, headers: { 'if-match': '"1"' } });
}

describe('who asks for a record of another tenant cannot tell by the cost that it is there', () => {
  test('at every address both answers take the same trips to the database and the same request units', async () => {
    let compared = 0;
    for (const endpoint of withId) {
      const id = hers.fits.get(placeOf(endpoint))?.[0];
      if (id === undefined) continue;
      let costs = await bothCosts(endpoint, id, 0);
      for (let look = 1; look < LOOKS && !isDeepStrictEqual(costs.foreign, costs.nobodys); look += 1)
        costs = await bothCosts(endpoint, id, look);
      assert.deepEqual(costs.foreign, costs.nobodys, endpoint.id);
      compared += 1;
    }
    assert.ok(compared > 40, `${compared} addresses were compared`);
  });

  for (const name of ['calibration.equipment.read', 'calibration.srf.transition']) {
    test(`${name} takes the same time`, async () => {
      const endpoint = withId.find(({ id }) => id === name);
      const id = endpoint === undefined ? undefined : hers.fits.get(placeOf(endpoint))?.[0];
      assert(endpoint !== undefined && id !== undefined);
      for (let warm = 0; warm < 20; warm += 1) await ask(endpoint, absent(id, warm));
      const trials: Trial[] = [];
      const found = await sameTime(async () => {
        const trial = await takeTrial(endpoint, id);
        trials.push(trial);
        return trial;
      });
      const shares = trials.map(({ compared, control }) => [shareOfLonger(compared), shareOfLonger(control)]);
      assert.ok(
        found !== undefined,
        `told apart thrice; longer were, with the control: ${JSON.stringify(shares)}`,
      );
    });
  }
});

async function bothCosts(
  endpoint: Endpoint,
  id: string,
  time: number,
): Promise<Readonly<Record<'foreign' | 'nobodys', WireCost>>> {
  const costOf = async (asked: string): Promise<WireCost> => {
    const { answer, cost } = await api.costOf(() => ask(endpoint, asked));
    assert.equal(answer.status, 404, `${endpoint.id}: ${answer.bytes}`);
    return cost;
  };
  return { foreign: await costOf(id), nobodys: await costOf(absent(id, time)) };
}

/** The foreign id and two that nobody has, in an order that chance decides. */
async function takeTrial(endpoint: Endpoint, foreign: string): Promise<Trial> {
  const compared: Pair[] = [];
  const control: Pair[] = [];
  for (let pair = 0; pair < PAIRS; pair += 1) {
    const ids = [foreign, absent(foreign, 3 * pair), absent(foreign, 3 * pair + 1)];
    const taken: number[] = [];
    for (const place of shuffled()) taken[place] = await millisecondsOf(endpoint, ids[place] ?? '');
    const [theirs = 0, nobodys = 0, again = 0] = taken;
    compared.push([theirs, nobodys]);
    control.push([again, nobodys]);
  }
  return { compared, control };
}

/** Each order of three as often as any other. */
function shuffled(): readonly number[] {
  const at = randomInt(3);
  const rest = [0, 1, 2].filter(place => place !== at);
  return randomInt(2) === 0 ? [at, ...rest] : [at, ...rest.toReversed()];
}

async function millisecondsOf(endpoint: Endpoint, id: string): Promise<number> {
  const started = performance.now();
  const { status } = await ask(endpoint, id);
  const taken = performance.now() - started;
  assert.equal(status, 404);
  return taken;
}
