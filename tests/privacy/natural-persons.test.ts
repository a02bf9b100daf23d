import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import { gunzipSync } from 'node:zlib';
import { expectStatus, until } from '../../scripts/demo/expect.ts';
import { ownTenant, verdict } from '../identity/people.ts';
import type { OwnTenant } from '../isolation/own-tenants.ts';
import { callerOf, openTestProduct } from '../product.ts';
import { rowsOf } from './at-rest.ts';
import { certifiedRequest } from './certified-request.ts';

const PERSON = {
  form: 'person',
  name: 'Zenobia Quillfeather',
  address: ['7 Marzipan Lane', '20981 Eastmoor'],
};
const OWN = { name: 'Zenobia Quillfeather', email: 'zenobia@quill.example' };
const SHARED = { name: 'Barnaby Otterly', email: 'barnaby@quill.example' };
/** What may stand nowhere in clear. */
const WORDS = ['zenobia', 'quillfeather', 'marzipan'];

function tellsOf(text: unknown): readonly string[] {
  const said = JSON.stringify(text).toLowerCase();
  return WORDS.filter(word => said.includes(word));
}

async function made(tenant: OwnTenant, customer: object) {
  return expectStatus(await tenant.owner.post('/api/v1/customers', customer), 201, 'a customer');
}

/** The request about personal data when its job has ended. */
async function done(tenant: OwnTenant, body: object) {
  const request = expectStatus(await tenant.owner.post('/api/v1/privacy-requests', body), 201, 'a request');
  const job = await until(
    () => tenant.owner.get(`/api/v1/jobs/${request.jobId}`),
    ({ body: read }) => read?.state === 'succeeded' || read?.state === 'failed',
    90_000,
    'the job has ended',
  );
  assert.equal(job.body.state, 'succeeded', JSON.stringify(job.body.problem));
  return (await tenant.owner.get(`/api/v1/privacy-requests/${request.id}`)).body;
}

const erase = async (tenant: OwnTenant, person: string) =>
  (await done(tenant, { type: 'erasure', person, reason: 'Article 17' })).report;

/** What is said to a change of the customer as it is now. */
async function patched(tenant: OwnTenant, path: string, change: object) {
  const { headers } = await tenant.owner.get(path);
  return tenant.owner.patch(path, change, { 'if-match': headers['etag'] ?? '' });
}

const changed = async (tenant: OwnTenant, path: string, change: object) =>
  expectStatus(await patched(tenant, path, change), 200, 'a change');

/** Everything that lists, look-ups and the past of these records say. */
async function everythingTold(tenant: OwnTenant, paths: readonly string[]) {
  const asked = [
    ...['customers?limit=100', 'customers?sort=name', 'srfs?limit=100', 'audit?limit=100'],
    ...[
      'customers?q=quillfeather',
      'customers?q=zenob',
      'srfs?q=quillfeather',
      'certificates?q=quillfeather',
    ],
    ...[`customers?name=${encodeURIComponent(PERSON.name)}`, 'customers?email=zenobia@quill.example'],
  ].map(path => `/api/v1/${path}`);
  const told: unknown[] = [];
  for (const path of paths) {
    const { body } = await tenant.owner.get(path);
    const versions = Array.from({ length: body.version }, (_, index) => `${path}/history/${index + 1}`);
    const last = body.version > 1 ? [`${path}/diff?from=0&to=${body.version}`] : [];
    const diffs = versions.slice(1).map((_, index) => `${path}/diff?from=${index + 1}&to=${index + 2}`);
    asked.push(path, `${path}/history`, `${path}/history?order=newest`, ...versions, ...diffs, ...last);
  }
  for (const path of asked) {
    const { status, body } = await tenant.owner.get(path);
    assert.equal(status, 200, path);
    told.push(withoutCertificates(body));
  }
  return told;
}

/** The history of a request tells of its certificates, too, to who may read them; they keep what law wants. */
function withoutCertificates(body: {
  readonly items?: readonly { readonly records?: readonly { kind: string }[] }[];
}) {
  const items = body.items?.map(({ records, ...entry }) => ({
    ...entry,
    records: records?.filter(({ kind }) => kind !== 'calibration.certificate'),
  }));
  return { ...body, ...(items === undefined ? {} : { items }) };
}

async function exported(tenant: OwnTenant, person?: string): Promise<readonly unknown[]> {
  const { id } = await done(tenant, { type: 'export', person, reason: 'Article 15' });
  const { headers } = await tenant.owner.get(`/api/v1/privacy-requests/${id}/file`);
  const file = Buffer.from(await (await fetch(headers['location'] ?? '')).arrayBuffer());
  const lines = gunzipSync(file).toString('utf8').trim().split('\n');
  return lines.map(line => JSON.parse(line)).filter(({ type }) => type !== 'file');
}

async function assertIntact(tenant: OwnTenant): Promise<void> {
  const { platform } = openTestProduct();
  const { intact, findings } = await platform.audit.verify(callerOf(tenant.tenant.id), async () => undefined);
  assert.deepEqual([intact, findings], [true, []]);
}

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
    assert.equal((await changed(tenant, path, { name: 'Zenobia Again' })).name, '[erased]');
    assert.deepEqual((await tenant.owner.get('/api/v1/customers?q=zenobia%20again')).body.items, []);
    const request = { customerId: id, items: [] };
    assert.deepEqual(verdict(await tenant.owner.post('/api/v1/srfs', request)), [
      422,
      'calibration.inactive',
    ]);
    await assertIntact(tenant);
  });
});

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
