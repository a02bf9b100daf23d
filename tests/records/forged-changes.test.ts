import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import type { Answer } from '../../scripts/demo/client.ts';
import { until } from '../../scripts/demo/expect.ts';
import { contentHash } from '../../shared/kernel/index.ts';
import type { ChangeDocument } from '../../shared/platform/records/index.ts';
import { type OwnTenant, openOwnTenants } from '../isolation/own-tenants.ts';
import { callerOf, openTestProduct } from '../product.ts';
import { allChanges } from './note.ts';

const { platform, stores } = openTestProduct();
const UNREADABLE = '[unreadable]';

let tenant: OwnTenant;
before(async () => {
  [tenant] = (await openOwnTenants(1)) as [OwnTenant];
});

type Stored = ChangeDocument & Record<string, unknown>;

/** A customer that was changed once, and its first change as whoever has the database would leave it. */
async function forgedCustomer(forge: (change: Stored) => object) {
  const made = await tenant.owner.post('/api/v1/customers', { name: 'first', address: [] });
  assert.equal(made.status, 201, String(made.bytes));
  const { id } = made.body;
  const path = `/api/v1/customers/${id}`;
  assert.equal((await tenant.second.patch(path, { name: 'second' }, { 'if-match': '"1"' })).status, 200);
  const [first] = await allChanges(platform.records.for(callerOf(tenant.tenant.id)).scope(id));
  assert.ok(first !== undefined);
  const item = (await stores.records.container()).item(first.id, [tenant.tenant.id, id]);
  const { resource } = await item.read<Stored>();
  assert.ok(resource !== undefined);
  await item.replace({ ...resource, ...forge(resource) });
  return { id: id as string, path, change: first.id };
}

/** As one who knows how hashes are made leaves it. */
function rehashed(change: Stored, forged: object): object {
  const own = Object.entries({ ...change, ...forged }).filter(([name]) => !name.startsWith('_'));
  const { hash: _hash, ...open } = Object.fromEntries(own);
  return { ...open, hash: contentHash(open) };
}

async function itemsOf(path: string): Promise<readonly Answer['body'][]> {
  const answer = await tenant.owner.get(path);
  assert.equal(answer.status, 200, String(answer.bytes));
  return answer.body.items;
}

const step = { op: 'replace', path: '/data/name', value: 'x' };
const forgeries: readonly (readonly [
  what: string,
  forge: (change: Stored) => object,
  audit: readonly string[],
  history: readonly string[],
])[] = [
  ['a name in clear', ({ by }) => ({ by: { ...by, name: 'Else' } }), ['by.name'], ['by.name']],
  [
    'a name that only looks sealed',
    ({ by }) => ({ by: { ...by, name: `~1.1.${by.user}.by/name.AAAA` } }),
    ['by.name'],
    ['by.name'],
  ],
  [
    'a name under a key that there is not',
    ({ by }) => ({ by: { ...by, name: `~1.99.${by.user}.by/name.AAAA` } }),
    ['by.name'],
    ['by.name'],
  ],
  [
    'an address in the place of the name',
    ({ by, address }) => ({ by: { ...by, name: address } }),
    ['by.name'],
    ['by.name'],
  ],
  [
    'another person than whose name it bears',
    ({ by }) => ({ by: { ...by, user: `usr_${'7'.repeat(26)}` } }),
    ['by.name', 'address'],
    ['by.name', 'address'],
  ],
  ['nobody', () => ({ by: 7 }), ['by.user', 'by.name', 'address'], ['by.user', 'by.name', 'address']],
  [
    'an operator who is none',
    ({ by }) => ({ by: { ...by, operator: null } }),
    ['by.operator.user', 'by.operator.name'],
    ['by.operator.user', 'by.operator.name'],
  ],
  ['an address in clear', () => ({ address: '203.0.113.9' }), ['address'], ['address']],
  [
    'members that are none',
    () => ({ action: 5, reason: {}, requestId: [] }),
    ['action', 'reason', 'requestId'],
    ['action', 'reason', 'requestId'],
  ],
  ['no list of what it touched', () => ({ touches: 'x' }), [], ['records']],
  [
    'touches that are none',
    ({ touches }) => ({ touches: [null, { id: 5 }, ...touches] }),
    ['records'],
    ['records'],
  ],
  [
    'a kind that there is not',
    ({ touches }) => ({ touches: touches.map(touch => ({ ...touch, kind: 'test.nothing' })) }),
    [],
    [],
  ],
  [
    'a patch that is none',
    ({ touches }) => ({
      touches: touches.map(touch => ({ ...touch, forward: [{ op: 'add' }], inverse: 7 })),
    }),
    [],
    ['records.patch'],
  ],
  [
    'a patch that does not apply',
    ({ touches }) => ({ touches: touches.map(touch => ({ ...touch, forward: [step], inverse: [step] })) }),
    [],
    [],
  ],
];

