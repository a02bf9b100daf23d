import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import { until } from '../../scripts/demo/expect.ts';
import { ownTenant, verdict } from '../identity/people.ts';
import type { OwnTenant } from '../isolation/own-tenants.ts';
import { callerOf, openTestProduct } from '../product.ts';
import { rowsOf } from './at-rest.ts';
import { certifiedRequest } from './certified-request.ts';
import {
  assertIntact,
  changed,
  erase,
  everythingTold,
  exported,
  made,
  PERSON,
  patched,
  tellsOf,
} from './persons.ts';

describe('what a customer is', () => {
  let tenant: OwnTenant;

  before(async () => {
    tenant = await ownTenant();
  });

  test('is an organisation unless it says otherwise, in records from before that was asked, too', async () => {
    const { platform, app } = openTestProduct();
    const today = app.kinds.find(({ name }) => name === 'calibration.customer') ?? assert.fail();
    const { identify: _fills, ...kind } = today;
    const id = `cus_${platform.newKey()}`;
    const data = { name: 'Old & Sons', address: ['1 Street'], contacts: [], sites: [], status: 'active' };
    const scope = platform.records.for(callerOf(tenant.tenant.id)).scope(id);
    await scope.commit({ action: 'calibration.customer.created', create: [{ kind, id, data }] });
    assert.deepEqual((await scope.atRest(id))?.data, data);
    const read = () => tenant.owner.get(`/api/v1/customers/${id}`);
    const { body } = await until(read, ({ status }) => status === 200, 10_000, 'it is seen');
    assert.equal(body.name, 'Old & Sons');
    assert.equal((await made(tenant, { name: 'New Ltd', address: [] })).form, 'organisation');
    const renamed = await changed(tenant, `/api/v1/customers/${id}`, { name: 'Old Ltd' });
    assert.deepEqual([renamed.form, renamed.name], ['organisation', 'Old Ltd']);
  });

  test('stays what it is when other fields are changed', async () => {
    const { id } = await made(tenant, PERSON);
    const { form } = await changed(tenant, `/api/v1/customers/${id}`, {
      decisionRule: { kind: 'simple_acceptance' },
    });
    assert.equal(form, 'person');
    assert.deepEqual(tellsOf(await rowsOf(openTestProduct().stores, tenant.tenant.id)), []);
  });

  test('is corrected to a person: sealed from then on, erased with every copy, and the report tells of the past', async () => {
    const laboratory = await ownTenant();
    const { form: _form, ...firm } = PERSON;
    const srf = await certifiedRequest(laboratory, { ...firm, contacts: [] });
    const { customerId, items } = (await laboratory.owner.get(`/api/v1/srfs/${srf}`)).body;
    const path = `/api/v1/customers/${customerId}`;
    await changed(laboratory, path, { address: ['9 Marzipan Lane', '20981 Eastmoor'] });
    await changed(laboratory, path, { form: 'person' });
    const present = async () => {
      const { records } = await rowsOf(openTestProduct().stores, laboratory.tenant.id);
      return records.filter(({ id }) => [customerId, srf].includes(id));
    };
    assert.deepEqual(tellsOf((await present()).filter(({ id }) => id === customerId)), []);

    const { records } = await erase(laboratory, customerId);
    const outcomes = new Map(records.map(({ id, ...outcome }: { id: string }) => [id, outcome]));
    const partly = { outcome: 'partly_erased', clearInHistory: true };
    assert.deepEqual(outcomes.get(customerId), { kind: 'calibration.customer', ...partly });
    assert.deepEqual(outcomes.get(srf), { kind: 'calibration.srf', ...partly });
    assert.deepEqual(outcomes.get(items[0].certificate.id), {
      ...{ kind: 'calibration.certificate', outcome: 'kept' },
      keptFor: ['ISO/IEC 17025:2017, 7.8.2.1 e'],
    });
    assert.deepEqual(tellsOf(await present()), []);
    const told = await everythingTold(laboratory, [path, `/api/v1/srfs/${srf}`]);
    for (const each of told) assert.deepEqual(tellsOf(each), [], JSON.stringify(each).slice(0, 300));
    const { headers } = await laboratory.owner.get(path);
    const match = { 'if-match': headers['etag'] ?? '' };
    const back = await laboratory.owner.post(`${path}/rollback`, { version: 1, reason: 'As it was' }, match);
    assert.equal(back.status, 200, String(back.bytes));
    const { name, form } = (await laboratory.owner.get(path)).body;
    assert.deepEqual([name, form], ['[erased]', 'person']);
    const firmAgain = await patched(laboratory, path, { form: 'organisation', name: 'n' });
    assert.deepEqual(verdict(firmAgain), [409, 'platform.person_erased']);
    assert.deepEqual(
      firmAgain.body.errors.map(({ pointer }: { pointer: string }) => pointer),
      ['#/form'],
    );
    assert.deepEqual(tellsOf(await everythingTold(laboratory, [path])), []);
    await assertIntact(laboratory);
  });

  test('is exported and erased when it was deleted, with the contacts whom nobody else has', async () => {
    const laboratory = await ownTenant();
    const contacts = [{ name: 'Zenobia Second', email: 'second@quill.example' }];
    const firm = await made(laboratory, { ...PERSON, form: 'organisation', contacts });
    const path = `/api/v1/customers/${firm.id}`;
    const { version } = await changed(laboratory, path, { form: 'person' });
    const removed = { headers: { 'if-match': `"${version}"` } };
    assert.equal((await laboratory.owner.call('DELETE', path, removed)).status, 204);
    const lines = (await exported(laboratory, firm.id)) as readonly { kind?: string; version?: number }[];
    const told = lines.filter(line => tellsOf(line).length > 0);
    assert.deepEqual(
      told.map(({ kind, version }) => [kind, version]),
      [1, 2].map(version => ['calibration.customer', version]),
    );
    const { records } = await erase(laboratory, firm.id);
    const outcomes = records.map(({ id, outcome, clearInHistory }: Record<string, unknown>) => [
      ...[id, outcome, clearInHistory],
    ]);
    assert.deepEqual(outcomes, [[firm.id, 'partly_erased', true]]);
    for (const past of ['/history', '/history/1', '/history/2', '/diff?from=1&to=2']) {
      const { status, body } = await laboratory.owner.get(`${path}${past}`);
      assert.equal(status, 200, past);
      assert.deepEqual(tellsOf(body), [], past);
    }
    await assertIntact(laboratory);
  });

  test('that was erased takes nothing new that would be left out, and the rest of it is written', async () => {
    const sites = [{ name: 'Yard', address: ['2 Road'] }];
    const { id } = await made(tenant, { name: 'Harrow Castings Ltd', address: [], sites });
    const path = `/api/v1/customers/${id}`;
    assert.equal((await erase(tenant, id)).records[0].outcome, 'partly_erased');
    for (const change of [{ sites: [{ name: 'Works', address: ['3 Road'] }] }, { form: 'person' }])
      assert.deepEqual(verdict(await patched(tenant, path, change)), [409, 'platform.person_erased']);
    assert.equal((await changed(tenant, path, { name: 'Harrow Ltd' })).name, 'Harrow Ltd');
    // A firm's name is nobody's, so its past is told, and it can go back to it.
    assert.equal((await tenant.owner.get(`${path}/history/1`)).body.data.name, 'Harrow Castings Ltd');
    const { headers } = await tenant.owner.get(path);
    const match = { 'if-match': headers['etag'] ?? '' };
    const back = await tenant.owner.post(`${path}/rollback`, { version: 1, reason: 'As it was' }, match);
    assert.equal(back.status, 200, String(back.bytes));
    assert.equal((await tenant.owner.get(path)).body.name, 'Harrow Castings Ltd');
  });

  test('is not hidden by who types the mark of somebody erased', async () => {
    const { id } = await made(tenant, { name: 'Harrow Foundry Ltd', address: ['1 Road'] });
    const path = `/api/v1/customers/${id}`;
    const mark = { name: '[erased]', address: ['[erased]'] };
    const refused = await patched(tenant, path, { form: 'person', ...mark });
    assert.deepEqual(verdict(refused), [422, 'platform.text_reserved']);
    assert.deepEqual(
      refused.body.errors.map(({ pointer }: { pointer: string }) => pointer),
      ['#/name', '#/address'],
    );
    const typed = await tenant.owner.post('/api/v1/customers', { form: 'person', ...mark });
    assert.deepEqual(verdict(typed), [422, 'platform.text_reserved']);
    await changed(tenant, path, mark);
    const { body } = await tenant.owner.get(`${path}/history/1`);
    assert.equal(body.data.name, 'Harrow Foundry Ltd');
    const invited = { email: 'erased@erased.invalid', name: 'Nobody', roles: ['viewer'] };
    const answer = await tenant.owner.post('/api/v1/users', invited);
    assert.deepEqual(verdict(answer), [422, 'platform.text_reserved']);
  });

  test('is corrected to an organisation: that shows the name, and going back to a version does not', async () => {
    const { id } = await made(tenant, { form: 'person', name: 'Barnaby Bolts', address: [] });
    const path = `/api/v1/customers/${id}`;
    const rows = async () => JSON.stringify(await rowsOf(openTestProduct().stores, tenant.tenant.id));
    assert.equal((await rows()).includes('Barnaby Bolts'), false);
    await changed(tenant, path, { form: 'organisation' });
    assert.equal((await rows()).includes('Barnaby Bolts'), true);
    await changed(tenant, path, { form: 'person', name: 'Barnaby Screws' });
    const { headers } = await tenant.owner.get(path);
    const match = { 'if-match': headers['etag'] ?? '' };
    const back = await tenant.owner.post(`${path}/rollback`, { version: 2, reason: 'As it was' }, match);
    assert.equal(back.status, 200, String(back.bytes));
    const { name, form } = (await tenant.owner.get(path)).body;
    assert.deepEqual([form, name], ['person', 'Barnaby Bolts']);
    await assertIntact(tenant);
  });
});
