import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { Client } from '../../scripts/demo/client.ts';
import { type Endpoint, fullPath } from '../../shared/platform/http/index.ts';
import { exampleBody } from './example-body.ts';
import { openStranger, type Stranger } from './foreign-and-absent.ts';
import { inParallel } from './in-parallel.ts';
import { type Belongings, makeOneOfEverything, placeOf } from './make-one-of-everything.ts';
import { type OwnTenant, openOwnTenants } from './own-tenants.ts';
import { sameTime, shareOfLonger, type Trial } from './same-time.ts';
import { listsOf, settled, snapshot } from './snapshot.ts';
import { app, endpoints, idNames, isList, isSecured, pathWith, referenceNames } from './table.ts';
import { withForeignIds } from './with-foreign-ids.ts';

const secured = endpoints.filter(isSecured);
const withId = secured.filter(endpoint => idNames(endpoint).length > 0);
const ABSENT_KEY = '0'.repeat(26);

let alice: OwnTenant;
let bob: OwnTenant;
let hers: Belongings;
let his: Belongings;

before(async () => {
  const [first, second] = await openOwnTenants(2);
  if (first === undefined || second === undefined) throw new Error('two tenants were asked for');
  alice = first;
  bob = second;
  [hers, his] = await Promise.all([makeOneOfEverything(alice), makeOneOfEverything(bob)]);
  await Promise.all([settled(alice), settled(bob)]);
});

/** Nothing of the first tenant may be different after the work. */
async function undisturbed(work: () => Promise<void>): Promise<void> {
  const earlier = await snapshot(alice, hers);
  await work();
  assert.deepEqual(await snapshot(alice, hers), earlier);
}

/** The ids of the right kind at every endpoint, and at those that read two of every other kind as well. */
function knocks(): readonly { endpoint: Endpoint; id: string }[] {
  const someOfEach = [...hers.book.values()].flatMap(ids => ids.slice(0, 2));
  return withId.flatMap(endpoint => {
    const fitting = hers.fits.get(placeOf(endpoint)) ?? hers.ids;
    const ids = endpoint.method === 'GET' ? new Set([...fitting, ...someOfEach]) : fitting;
    return [...ids].map(id => ({ endpoint, id }));
  });
}

function send(client: Client, endpoint: Endpoint, path: string): ReturnType<Client['call']> {
  const body = endpoint.body === undefined ? undefined : exampleBody(endpoint, his.book);
  return client.call(endpoint.method, path, { body, headers: { 'if-match': '"1"' } });
}

/** What is said of an id that nobody has, but for what names the request. */
async function absence(endpoint: Endpoint, path: string): Promise<Record<string, unknown>> {
  const { body } = await send(bob.owner, endpoint, path);
  const { requestId: _request, instance: _instance, data: _data, ...rest } = body;
  return rest;
}

