import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import type { Answer } from '../../scripts/demo/client.ts';
import { fullPath } from '../../shared/platform/http/index.ts';
import { inParallel } from '../isolation/in-parallel.ts';
import { type Belongings, makeOneOfEverything } from '../isolation/make-one-of-everything.ts';
import { type OwnTenant, openOwnTenants } from '../isolation/own-tenants.ts';
import { listsOf, settled, snapshot } from '../isolation/snapshot.ts';
import { endpoints, pathWith } from '../isolation/table.ts';
import { abusesOf } from './abuses.ts';
import { boundless } from './boundless.ts';
import { assertProblem } from './problem.ts';
import { type Published, readPublished } from './published.ts';

const METHODS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'];

let tenant: OwnTenant;
let own: Belongings;
let published: Published;
let earlier: Readonly<Record<string, unknown>>;

before(async () => {
  const [opened] = await openOwnTenants(1);
  if (opened === undefined) throw new Error('a tenant was asked for');
  tenant = opened;
  published = await readPublished(tenant.owner);
  own = await makeOneOfEverything(tenant);
  await settled(tenant);
  earlier = await listsOf(tenant);
});

function pathOf(address: string): string {
  return address.split('?')[0] ?? '';
}

describe('Misuse is refused with a problem document and changes nothing', () => {
  // What is wrong with forms is tried where forms are.
  for (const endpoint of endpoints.filter(({ takes }) => takes !== 'form')) {
    test(`${endpoint.method} ${fullPath(endpoint)} refuses whatever is wrong`, async () => {
      const wrong: string[] = [];
      await inParallel(abusesOf(endpoint, own, published), async ({ why, path, body, headers, expected }) => {
        const answer = await tenant.owner.call(endpoint.method, path, { body, headers: headers ?? {} });
        try {
          assertProblem(answer, pathOf(path), expected, why);
        } catch (error) {
          wrong.push((error as Error).message);
        }
      });
      assert.deepEqual(wrong, []);
    });
  }

  test('every text and every list in a body or query has a longest length', () => {
    const found = endpoints.flatMap(({ id, body }) => {
      const schemas = [body === undefined ? {} : published.bodyOf(id), { properties: published.queryOf(id) }];
      return schemas.flatMap(schema => boundless(schema)).map(pointer => `${id} ${pointer}`);
    });
    assert.deepEqual(found, []);
  });

  test('another method is answered 405 with the ones that are allowed', async () => {
    const byPath = Map.groupBy(endpoints, endpoint => pathWith(endpoint, own.ids[0] ?? ''));
    await inParallel([...byPath], async ([path, there]) => {
      const known = there.map(endpoint => endpoint.method as string);
      for (const method of METHODS.filter(name => !known.includes(name))) {
        const answer = await tenant.owner.call(method, path);
        assertProblem(
          answer,
          path,
          { status: 405, code: 'platform.method_not_allowed' },
          `${method} ${path}`,
        );
        for (const name of known)
          assert.ok(allowed(answer).includes(name), `Allow names ${name} for ${path}`);
        assert.ok(!allowed(answer).includes(method));
      }
    });
  });

  test('an address that is not there is answered 404', async () => {
    const addresses = ['/api', '/api/v1', '/api/v2/users', '/api/v1/nothing', '/API/V1/USERS', '/login'];
    const odd = [
      '/.env',
      '/api/v1/users/x/y/z',
      '/api/v1/%2e%2e/users',
      '/api/v1//users',
      '/docs/package.json',
    ];
    for (const path of [...addresses, ...odd]) {
      for (const method of ['GET', 'POST']) {
        const answer = await tenant.owner.call(method, path);
        const shown = new URL(path, tenant.origin).pathname;
        assertProblem(answer, shown, { status: [404, 405] }, `${method} ${path}`);
      }
    }
  });

  test('a host that no tenant has is answered 404 before anything else', async () => {
    for (const host of [
      'nobody-at-all.localhost',
      'localhost',
      'a.b.localhost',
      'example.com',
      '127.0.0.1',
    ]) {
      const answer = await tenant.owner.get('/api/v1/users', { host });
      assertProblem(answer, '/api/v1/users', { status: 404, code: 'platform.tenant_unknown' }, host);
    }
  });

  test('an address for webhooks that no name server knows is refused', async () => {
    const path = '/api/v1/webhook-endpoints';
    const answer = await tenant.owner.post(path, { url: 'https://no-such-host.invalid/', eventTypes: ['*'] });
    const expected = { status: 422, code: 'platform.webhook_unreachable_address' };
    assertProblem(answer, path, expected, 'https://no-such-host.invalid/');
  });

  test('nothing that can be read shows a password or its hash', async () => {
    for (const [address, seen] of Object.entries(await snapshot(tenant, own)))
      assert.doesNotMatch(JSON.stringify(seen), /argon2|passwordHash/, address);
  });

  test('after all this nothing new is there and nothing is different', async () => {
    assert.deepEqual(await listsOf(tenant), earlier);
  });
});

function allowed(answer: Answer): readonly string[] {
  return (answer.headers['allow'] ?? '').split(', ');
}
