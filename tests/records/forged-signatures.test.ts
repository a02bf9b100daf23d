import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import { until } from '../../scripts/demo/expect.ts';
import { contentHash } from '../../shared/kernel/index.ts';
import { newRecordId, type RecordKind } from '../../shared/platform/records/index.ts';
import {
  type SignatureData,
  sign,
  signatureKind,
  signedAction,
} from '../../shared/platform/signatures/index.ts';
import { type OwnTenant, openOwnTenants, PASSPHRASE } from '../isolation/own-tenants.ts';
import { callerOf, openTestProduct } from '../product.ts';

const product = openTestProduct();
const { platform, stores } = product;
const CUSTOMER = 'calibration.customer';

let tenant: OwnTenant;
before(async () => {
  [tenant] = (await openOwnTenants(1)) as [OwnTenant];
});

/** A customer with one genuine signature, and the item that holds it. */
async function signedCustomer() {
  const { body } = await tenant.owner.post('/api/v1/customers', {
    name: 'Signed Ltd',
    address: ['1 Street'],
  });
  const path = `/api/v1/customers/${body.id}`;
  const proof = { meaning: 'author', password: PASSPHRASE };
  const signed = await tenant.owner.post(`${path}/signatures`, proof, { 'if-match': '"1"' });
  assert.equal(signed.status, 201, String(signed.bytes));
  const key = [tenant.tenant.id, body.id];
  const item = (await stores.records.container()).item(signed.body.id, key);
  const { resource } = await item.read();
  const {
    id: _id,
    valid: _v,
    broken: _b,
    brokenSince: _s,
    erased: _e,
    unreadable: _u,
    ...data
  } = signed.body;
  return { path, id: body.id as string, item, resource, data: data as SignatureData, sign: proof };
}

async function standing(path: string): Promise<readonly (readonly [boolean, string | null])[]> {
  const { body } = await tenant.owner.get(`${path}/signatures`);
  return body.items.map(({ valid, broken }: { valid: boolean; broken: string | null }) => [valid, broken]);
}

describe('a signature that was put into the database', () => {
  test('in place of another one is altered, though its digest was computed anew', async () => {
    const { path, item, resource, data } = await signedCustomer();
    const { digest: _digest, ...open } = { ...data, user: 'usr_somebody', meaning: 'approval' };
    const forged = { user: open.user, meaning: open.meaning, digest: contentHash(open) };
    await item.replace({ ...resource, data: { ...resource.data, ...forged } });
    assert.deepEqual(await standing(path), [[false, 'altered']]);
  });

  const forgeries: readonly (readonly [string, object, readonly string[]])[] = [
    ['a name in clear', { name: 'Somebody Else' }, ['name']],
    ['a name that only looks sealed', { name: '~1.1.~common.name.AAAA' }, ['name']],
    ['a name under a key that there is not', { name: '~1.99.~common.name.AAAA' }, ['name']],
    ['a name that was sealed for another place', { name: '~1.1.~common.position.AAAA' }, ['name']],
    ['a name and a position in clear', { name: 'Else', position: 'Director' }, ['name', 'position']],
    ['members that are none', { meaning: 'blessing', version: 'first' }, ['version', 'meaning']],
    ['a member too many', { also: 'this' }, []],
  ];
  for (const [what, forged, unreadable] of forgeries)
    test(`by nobody who had the keys, with ${what}, is altered, says so and hides no other`, async () => {
      const { path, item, resource, sign } = await signedCustomer();
      const beside = await tenant.owner.post(`${path}/signatures`, sign, { 'if-match': '"1"' });
      assert.equal(beside.status, 201, String(beside.bytes));
      await item.replace({ ...resource, data: { ...resource.data, ...forged } });
      const answer = await tenant.owner.get(`${path}/signatures`);
      assert.equal(answer.status, 200, String(answer.bytes));
      assert.deepEqual(
        answer.body.items.map((one: { id: string; valid: boolean; broken: unknown; unreadable: unknown }) => [
          one.id,
          one.valid,
          one.broken,
          one.unreadable,
        ]),
        [
          [resource.id, false, 'altered', unreadable],
          [beside.body.id, true, null, []],
        ],
      );
      assert.ok(unreadable.every(member => !(member in answer.body.items[0])));
      assert.equal(answer.body.items[0].user, resource.data.user, 'what can be read is told');
    });

  test('is named by the verification of the tenant', async () => {
    const { item, resource } = await signedCustomer();
    await item.replace({ ...resource, data: { ...resource.data, name: 'Somebody Else' } });
    const asked = await tenant.owner.post('/api/v1/audit/verifications');
    assert.equal(asked.status, 202, String(asked.bytes));
    const job = await until(
      () => tenant.owner.get(asked.headers['location'] ?? ''),
      ({ body }) => body?.state === 'succeeded' || body?.state === 'failed',
      60_000,
      'the verification has ended',
    );
    assert.equal(job.body.state, 'succeeded', JSON.stringify(job.body.problem));
    const { body: report } = await tenant.owner.get(job.body.links[0].href);
    assert.equal(report.intact, false);
    assert.deepEqual(
      report.findings.filter(({ id }: { id: string }) => id === resource.id),
      [{ what: 'record', id: resource.id, why: 'state' }],
    );
  });

  test('is altered when the commit that made it is gone', async () => {
    const { path, id } = await signedCustomer();
    const scope = platform.records.for(callerOf(tenant.tenant.id)).scope(id);
    const container = await stores.records.container();
    for await (const change of scope.changes({ action: signedAction({ name: CUSTOMER }) }))
      await container.item(change.id, [tenant.tenant.id, id]).delete();
    assert.deepEqual(await standing(path), [[false, 'altered']]);
  });

  test('is altered when it names another change of what it signs, or another person than who committed it', async () => {
    const { path, id, data } = await signedCustomer();
    const caller = callerOf(tenant.tenant.id);
    const scope = platform.records.for(caller).scope(id);
    const { content: _content, digest: _digest, ...parts } = data;
    const customer = (await tenant.owner.get(path)).body;
    const { version: _v, createdAt: _c, updatedAt: _u, id: _id, ...content } = customer;
    for (const other of [{ user: caller.user, chain: 'f'.repeat(64) }, { user: data.user }]) {
      const signature = { ...sign({ ...parts, ...other }, content), content: data.content };
      const { digest: _old, ...open } = signature;
      const create = [
        {
          kind: signatureKind as RecordKind,
          id: newRecordId(signatureKind, platform.newKey(), id),
          data: { ...open, digest: contentHash(open) },
        },
      ];
      await scope.commit({ action: signedAction({ name: CUSTOMER }), create });
    }
    assert.deepEqual(await standing(path), [
      [true, null],
      [false, 'altered'],
      [false, 'altered'],
    ]);
  });
});
