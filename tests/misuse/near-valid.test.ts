import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import fc from 'fast-check';
import { type Endpoint, fullPath } from '../../shared/platform/http/index.ts';
import { exampleBody } from '../isolation/example-body.ts';
import { type Belongings, makeOneOfEverything } from '../isolation/make-one-of-everything.ts';
import { type OwnTenant, openOwnTenants } from '../isolation/own-tenants.ts';
import { endpoints, idNames } from '../isolation/table.ts';
import { fuzzing, ODD_TEXTS } from './odd-texts.ts';
import { assertProblem } from './problem.ts';
import { type Published, readPublished } from './published.ts';

const FUZZING = fuzzing(20260115, 25);
const creating = endpoints.filter(
  ({ method, creates, ...endpoint }) =>
    method === 'POST' && creates !== undefined && idNames(endpoint as Endpoint).length === 0,
);

let tenant: OwnTenant;
let own: Belongings;
let published: Published;

before(async () => {
  const [opened] = await openOwnTenants(1);
  if (opened === undefined) throw new Error('a tenant was asked for');
  tenant = opened;
  published = await readPublished(tenant.owner);
  own = await makeOneOfEverything(tenant);
});

/** Values that look right and are odd: extremes of numbers, strange texts, the words of other fields. */
const oddValue = fc.oneof(
  fc.constantFrom<unknown>(
    null,
    '',
    ' ',
    '0',
    '\u0000',
    '\ud800',
    '‮abc',
    '𝟘',
    'İ',
    '<script>',
    '{{7*7}}',
    '$where',
  ),
  fc.constantFrom<unknown>(0, -0, -1, 1e308, 5e-324, 2 ** 53, 1.5, true, false, [], {}, [null], { value: 1 }),
  fc.constantFrom<unknown>(
    '2026-02-30',
    '2026-13-01',
    '9999-12-31',
    'mm/mm',
    'kg·m²',
    '%',
    'constructor',
    '__proto__',
  ),
  fc.constantFrom<unknown>(...ODD_TEXTS),
  fc.string({ maxLength: 40, unit: 'grapheme' }),
  fc.double(),
  fc.jsonValue({ maxDepth: 2 }),
);

/** One to three places of the example, each with something odd in it. */
const distortions = fc.array(fc.tuple(fc.nat(), oddValue), { minLength: 1, maxLength: 3 });

function distorted(example: unknown, [place, odd]: readonly [number, unknown]): unknown {
  const paths = pathsIn(example);
  const path = paths[place % paths.length] ?? [];
  return put(example, path, odd);
}

function pathsIn(value: unknown, path: readonly string[] = []): readonly (readonly string[])[] {
  if (typeof value !== 'object' || value === null) return [path];
  const below = Object.entries(value).flatMap(([name, member]) => pathsIn(member, [...path, name]));
  return path.length === 0 ? below : [path, ...below];
}

function put(value: unknown, [name, ...rest]: readonly string[], odd: unknown): unknown {
  if (name === undefined || typeof value !== 'object' || value === null) return odd;
  const copy = Array.isArray(value) ? [...value] : { ...value };
  return Object.assign(copy, { [name]: put((value as Record<string, unknown>)[name], rest, odd) });
}

describe('Bodies that are nearly valid', () => {
  for (const endpoint of creating) {
    test(`are made or refused by POST ${fullPath(endpoint)}, never a failure, and what is made can be read`, async () => {
      const allows = published.allowsBody(endpoint.id);
      await fc.assert(
        fc.asyncProperty(distortions, async changes => {
          const start = exampleBody(endpoint, own.book);
          const body = changes.reduce<unknown>((so, change) => distorted(so, change), start);
          const path = fullPath(endpoint);
          const answer = await tenant.owner.post(path, body);
          if (answer.status !== 201) {
            assertProblem(answer, path, { status: [400, 409, 422] }, JSON.stringify(body));
            return;
          }
          assert.ok(
            allows(JSON.parse(JSON.stringify(body))),
            'what was made is allowed by the published schema',
          );
          const location = answer.headers['location'] ?? '';
          const read = await tenant.owner.get(location);
          assert.equal(read.status, 200);
          // The job of a request about personal data may have gone on with it meanwhile.
          const isMoved = read.body.version > answer.body.version;
          assert.deepEqual(isMoved ? read.body.id : read.body, isMoved ? answer.body.id : answer.body);
        }),
        FUZZING,
      );
    });
  }
});