describe('Tenants are isolated', () => {
  test('the walk knows records of every kind, and every address with an id finds one', () => {
    const known = new Set(hers.book.keys());
    const missing = app.kinds.filter(kind => !known.has(kind.prefix)).map(kind => kind.name);
    assert.deepEqual(
      // These are made by no POST of a tenant.
      missing.filter(
        name =>
          !/\.(job|impersonation|sign_in_policy|tenant_settings|tenant|plan|signup_policy|maintenance)$/.test(
            name,
          ),
      ),
      [],
    );
    assert.ok(hers.fits.size >= 2);
    const foreign = hers.ids.filter(id => his.ids.includes(id));
    assert.deepEqual(foreign, [], 'no id is known to both');
  });

  test('an id of another tenant is answered exactly as an id of nothing', () =>
    undisturbed(async () => {
      const questions = knocks();
      assert.ok(questions.length > 50);
      const absences = new Map<string, Promise<Record<string, unknown>>>();
      await inParallel(questions, async ({ endpoint, id }) => {
        const answer = await send(bob.owner, endpoint, pathWith(endpoint, id));
        const what = `${endpoint.id} with ${id}: ${answer.status} ${answer.bytes}`;
        assert.equal(answer.status, 404, what);
        const { requestId, instance, data, ...rest } = answer.body;
        assert.ok(typeof requestId === 'string' && instance === pathWith(endpoint, id), what);
        assert.deepEqual(
          Object.keys(data ?? {}).filter(name => name !== 'id'),
          [],
          what,
        );
        assert.ok(data === undefined || id.includes(data.id), `only the question is repeated; ${what}`);
        const nothing = pathWith(endpoint, id.replace(/[0-9a-z]{26}$/, ABSENT_KEY));
        const question = `${endpoint.method} ${nothing}`;
        const absent = absences.get(question) ?? absence(endpoint, nothing);
        absences.set(question, absent);
        assert.deepEqual(rest, await absent, what);
        assert.equal(rest.code, 'platform.not_found', what);
      });
    }));

  test('a token of another tenant opens nothing on this host', () =>
    undisturbed(async () => {
      const stranger = bob.anonymous.as(await alice.token(['tenant-owner', 'technician', 'quality-manager']));
      await inParallel(secured, async endpoint => {
        const id = hers.fits.get(placeOf(endpoint))?.[0] ?? hers.ids[0] ?? '';
        const { status, body } = await send(stranger, endpoint, pathWith(endpoint, id));
        assert.deepEqual([endpoint.id, status, body.code], [endpoint.id, 403, 'platform.tenant_mismatch']);
      });
    }));

  test('without a token every address that is not public is closed', () =>
    undisturbed(async () => {
      await inParallel(secured, async endpoint => {
        const id = hers.fits.get(placeOf(endpoint))?.[0] ?? hers.ids[0] ?? '';
        const { status, headers, body } = await send(alice.anonymous, endpoint, pathWith(endpoint, id));
        assert.deepEqual([endpoint.id, status, body.code], [endpoint.id, 401, 'platform.token_missing']);
        assert.equal(headers['www-authenticate'], 'Bearer');
      });
    }));

  test('lists show only their own rows, on every page', async () => {
    const lists = endpoints.filter(isList);
    assert.ok(lists.length >= 3);
    await inParallel(lists, async endpoint => {
      let next: string | null = null;
      do {
        const cursor: string = next === null ? '' : `&cursor=${next}`;
        const { status, bytes, body } = await bob.owner.get(`${fullPath(endpoint)}?limit=1${cursor}`);
        assert.equal(status, 200, `${endpoint.id}: ${bytes}`);
        const text = bytes.toString('utf8');
        const seen = hers.ids.filter(id => text.includes(id));
        assert.deepEqual(seen, [], `${endpoint.id} shows rows of another tenant`);
        next = body.next;
      } while (next !== null);
    });
  });

  test('nothing that is read without an id names a record of another tenant', async () => {
    const readers = secured.filter(endpoint => endpoint.method === 'GET' && idNames(endpoint).length === 0);
    await inParallel(readers, async endpoint => {
      const { status, bytes } = await bob.owner.get(pathWith(endpoint, ''));
      assert.equal(status, 200, `${endpoint.id}: ${bytes}`);
      const text = bytes.toString('utf8');
      assert.deepEqual(
        hers.ids.filter(id => text.includes(id)),
        [],
        endpoint.id,
      );
    });
  });

  test('a certificate is verified at the host of its own laboratory only', async () => {
    const { body: list } = await alice.owner.get('/api/v1/certificates?state=issued');
    const [issued] = list.items;
    const { body: certificate } = await alice.owner.get(`/api/v1/certificates/${issued.id}`);
    for (const page of ['/api/v1/public/certificates', '/verify']) {
      const path = `${page}/${encodeURIComponent(certificate.number)}?code=${certificate.verificationCode}`;
      assert.equal((await alice.anonymous.get(path)).status, 200, path);
      const elsewhere = await bob.anonymous.get(path);
      assert.equal(elsewhere.status, 404, path);
      assert.ok(!elsewhere.bytes.includes(issued.id) && !elsewhere.bytes.includes(alice.tenant.slug));
    }
  });

  test('a cursor of another tenant leads nowhere', async () => {
    let tried = 0;
    await inParallel(endpoints.filter(isList), async endpoint => {
      const { body: page } = await alice.owner.get(`${fullPath(endpoint)}?limit=1`);
      if (page.next === null) return;
      tried += 1;
      const { status, body } = await bob.owner.get(`${fullPath(endpoint)}?limit=1&cursor=${page.next}`);
      assert.deepEqual([endpoint.id, status, body.code], [endpoint.id, 400, 'platform.cursor_invalid']);
    });
    assert.ok(tried >= 2, 'at least two lists have a second page');
  });

  test('a filter by an id of another tenant finds nothing', async () => {
    await inParallel(endpoints.filter(isList), async endpoint => {
      for (const [name, prefix] of referenceNames) {
        for (const id of hers.book.get(prefix) ?? []) {
          const { status, body } = await bob.owner.get(`${fullPath(endpoint)}?${name}=${id}`);
          if (status !== 400) assert.deepEqual(body, { items: [], next: null }, `${endpoint.id} by ${name}`);
        }
      }
    });
  });

  test('a body that refers to a record of another tenant is refused and makes nothing', () =>
    undisturbed(async () => {
      const earlier = await listsOf(bob);
      const refused = withForeignIds(hers.book, his);
      await inParallel(refused, async ({ endpoint, path, body, pointer, etag }) => {
        const headers = etag === undefined ? {} : { 'if-match': etag };
        const answer = await bob.owner.call(endpoint.method, path, { body, headers });
        const what = `${endpoint.id} with a foreign id at ${pointer}: ${answer.status} ${answer.bytes}`;
        assert.ok(answer.status >= 400 && answer.status < 500, what);
      });
      assert.deepEqual(await listsOf(bob), earlier);
    }));
});

describe('Who asks for a record of another tenant cannot tell by the cost that it is there', () => {
  let stranger: Stranger;

  before(async () => {
    stranger = await openStranger(bob, his.book);
  });

  after(() => stranger?.close());

  test('at every address it takes the same requests to the database and the same request units', async () => {
    const asked = withId.flatMap(endpoint => {
      const id = hers.fits.get(placeOf(endpoint))?.[0];
      return id === undefined ? [] : [{ endpoint, id }];
    });
    assert.ok(asked.length > 40, `${asked.length} addresses`);
    for (const { endpoint, id } of asked) {
      const { foreign, absent } = await stranger.costsOf(endpoint, id);
      // Which of two that are sent side by side ends first, and so how many trips that looks like, is chance.
      const [seen, unseen] = [foreign, absent].map(({ counts, requestUnits }) => ({ counts, requestUnits }));
      assert.deepEqual(seen, unseen, endpoint.id);
    }
  });

  for (const name of ['calibration.equipment.read', 'calibration.srf.transition']) {
    test(`${name} takes the same time`, async () => {
      const endpoint = withId.find(({ id }) => id === name);
      const id = endpoint === undefined ? undefined : hers.fits.get(placeOf(endpoint))?.[0];
      assert(endpoint !== undefined && id !== undefined);
      const trials: Trial[] = [];
      const same = await sameTime(async () => {
        const trial = await stranger.timesOf(endpoint, id);
        trials.push(trial);
        return trial;
      });
      const shares = trials.map(({ compared, control }) => [compared, control].map(shareOfLonger));
      assert.ok(
        same !== undefined,
        `shares of longer ones, with those of the control: ${JSON.stringify(shares)}`,
      );
    });
  }
});