describe('a change that was altered in the database', () => {
  for (const [what, forge, ofAudit, ofHistory] of forgeries)
    for (const hashes of ['as it was', 'made anew'])
      test(`to have ${what}, its hash ${hashes}, says so, hides no other and is named by verification`, async () => {
        const { id, path, change } = await forgedCustomer(stored =>
          hashes === 'as it was' ? forge(stored) : rehashed(stored, forge(stored)),
        );
        for (const [where, lost] of [
          [`${path}/history`, ofHistory],
          [`/api/v1/audit?record=${id}&order=oldest`, ofAudit],
        ] as const) {
          const items = await itemsOf(where);
          assert.deepEqual(
            items.map(item => [item.id === change, new Set(item.unreadable ?? [])]),
            [
              [true, new Set(lost)],
              [false, new Set()],
            ],
            where,
          );
          if (lost.includes('by.name')) assert.equal(items[0].by.name, UNREADABLE);
          assert.equal(items[1].by.name, 'A tester');
        }
        const exported = await tenant.owner.get(`/api/v1/audit/export?record=${id}`);
        assert.equal(exported.status, 200, String(exported.bytes));
        const { status, body } = await tenant.owner.get(`${path}/verify`);
        assert.deepEqual([status, body.intact], [200, false]);
        for (const asked of [`${path}/history/1`, `${path}/diff?from=1&to=2`])
          assert.ok([200, 409].includes((await tenant.owner.get(asked)).status), asked);
      });
});

test('the verification of a tenant ends, and names each change that was altered or the record that it made', async () => {
  const forged: Awaited<ReturnType<typeof forgedCustomer>>[] = [];
  for (const [, forge] of forgeries)
    forged.push(await forgedCustomer(forge), await forgedCustomer(stored => rehashed(stored, forge(stored))));
  const asked = await tenant.owner.post('/api/v1/audit/verifications');
  assert.equal(asked.status, 202, String(asked.bytes));
  const job = await until(
    () => tenant.owner.get(asked.headers['location'] ?? ''),
    ({ body }) => body?.state === 'succeeded' || body?.state === 'failed',
    120_000,
    'the verification has ended',
  );
  assert.equal(job.body.state, 'succeeded', JSON.stringify(job.body.problem));
  const { body: report } = await tenant.owner.get(job.body.links[0].href);
  const named = new Set(report.findings.map(({ id }: { id: string }) => id));
  assert.deepEqual(
    forged.filter(({ id, change }) => !named.has(id) && !named.has(change)),
    [],
  );
});

describe('a record that was altered in the database', () => {
  const alterations: readonly (readonly [string, (stored: Record<string, unknown>) => object])[] = [
    ['a personal value in clear', () => ({ contacts: [{ id: 'con_1', name: 'Else' }] })],
    ['members that are none', () => ({ name: 5 })],
    ['a member less', ({ name: _name, ...rest }) => ({ ...rest, name: undefined })],
    ['no data', () => ({ address: null })],
  ];
  for (const [what, alter] of alterations)
    test(`to have ${what} stands in lists by its id alone and hides no other`, async () => {
      const ids: string[] = [];
      for (const name of ['altered', 'beside']) {
        const made = await tenant.owner.post('/api/v1/customers', { name, address: ['1 Street'] });
        assert.equal(made.status, 201, String(made.bytes));
        ids.push(made.body.id);
      }
      const [altered = '', beside = ''] = ids;
      const item = (await stores.records.container()).item(altered, [tenant.tenant.id, altered]);
      const { resource } = await item.read();
      await item.replace({ ...resource, data: { ...resource.data, ...alter(resource.data) } });
      const rows = new Map((await itemsOf('/api/v1/customers?limit=100')).map(row => [row.id, row]));
      assert.deepEqual(rows.get(altered), { id: altered });
      assert.equal(rows.get(beside)?.name, 'beside');
      const { status, body } = await tenant.owner.get(`/api/v1/customers/${altered}/verify`);
      assert.deepEqual([status, body.intact, body.broken?.why], [200, false, 'state']);
    });
});
