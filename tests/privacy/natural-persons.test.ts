import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import { ownTenant, verdict } from '../identity/people.ts';
import type { OwnTenant } from '../isolation/own-tenants.ts';
import { openTestProduct } from '../product.ts';
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

const OWN = { name: 'Zenobia Quillfeather', email: 'zenobia@quill.example' };
const SHARED = { name: 'Barnaby Otterly', email: 'barnaby@quill.example' };

describe('a customer who is a person', () => {
  let tenant: OwnTenant;

  before(async () => {
    tenant = await ownTenant();
  });

  test('is found by parts of the name, with a typo and exactly, and stands nowhere in clear', async () => {
    const { id, form } = await made(tenant, PERSON);
    assert.equal(form, 'person');
    const found = async (query: string) =>
      (await tenant.owner.get(`/api/v1/customers?${query}`)).body.items.map(
        (item: { id: string }) => item.id,
      );
    const name = encodeURIComponent(PERSON.name);
    for (const query of ['q=quillfea', 'q=zenobai', 'q=eastmoor', `name=${name}`, 'form=person'])
      assert.deepEqual(await found(query), [id], query);
    assert.deepEqual(await found('name=Zenobia'), []);
    assert.deepEqual(await found(`name=${name}&form=organisation`), []);
    await changed(tenant, `/api/v1/customers/${id}`, { name: 'Zenobia Otterly-Quillfeather' });
    assert.deepEqual(await found(`name=${name}`), []);
    assert.deepEqual(tellsOf(await rowsOf(openTestProduct().stores, tenant.tenant.id)), []);
    const past = await tenant.owner.get(`/api/v1/customers/${id}/history/1`);
    assert.equal(past.body.data.name, PERSON.name);
  });

  test('is in the order of names by the first letter, persons who share one by when they came', async () => {
    const own = await ownTenant();
    const names = ['Alma', 'Bea Zett', 'Bea Aster', 'آرش'];
    for (const name of names) await made(own, { form: 'person', name, address: [] });
    for (const name of ['Aachen Tools', 'Bolt & Co', 'Cranes']) await made(own, { name, address: [] });
    const listed = async (sort: string): Promise<readonly string[]> =>
      (await own.owner.get(`/api/v1/customers?sort=${sort}`)).body.items.map(
        (item: { name: string }) => item.name,
      );
    const expected = ['Alma', 'Aachen Tools', 'Bea Zett', 'Bea Aster', 'Bolt & Co', 'Cranes', 'آرش'];
    assert.deepEqual(await listed('name'), expected);
    assert.deepEqual(await listed('-name'), expected.toReversed());
    const { records } = await rowsOf(openTestProduct().stores, own.tenant.id);
    const customers = records.filter(row => (row as { kind?: string }).kind === 'calibration.customer');
    const keyed = customers.map(
      row => (row as unknown as { sort: { name: string } }).sort.name.split('\t')[2],
    );
    assert.deepEqual(
      keyed.map(key => key?.length ?? 0).toSorted((left, right) => left - right),
      [1, 1, 1, 1, 'cranes'.length, 'bolt co'.length, 'aachen tools'.length],
    );
  });

  test('is erased whole: from the record, its past, lists and service requests; certificates keep what law wants', async () => {
    const laboratory = await ownTenant();
    const contacts = [OWN, SHARED];
    const srf = await certifiedRequest(laboratory, { ...PERSON, contacts });
    const { body } = await laboratory.owner.get(`/api/v1/srfs/${srf}`);
    assert.deepEqual(body.customer, PERSON);
    const [item] = body.items;
    const { customerId } = body;
    const path = `/api/v1/customers/${customerId}`;
    const [own, shared] = (await laboratory.owner.get(path)).body.contacts;
    await made(laboratory, { name: 'Otterly Ltd', address: [], contacts: [{ ...SHARED, id: shared.id }] });
    await changed(laboratory, path, { address: ['8 Marzipan Lane'] });
    const { stores } = openTestProduct();
    assert.deepEqual(tellsOf(await rowsOf(stores, laboratory.tenant.id)), []);
    const certificate = (await laboratory.owner.get(`/api/v1/certificates/${item.certificate.id}`)).body;
    assert.equal(certificate.content.customer.name, PERSON.name);
    const own_lines = (await exported(laboratory, customerId)).filter(line => tellsOf(line).length > 0);
    assert.deepEqual([...new Set(own_lines.map(line => (line as { kind: string }).kind))].toSorted(), [
      'calibration.certificate',
      'calibration.customer',
      'calibration.srf',
    ]);

    const report = await erase(laboratory, customerId);
    const rule = 'ISO/IEC 17025:2017, 7.8.2.1 e';
    assert.deepEqual(
      report.records.toSorted((a: { kind: string }, b: { kind: string }) => (a.kind < b.kind ? -1 : 1)),
      [
        { id: item.certificate.id, kind: 'calibration.certificate', outcome: 'kept', keptFor: [rule] },
        { id: customerId, kind: 'calibration.customer', outcome: 'erased' },
        { id: srf, kind: 'calibration.srf', outcome: 'erased' },
      ],
    );
    const after = (await laboratory.owner.get(path)).body;
    assert.deepEqual([after.name, after.address], ['[erased]', ['[erased]']]);
    assert.deepEqual(after.contacts, [
      { ...own, name: '[erased]', email: 'erased@erased.invalid' },
      { ...shared },
    ]);
    const told = await everythingTold(laboratory, [path, `/api/v1/srfs/${srf}`]);
    for (const each of told) assert.deepEqual(tellsOf(each), [], JSON.stringify(each).slice(0, 300));
    const kept = (await laboratory.owner.get(`/api/v1/certificates/${item.certificate.id}`)).body;
    assert.deepEqual(kept.content.customer, { ...PERSON, id: customerId });
    const lines = (await exported(laboratory)).filter(line => tellsOf(line).length > 0);
    assert.deepEqual(
      [...new Set(lines.map(line => (line as { kind: string }).kind))],
      ['calibration.certificate'],
    );
    await assertIntact(laboratory);
  });

  test('who was erased comes back neither by rollback nor by who writes them again, and nothing is opened for them', async () => {
    const { id } = await made(tenant, { ...PERSON, name: 'Zenobia Once' });
    const path = `/api/v1/customers/${id}`;
    await changed(tenant, path, { name: 'Zenobia Twice' });
    assert.deepEqual((await erase(tenant, id)).records, [
      { id, kind: 'calibration.customer', outcome: 'erased' },
    ]);
    const { headers } = await tenant.owner.get(path);
    const match = { 'if-match': headers['etag'] ?? '' };
    const back = await tenant.owner.post(`${path}/rollback`, { version: 1, reason: 'As it was' }, match);
    assert.equal(back.status, 200, String(back.bytes));
    assert.equal((await tenant.owner.get(path)).body.name, '[erased]');
    for (const [change, pointer] of [
      [{ name: 'Zenobia Again' }, '#/name'],
      [{ sites: [{ name: 'Works', address: ['7 Marzipan Lane'] }] }, '#/sites'],
    ] as const) {
      const refused = await patched(tenant, path, change);
      assert.deepEqual(verdict(refused), [409, 'platform.person_erased']);
      const pointers = refused.body.errors.map((each: { pointer: string }) => each.pointer);
      assert.deepEqual(pointers, [pointer]);
    }
    // Whom the record holds beside them is somebody else.
    const contacts = [{ name: 'Barnaby Otterly' }];
    assert.equal((await changed(tenant, path, { contacts })).contacts[0].name, 'Barnaby Otterly');
    assert.deepEqual((await tenant.owner.get('/api/v1/customers?q=zenobia%20again')).body.items, []);
    const request = { customerId: id, items: [] };
    assert.deepEqual(verdict(await tenant.owner.post('/api/v1/srfs', request)), [
      422,
      'calibration.inactive',
    ]);
    await assertIntact(tenant);
  });
});
