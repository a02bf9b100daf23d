import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { before, describe, test } from 'node:test';
import type { Answer, Client } from '../../scripts/demo/client.ts';
import { type Endpoint, fullPath } from '../../shared/platform/http/index.ts';
import { exampleBody } from '../isolation/example-body.ts';
import { type Belongings, makeOneOfEverything } from '../isolation/make-one-of-everything.ts';
import { allRoles, type OwnTenant, openOwnTenants } from '../isolation/own-tenants.ts';
import { endpoints, idNames } from '../isolation/table.ts';
import { type Published, readPublished } from '../misuse/published.ts';
import { loseAnswer } from './lose-answer.ts';

const AT_ONCE = 20;
const creating = endpoints.filter(
  endpoint => endpoint.creates !== undefined && endpoint.method === 'POST' && idNames(endpoint).length === 0,
);

let tenant: OwnTenant;
let other: OwnTenant;
let own: Belongings;
let others: Belongings;
let published: Published;

before(async () => {
  const [first, second] = await openOwnTenants(2);
  if (first === undefined || second === undefined) throw new Error('two tenants were asked for');
  tenant = first;
  other = second;
  published = await readPublished(tenant.owner);
  [own, others] = await Promise.all([makeOneOfEverything(tenant), makeOneOfEverything(other)]);
});

function send(client: Client, endpoint: Endpoint, key: string, body: unknown): Promise<Answer> {
  return client.post(fullPath(endpoint), body, { 'idempotency-key': key });
}

/** What of an answer a repetition must give again. */
function essence({ status, headers, body }: Answer): unknown {
  return { status, body, location: headers['location'], etag: headers['etag'] };
}

function isReplayed({ headers }: Answer): boolean {
  return headers['idempotency-replayed'] === 'true';
}

async function count(endpoint: Endpoint): Promise<number> {
  let found = 0;
  let cursor = '';
  do {
    const { body } = await tenant.owner.get(`${fullPath(endpoint)}?limit=100${cursor}`);
    found += body.items.length;
    cursor = body.next === null ? '' : `&cursor=${body.next}`;
  } while (cursor !== '');
  return found;
}

/** Does the work and tells how many records of the endpoint's kind it made. */
async function making(endpoint: Endpoint, work: () => Promise<void>): Promise<number> {
  const earlier = await count(endpoint);
  await work();
  return (await count(endpoint)) - earlier;
}

/** The body with one text in it different and still allowed. */
function varied(endpoint: Endpoint, body: object): object {
  const allows = published.allowsBody(endpoint.id);
  const variants = Object.entries(body)
    .filter(([name, value]) => typeof value === 'string' && !name.endsWith('Id'))
    .map(([name, value]) => ({ ...body, [name]: name === 'email' ? `x${value}` : `${value}2` }));
  const variant = variants.find(allows);
  if (variant === undefined) throw new Error(`${endpoint.id} has no text that can be different`);
  return variant;
}

/** The example of a body is an object. */
function bodyOf(endpoint: Endpoint, belongings: Belongings = own): object {
  return exampleBody(endpoint, belongings.book) as object;
}

for (const endpoint of creating) {
  describe(`POST ${fullPath(endpoint)} under an Idempotency-Key`, () => {
    test('gives the same answer the second time and makes one record', async () => {
      const key = randomUUID();
      const body = bodyOf(endpoint);
      const made = await making(endpoint, async () => {
        const first = await send(tenant.owner, endpoint, key, body);
        const second = await send(tenant.owner, endpoint, key, body);
        const quoted = await send(tenant.owner, endpoint, `"${key}"`, body);
        assert.equal(first.status, 201, String(first.bytes));
        assert.deepEqual([first, second, quoted].map(isReplayed), [false, true, true]);
        assert.deepEqual([essence(second), essence(quoted)], [essence(first), essence(first)]);
      });
      assert.equal(made, 1);
    });

    test(`makes one record when ${AT_ONCE} come at once, and all hear the same`, async () => {
      const key = randomUUID();
      const body = bodyOf(endpoint);
      const made = await making(endpoint, async () => {
        const answers = await Promise.all(
          Array.from({ length: AT_ONCE }, () => send(tenant.owner, endpoint, key, body)),
        );
        const [first] = answers;
        if (first === undefined) throw new Error('nothing was answered');
        for (const answer of answers) {
          assert.equal(answer.status, 201, String(answer.bytes));
          assert.deepEqual(essence(answer), essence(first));
        }
        assert.equal(answers.filter(answer => !isReplayed(answer)).length, 1, 'one of them made it');
      });
      assert.equal(made, 1);
    });

    test('refuses another body under the same key', async () => {
      const key = randomUUID();
      const body = bodyOf(endpoint);
      const made = await making(endpoint, async () => {
        assert.equal((await send(tenant.owner, endpoint, key, body)).status, 201);
        const answer = await send(tenant.owner, endpoint, key, varied(endpoint, body));
        assert.deepEqual([answer.status, answer.body.code], [422, 'platform.idempotency_key_reused']);
      });
      assert.equal(made, 1);
    });

    test('is independent of the same key of another person or another tenant', async () => {
      const key = randomUUID();
      const answers = [
        await send(tenant.owner, endpoint, key, bodyOf(endpoint)),
        await send(tenant.second, endpoint, key, bodyOf(endpoint)),
        await send(other.owner, endpoint, key, bodyOf(endpoint, others)),
      ];
      assert.deepEqual(
        answers.map(({ status }) => status),
        [201, 201, 201],
      );
      assert.deepEqual(answers.map(isReplayed), [false, false, false]);
      assert.equal(new Set(answers.map(({ body }) => body.id)).size, answers.length);
    });

    test('makes one record when the answer is lost and the request comes again', async () => {
      const key = randomUUID();
      const body = bodyOf(endpoint);
      const authorization = `Bearer ${await tenant.token(allRoles)}`;
      const headers = { authorization, 'idempotency-key': key };
      const made = await making(endpoint, async () => {
        await loseAnswer(tenant.origin, fullPath(endpoint), body, headers);
        const again = await send(tenant.owner, endpoint, key, body);
        const third = await send(tenant.owner, endpoint, key, body);
        assert.equal(again.status, 201, String(again.bytes));
        assert.deepEqual([essence(third), isReplayed(third)], [essence(again), true]);
      });
      assert.equal(made, 1);
    });
  });
}
