import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import type { Answer, Client } from '../../scripts/demo/client.ts';
import { until } from '../../scripts/demo/expect.ts';
import { exampleBody } from '../isolation/example-body.ts';
import { issueCertificate } from '../isolation/issue-certificate.ts';
import { type OwnTenant, openOwnTenants } from '../isolation/own-tenants.ts';
import { bookOf, endpoints, idsIn, pathWith } from '../isolation/table.ts';

let tenant: OwnTenant;
let other: OwnTenant;
let path: string;

before(async () => {
  const opened = await openOwnTenants(2);
  if (opened[0] === undefined || opened[1] === undefined) throw new Error('two tenants were asked for');
  [tenant, other] = [opened[0], opened[1]];
  const made = await tenant.owner.post('/api/v1/customers', { name: 'first', address: ['1 Street'] });
  assert.equal(made.status, 201);
  path = `/api/v1/customers/${made.body.id}`;
  for (const [index, name] of ['second', 'third', 'fourth'].entries())
    assert.equal((await change(index + 1, { name })).status, 200);
});

function change(version: number, body: object): Promise<Answer> {
  return tenant.owner.patch(path, body, { 'if-match': `"${version}"` });
}

describe('the history of a record', () => {
  test('is read in pages, each change once, from either end', async () => {
    for (const order of ['oldest', 'newest']) {
      const versions: number[] = [];
      let next: string | null = `${path}/history?limit=2&order=${order}`;
      while (next !== null) {
        const answer: Answer = await tenant.owner.get(next);
        assert.equal(answer.status, 200, String(answer.bytes));
        for (const entry of answer.body.items) versions.push(entry.records[0].version);
        next = /<([^>]+)>; rel="next"/.exec(answer.headers['link'] ?? '')?.[1] ?? null;
        assert.equal(next === null, answer.body.next === null);
      }
      assert.deepEqual(versions, order === 'oldest' ? [1, 2, 3, 4] : [4, 3, 2, 1]);
    }
  });

  test('takes only cursors that it made itself, for this record and this order', async () => {
    const { body } = await tenant.owner.get(`${path}/history?limit=2`);
    const bytes = Buffer.from(body.next, 'base64url');
    const forged = Buffer.from(bytes);
    forged[forged.length - 3] = (forged[forged.length - 3] ?? 0) ^ 1;
    for (const cursor of [
      forged.toString('base64url'),
      bytes.subarray(16).toString('base64url'),
      body.next,
    ]) {
      const order = cursor === body.next ? 'newest' : 'oldest';
      const answer = await tenant.owner.get(`${path}/history?limit=2&order=${order}&cursor=${cursor}`);
      assert.deepEqual([answer.status, answer.body.code], [400, 'platform.cursor_invalid']);
    }
  });

  test('tells what was changed in other records of its scope to who may read them alone', async () => {
    const made = await tenant.owner.post('/api/v1/customers', { name: 'signed', address: [] });
    const place = `/api/v1/customers/${made.body.id}`;
    const proof = { meaning: 'approval', password: tenant.owner.password };
    const signed = await tenant.owner.post(`${place}/signatures`, proof, { 'if-match': '"1"' });
    assert.equal(signed.status, 201, String(signed.bytes));
    const key = { name: 'Reads customers', permissions: ['calibration.customer:read'] };
    const { id } = (await tenant.owner.post('/api/v1/api-keys', key)).body;
    const secret = (await tenant.owner.post(`/api/v1/api-keys/${id}/secret`)).body.key;
    for (const [reader, withheld] of [
      [tenant.anonymous.as(secret), true],
      [tenant.owner, undefined],
    ] as const) {
      const { status, body } = await reader.get(`${place}/history`);
      assert.equal(status, 200);
      const [own, signature] = body.items.flatMap((entry: Answer['body']) => entry.records);
      assert.ok(own.patch.length > 0);
      assert.deepEqual([signature.kind, signature.withheld], ['platform.signature', withheld]);
      assert.equal(JSON.stringify(body).includes('approval'), withheld === undefined);
    }
  });

  test('shows the record as it was in any version, and who made it so', async () => {
    for (const [index, name] of ['first', 'second', 'third', 'fourth'].entries()) {
      const { status, body } = await tenant.owner.get(`${path}/history/${index + 1}`);
      assert.deepEqual([status, body.version, body.data.name], [200, index + 1, name]);
      assert.equal(body.change.action, `calibration.customer.${index === 0 ? 'created' : 'changed'}`);
    }
    for (const version of ['0', '5', '-1', 'x', '1.5', '9'.repeat(40)])
      assert.equal((await tenant.owner.get(`${path}/history/${version}`)).status, 404, version);
    assert.equal((await other.owner.get(`${path}/history/1`)).status, 404);
  });

  test('tells what two versions differ in', async () => {
    const { body } = await tenant.owner.get(`${path}/diff?from=1&to=3`);
    assert.deepEqual(body.fields, [{ field: 'name', before: 'first', after: 'third' }]);
    assert.deepEqual(body.patch, [{ op: 'replace', path: '/name', value: 'third' }]);
    const { body: last } = await tenant.owner.get(`${path}/diff`);
    assert.deepEqual(last.fields, [{ field: 'name', before: 'third', after: 'fourth' }]);
    assert.equal((await tenant.owner.get(`${path}/diff?from=1&to=9`)).status, 404);
  });
});

describe('the history of a record whose scope holds others', () => {
  test('shows of those what its reader may read, and of what changed together with it nothing else', async () => {
    const role = async (...permissions: string[]): Promise<Client> => {
      const made = await tenant.owner.post('/api/v1/roles', { name: { en: permissions[0] }, permissions });
      assert.equal(made.status, 201, String(made.bytes));
      return tenant.anonymous.as(await tenant.token([made.body.id], `usr_${'7'.repeat(26)}`));
    };
    const ids: string[] = [];
    for (const part of ['customer', 'equipment', 'procedure', 'standard', 'srf']) {
      const endpoint = endpoints.find(({ id }) => id === `calibration.${part}.create`) ?? assert.fail(part);
      const answer = await tenant.owner.post(pathWith(endpoint, ''), exampleBody(endpoint, bookOf(ids)));
      ids.push(answer.body.id);
    }
    for (const answer of await issueCertificate(tenant, bookOf(ids))) ids.push(...idsIn(answer.body));
    const [srf] = bookOf(ids).get('srf') ?? assert.fail('a request');
    const listed = () => tenant.owner.get('/api/v1/certificates');
    const { body } = await until(listed, ({ body: { items } }) => items.length > 0, 60_000, 'a certificate');
    const kindsIn = async (client: Client, place: string): Promise<readonly string[]> => {
      const answer = await client.get(`/api/v1/${place}/history?limit=100`);
      assert.equal(answer.status, 200, String(answer.bytes));
      const touched = answer.body.items.flatMap(({ records }: Answer['body']) => records);
      const told = touched.filter(({ withheld }: { withheld?: true }) => withheld !== true);
      return [...new Set<string>(told.map(({ kind }: { kind: string }) => kind))].toSorted();
    };
    const certificates = await role('calibration.certificate:read', 'calibration.observation:read');
    const requests = await role('calibration.srf:read');
    const certificate = `certificates/${body.items[0].id}`;
    assert.deepEqual(await kindsIn(certificates, certificate), ['calibration.certificate']);
    assert.deepEqual(await kindsIn(requests, `srfs/${srf}`), ['calibration.srf']);
    const all = await kindsIn(tenant.owner, `srfs/${srf}`);
    for (const kind of ['calibration.srf', 'calibration.observation', 'calibration.certificate'])
      assert.ok(all.includes(kind), kind);
  });
});

describe('rollback', () => {
  test('is a new version with an old state, and needs version, reason and If-Match', async () => {
    const body = { version: 2, reason: 'The names were mixed up.' };
    assert.equal((await tenant.owner.post(`${path}/rollback`, body)).status, 428);
    const stale = await tenant.owner.post(`${path}/rollback`, body, { 'if-match': '"3"' });
    assert.equal(stale.status, 412);
    const future = { ...body, version: 4 };
    const unknown = await tenant.owner.post(`${path}/rollback`, future, { 'if-match': '"4"' });
    assert.deepEqual([unknown.status, unknown.body.code], [422, 'platform.version_unknown']);
    const done = await tenant.owner.post(`${path}/rollback`, body, { 'if-match': '"4"' });
    assert.deepEqual([done.status, done.body.version, done.headers['etag']], [200, 5, '"5"']);
    assert.equal((await tenant.owner.get(path)).body.name, 'second');
    const { body: newest } = await tenant.owner.get(`${path}/history?order=newest&limit=1`);
    assert.equal(newest.items[0].action, 'calibration.customer.rolled_back');
    assert.equal(newest.items[0].reason, body.reason);
    const { body: report } = await tenant.owner.get(`${path}/verify`);
    assert.deepEqual(report, { intact: true, versions: 5, broken: null });
  });

  test('does not bring back what the kind leaves to another action', async () => {
    const made = await tenant.owner.post('/api/v1/customers', { name: 'kept', address: [] });
    const place = `/api/v1/customers/${made.body.id}`;
    await tenant.owner.patch(place, { name: 'gone' }, { 'if-match': '"1"' });
    await tenant.owner.post(`${place}/deactivate`, { reason: 'Left.' }, { 'if-match': '"2"' });
    const body = { version: 1, reason: 'Back.' };
    const done = await tenant.owner.post(`${place}/rollback`, body, { 'if-match': '"3"' });
    assert.equal(done.status, 200);
    const { name, status } = (await tenant.owner.get(place)).body;
    assert.deepEqual([name, status], ['kept', 'inactive']);
  });
});
