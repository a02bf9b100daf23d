import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import { isDeepStrictEqual } from 'node:util';
import { gunzipSync } from 'node:zlib';
import type { Answer, Client } from '../../scripts/demo/client.ts';
import { expectStatus, until } from '../../scripts/demo/expect.ts';
import { tenantId } from '../../shared/kernel/index.ts';
import { openWriteOnceStore } from '../../shared/platform/blobs/index.ts';
import {
  type ErasurePlace,
  erasePiece,
  erasureFirst,
} from '../../shared/platform/data-subjects/erase-person.ts';
import { userKind } from '../../shared/platform/identity/index.ts';
import { openCredential } from '../../shared/platform/secrets/index.ts';
import { ownTenant, PASSPHRASE, verdict } from '../identity/people.ts';
import type { OwnTenant } from '../isolation/own-tenants.ts';
import { callerOf, openTestProduct } from '../product.ts';
import { testStack } from '../stack.ts';
import { type Operators, openOperators } from '../tenancy/operators.ts';
import { restore, rowsOf } from './at-rest.ts';
import { certifiedRequest } from './certified-request.ts';
import { done } from './persons.ts';

const CONTACT = { name: 'Zenobia Quillfeather', email: 'Zenobia@Quill.example', phone: '۰۰۴۴ (20) 555-0147' };
const OTHER = { name: 'Barnaby Otterly', email: 'barnaby@quill.example' };

/** A customer with two contacts, and what the api says of it. */
async function customerWithContacts(tenant: OwnTenant) {
  const asked = { name: 'Quill Instruments', address: ['1 Street'], contacts: [CONTACT, OTHER] };
  const made = expectStatus(await tenant.owner.post('/api/v1/customers', asked), 201, 'a customer');
  const [contact, other] = made.contacts;
  return { id: made.id, contact: contact.id, other: other.id };
}

/** One more instance of the product, which has no key in memory. */
const fresh = () => openTestProduct();

async function namesIn(tenant: string, customer: string): Promise<readonly string[]> {
  const { app, platform } = fresh();
  const kind = app.kinds.find(({ name }) => name === 'calibration.customer') ?? assert.fail();
  const { data } = await platform.records.for(callerOf(tenant)).get(kind, customer);
  return (data as { contacts: { name: string }[] }).contacts.map(({ name }) => name);
}

describe('a person', () => {
  let tenant: OwnTenant;
  let operators: Operators;

  before(async () => {
    [tenant, operators] = await Promise.all([ownTenant(), openOperators()]);
  });

  test('is found by e-mail and telephone however they are typed, and by parts of the name, and stands nowhere in clear', async () => {
    const { id } = await customerWithContacts(tenant);
    const found = async (query: string) => {
      const { items } = (await tenant.owner.get(`/api/v1/customers?${query}`)).body;
      return items.map((item: { id: string }) => item.id);
    };
    assert.deepEqual(await found('email=zenobia@quill.example'), [id]);
    assert.deepEqual(await found(`phone=${encodeURIComponent('+44205550147')}`), [id]);
    assert.deepEqual(await found('q=quillfeathr'), [id]);
    assert.deepEqual(await found('email=zenobia@other.example'), []);
    const stored = JSON.stringify(await rowsOf(fresh().stores, tenant.tenant.id));
    for (const text of ['Zenobia', 'zenobia', 'Quillfeather', '555-0147', 'Barnaby', tenant.email])
      assert.equal(stored.includes(text), false, text);
  });

  test('gets everything that is known of them, as one file, by a link that nobody can make', async () => {
    const { id: customerId, contact, other } = await customerWithContacts(tenant);
    const path = `/api/v1/customers/${customerId}`;
    const maiden = {
      contacts: [
        { id: contact, ...CONTACT, name: 'Zenobia Quill' },
        { id: other, ...OTHER },
      ],
    };
    const married = {
      contacts: [
        { id: contact, ...CONTACT },
        { id: other, ...OTHER },
      ],
    };
    const wishes = [maiden, { sites: [{ name: 'Works', address: ['1 Street'] }] }, married];
    for (const [index, wish] of wishes.entries())
      expectStatus(await tenant.owner.patch(path, wish, { 'if-match': `"${index + 1}"` }), 200, 'a change');
    const { file, id } = await done(tenant, { type: 'export', person: contact, reason: 'Article 15' });
    const { status, headers } = await tenant.owner.get(`/api/v1/privacy-requests/${id}/file`);
    assert.equal(status, 303);
    const link = headers['location'] ?? '';
    const answer = await fetch(link);
    assert.equal(answer.status, 200);
    const bytes = Buffer.from(await answer.arrayBuffer());
    assert.equal(bytes.length, file.bytes);
    const lines = gunzipSync(bytes)
      .toString('utf8')
      .trim()
      .split('\n')
      .map(line => JSON.parse(line));
    assert.deepEqual([lines[0].type, lines[0].person, lines.at(-1).type], ['export', contact, 'end']);
    const customer = lines.find(({ type }) => type === 'record').data;
    const somebody = { id: other, name: '[withheld]', email: '[withheld]' };
    assert.deepEqual(customer.contacts, [{ id: contact, ...CONTACT }, somebody]);
    assert.deepEqual(customer.sites, [{ name: 'Works', address: '[withheld]' }]);
    const earlier = lines
      .filter(({ type }) => type === 'version')
      .map(({ version, data }) => [version, data.contacts[0].name]);
    assert.deepEqual(earlier, [
      [2, 'Zenobia Quill'],
      [3, 'Zenobia Quill'],
    ]);
    assert.equal((await fetch(link.split('?')[0] ?? '')).ok, false);
    assert.equal((await fetch(link.replace(/sig=[^&]+/, 'sig=AAAA'))).ok, false);
  });

  test('takes with them what exports told of them, and the links to it', async () => {
    const { contact, other } = await customerWithContacts(tenant);
    const link = async (id: string): Promise<string> => {
      const answer = await tenant.owner.get(`/api/v1/privacy-requests/${id}/file`);
      assert.equal(answer.status, 303, String(answer.bytes));
      return answer.headers['location'] ?? '';
    };
    const ask = (person?: string) => done(tenant, { type: 'export', person, reason: 'Article 15' });
    const [own, others, whole] = [await ask(contact), await ask(other), await ask()];
    const links = [await link(own.id), await link(others.id), await link(whole.id)];
    await done(tenant, { type: 'erasure', person: contact, reason: 'Article 17' });
    const statuses = await Promise.all(links.map(async each => (await fetch(each)).status));
    assert.deepEqual(statuses, [404, 200, 404]);
    for (const { id } of [own, whole]) {
      const answer = await tenant.owner.get(`/api/v1/privacy-requests/${id}/file`);
      assert.deepEqual(verdict(answer), [410, 'platform.export_over']);
      const { body } = await tenant.owner.get(`/api/v1/privacy-requests/${id}`);
      assert.equal(body.file.expiresAt, body.overtakenAt);
    }
    await link(others.id);
  });

  test('an organisation that is erased is told what is left of it: what is not declared personal', async () => {
    const asked = {
      name: 'Public & Sons',
      address: ['1 Street'],
      sites: [{ name: 'Home', address: ['1 Street'] }],
    };
    const { id } = expectStatus(await tenant.owner.post('/api/v1/customers', asked), 201, 'a customer');
    const { report } = await done(tenant, { type: 'erasure', person: id, reason: 'Article 17' });
    const left = ['name', 'address'];
    assert.deepEqual(report.records, [{ id, kind: 'calibration.customer', outcome: 'partly_erased', left }]);
    const { name, sites } = (await tenant.owner.get(`/api/v1/customers/${id}`)).body;
    assert.deepEqual([name, sites[0].address], ['Public & Sons', ['[erased]']]);
  });

  test('is erased from records, look-ups and history, and the chain stays whole', async () => {
    const { id, contact } = await customerWithContacts(tenant);
    const report = (await done(tenant, { type: 'erasure', person: contact, reason: 'Article 17' })).report;
    assert.deepEqual(report.records, [{ id, kind: 'calibration.customer', outcome: 'erased' }]);
    const { body } = await tenant.owner.get(`/api/v1/customers/${id}`);
    assert.deepEqual(body.contacts[0], {
      ...{ id: contact, name: '[erased]', email: 'erased@erased.invalid', phone: '[erased]' },
    });
    assert.equal(body.contacts[1].name, OTHER.name);
    const patched = await tenant.owner.patch(
      `/api/v1/customers/${id}`,
      { address: ['2 Street'] },
      { 'if-match': '"2"' },
    );
    assert.deepEqual([patched.status, patched.body.contacts[0].name], [200, '[erased]']);
    assert.deepEqual(await namesIn(tenant.tenant.id, id), ['[erased]', OTHER.name]);
    const { platform } = fresh();
    const tested = await platform.audit.verify(callerOf(tenant.tenant.id), async () => undefined);
    assert.deepEqual([tested.intact, tested.findings], [true, []]);
    const caller = callerOf(tenant.tenant.id);
    const kind = fresh().app.kinds.find(({ prefix }) => prefix === 'cus') ?? assert.fail();
    const scope = platform.records.for(caller).scope(id);
    const history = await scope.history(await scope.get(kind, id), { order: 'oldest', limit: 10 });
    const told = JSON.stringify(history.items);
    assert.equal(told.includes('Zenobia'), false);
    assert.ok(told.includes('Barnaby') && told.includes('[erased]'));
  });

  test('comes back neither by rollback nor by who writes them again, though their key was in memory', async () => {
    const { id, contact } = await customerWithContacts(tenant);
    const path = `/api/v1/customers/${id}`;
    const removed = await tenant.owner.patch(path, { contacts: [] }, { 'if-match': '"1"' });
    assert.deepEqual([removed.status, removed.body.version], [200, 2]);
    await done(tenant, { type: 'erasure', person: contact, reason: 'Article 17' });
    const current = await tenant.owner.get(path);
    const headers = { 'if-match': current.headers['etag'] ?? '' };
    const back = await tenant.owner.post(`${path}/rollback`, { version: 1, reason: 'As it was' }, headers);
    assert.equal(back.status, 200, String(back.bytes));
    const erased = { id: contact, name: '[erased]', email: 'erased@erased.invalid', phone: '[erased]' };
    const standing = await tenant.owner.get(path);
    assert.deepEqual(standing.body.contacts[0], erased);
    const again = await tenant.owner.patch(
      path,
      { contacts: [{ ...CONTACT, id: contact }] },
      { 'if-match': standing.headers['etag'] ?? '' },
    );
    assert.deepEqual(verdict(again), [409, 'platform.person_erased']);
    assert.deepEqual(
      new Set(again.body.errors.map(({ pointer }: { pointer: string }) => pointer)),
      new Set(['#/contacts']),
    );
    for (const query of ['email=zenobia@quill.example', 'q=quillfeather']) {
      const { items } = (await tenant.owner.get(`/api/v1/customers?limit=100&${query}`)).body;
      assert.equal(
        items.some((item: { id: string }) => item.id === id),
        false,
        query,
      );
    }
    for (const version of [1, back.body.version]) {
      const { body } = await tenant.owner.get(`${path}/history/${version}`);
      assert.equal(body.data.contacts[0].name, '[erased]');
    }
    assert.equal((await tenant.owner.get(`${path}/verify`)).body.intact, true);
  });

  test('leaves a signature valid, which tells of it; who changes data or past beside the product is found out', async () => {
    const { id, contact } = await customerWithContacts(tenant);
    const path = `/api/v1/customers/${id}`;
    const body = { meaning: 'approval', password: PASSPHRASE };
    const signer = await tenant.owner.get('/api/v1/me');
    const self = `/api/v1/users/${signer.body.id}`;
    const { headers } = await tenant.owner.get(self);
    const title = { title: 'Marzipan master' };
    expectStatus(
      await tenant.owner.patch(self, title, { 'if-match': headers['etag'] ?? '' }),
      200,
      'a title',
    );
    expectStatus(
      await tenant.owner.post(`${path}/signatures`, body, { 'if-match': '"1"' }),
      201,
      'a signature',
    );
    await done(tenant, { type: 'erasure', person: contact, reason: 'Article 17' });
    const standing = async () => {
      const { valid, broken, erased } = (await tenant.owner.get(`${path}/signatures`)).body.items[0];
      return { valid, broken, erased };
    };
    assert.deepEqual(await standing(), { valid: true, broken: null, erased: true });
    const { stores } = fresh();
    const [{ position }] = (await tenant.owner.get(`${path}/signatures`)).body.items;
    assert.equal(position, 'Marzipan master');
    assert.equal(JSON.stringify(await rowsOf(stores, tenant.tenant.id)).includes('Marzipan'), false);
    const container = await stores.records.container();
    const rows = (await rowsOf(stores, tenant.tenant.id)).records.filter(({ scope }) => scope === id);
    const record = rows.find(row => row.id === id) ?? assert.fail();
    const forged = JSON.parse(JSON.stringify(record).replaceAll('Quill Instruments', 'Quilt Instruments'));
    await container.items.upsert(forged);
    assert.deepEqual(await standing(), { valid: false, broken: 'altered', erased: false });
    for (const row of rows)
      await container.items.upsert(
        JSON.parse(JSON.stringify(row).replaceAll('Quill Instruments', 'Quilt Instruments')),
      );
    assert.deepEqual(await standing(), { valid: false, broken: 'altered', erased: false });
    for (const row of rows) await container.items.upsert(row);
    assert.deepEqual(await standing(), { valid: true, broken: null, erased: true });
    await tenant.owner.patch(path, { address: ['2 Street'] }, { 'if-match': '"2"' });
    assert.deepEqual(await standing(), { valid: false, broken: 'content_changed', erased: true });
  });

  test('who could log in is disabled first; then their address is free, and what they signed keeps their name', async () => {
    const wish = {
      ...{
        email: 'quincy@leaver.example',
        name: 'Quincy Leaver',
        title: 'Leverkusen',
        roles: ['technician'],
      },
    };
    const user = expectStatus(await tenant.owner.post('/api/v1/users', wish), 201, 'a user');
    const { keyring, stores } = fresh();
    const stored = JSON.stringify(await rowsOf(stores, tenant.tenant.id));
    assert.equal(stored.includes('Leverkusen'), false);
    const own = await tenant.owner.get('/api/v1/me');
    const refused = { type: 'erasure', person: own.body.id, reason: 'x' };
    const asked = await tenant.owner.post('/api/v1/privacy-requests', refused);
    assert.deepEqual(verdict(asked), [409, 'platform.person_active']);
    const { report } = await done(tenant, { type: 'erasure', person: user.id, reason: 'Left us' });
    assert.ok(report.records.some((one: { id: string }) => one.id === user.id));
    assert.equal((await keyring.find(tenant.tenant.id, [user.id])).get(user.id), null);
    const { body } = await tenant.owner.get(`/api/v1/users/${user.id}`);
    assert.deepEqual([body.name, body.title, body.status], ['[erased]', '[erased]', 'disabled']);
    for (const change of [{ status: 'active' }, { name: 'Quincy Leaver' }, { roles: ['tenant-owner'] }]) {
      const match = { 'if-match': `"${body.version}"` };
      const again = await tenant.owner.patch(`/api/v1/users/${user.id}`, change, match);
      assert.deepEqual(verdict(again), [409, 'platform.user_erased'], JSON.stringify(change));
    }
    assert.equal((await tenant.owner.get('/api/v1/users?email=quincy@leaver.example')).body.items.length, 0);
    expectStatus(await tenant.owner.post('/api/v1/users', wish), 201, 'the address is free again');
  });

  test('is told of in service requests and certificates, where law keeps them', async () => {
    const laboratory = await ownTenant();
    const srf = await certifiedRequest(laboratory);
    const { customer, customerId } = (await laboratory.owner.get(`/api/v1/srfs/${srf}`)).body;
    const person = customer.contactId;
    assert.match(customer.contact, /^Dr Ingrid Sørensen/);
    const exported = await done(laboratory, { type: 'export', person, reason: 'Article 15' });
    assert.ok(exported.file.lines >= 3);
    const outcomesFor = async (whom: string) => {
      const { report } = await done(laboratory, { type: 'erasure', person: whom, reason: 'Article 17' });
      return report.records.map(({ id, kind, outcome }: Record<string, string>) =>
        kind === 'calibration.certificate' ? [kind, outcome] : [id, outcome],
      );
    };
    const outcomes = await outcomesFor(person);
    for (const expected of [
      [customerId, 'erased'],
      [srf, 'kept'],
      ['calibration.certificate', 'kept'],
    ])
      assert.ok(
        outcomes.some((each: unknown) => isDeepStrictEqual(each, expected)),
        JSON.stringify([expected, outcomes]),
      );
    const after = (await laboratory.owner.get(`/api/v1/srfs/${srf}`)).body;
    assert.deepEqual(after.customer, customer);
  });

  test('who is let in again while they are erased is out when that is done', async () => {
    const wish = { email: 'quentin@leaver.example', name: 'Quentin Leaver', roles: ['technician'] };
    const { id } = expectStatus(await tenant.owner.post('/api/v1/users', wish), 201, 'a user');
    const { app, platform } = fresh();
    const caller = callerOf(tenant.tenant.id);
    const directory = platform.records.for(caller).scope('directory');
    const piece = (at: ErasurePlace) => erasePiece({ platform, kinds: app.kinds, caller }, id, at);
    let next = await piece(erasureFirst);
    assert.deepEqual([next.done, (await directory.get(userKind, id)).data.status], [false, 'disabled']);
    const record = await directory.get(userKind, id);
    const data = { ...record.data, status: 'active' as const };
    await directory.commit({ action: 'test.let_in', update: [{ record, data }], events: [] });
    while (!next.done) next = await piece(next.at);
    assert.equal((await directory.get(userKind, id)).data.status, 'disabled');
  });

  test('stays erased after a restore', async () => {
    const { id, contact } = await customerWithContacts(tenant);
    const { stores } = fresh();
    const backup = await rowsOf(stores, tenant.tenant.id);
    await done(tenant, { type: 'erasure', person: contact, reason: 'Article 17' });
    await restore(stores, tenant.tenant.id, backup);
    const names = () => namesIn(tenant.tenant.id, id);
    // Reads of another instance may be behind.
    await until(names, ([first]) => first === CONTACT.name, 10_000, 'the backup has it');
    const asked = await operators.operator.post(`/api/v1/tenants/${tenant.tenant.id}/replay-erasures`, {});
    expectStatus(asked, 202, 'a replay');
    const ended = await until(
      () => operators.operator.get(asked.headers['location'] ?? ''),
      ({ body }) => body?.state === 'succeeded' || body?.state === 'failed',
      90_000,
      'the replay has ended',
    );
    assert.equal(ended.body.state, 'succeeded', JSON.stringify(ended.body.problem));
    await until(names, ([first]) => first === '[erased]', 10_000, 'it is erased again');
    const report = await fresh().platform.audit.verify(
      callerOf(tenantId(tenant.tenant.id)),
      async () => undefined,
    );
    assert.equal(report.intact, true);
  });

  test('is erased by who may erase and no more, and exported by who may export and no more', async () => {
    const { contact } = await customerWithContacts(tenant);
    const only = async (permission: string) => {
      const wish = { name: { en: permission }, permissions: [permission] };
      const { id } = expectStatus(await tenant.owner.post('/api/v1/roles', wish), 201, 'a role');
      // Roles are read every few seconds.
      return tenant.anonymous.as(await tenant.token([id]));
    };
    const [eraser, exporter, neither] = await Promise.all([
      only('platform.privacy:erase'),
      only('platform.privacy:export'),
      only('platform.privacy:read'),
    ]);
    const ask = (client: Client, type: string) => () =>
      client.post('/api/v1/privacy-requests', { type, person: contact, reason: 'x' });
    const isMade = ({ status }: Answer): boolean => status === 201;
    await until(ask(exporter, 'export'), isMade, 40_000, 'it may be exported');
    await until(ask(eraser, 'erasure'), isMade, 40_000, 'it may be erased');
    for (const refused of [ask(exporter, 'erasure'), ask(eraser, 'export'), ask(neither, 'export')])
      assert.deepEqual(verdict(await refused()), [403, 'platform.permission_missing']);
  });

  test('is found in however many records, a page after the other', async () => {
    const { contact } = await customerWithContacts(tenant);
    const wish = { name: 'Quill branch', address: [], contacts: [{ ...CONTACT, id: contact }] };
    const made = await Promise.all(
      Array.from({ length: 12 }, () => tenant.owner.post('/api/v1/customers', wish)),
    );
    const records = fresh().platform.records.for(callerOf(tenant.tenant.id));
    const met: string[] = [];
    const read = async (): Promise<number> => {
      met.length = 0;
      for (let after = ''; ; after = met.at(-1) ?? '') {
        const page = await records.about(contact, { after, limit: 5 });
        met.push(...page.map(({ id }) => id));
        if (page.length < 5) return met.length;
      }
    };
    await until(read, count => count === 13, 10_000, 'all are seen');
    assert.deepEqual(met, met.toSorted());
    assert.ok(made.every(({ body }) => met.includes(body.id)));
    const { report } = await done(tenant, { type: 'erasure', person: contact, reason: 'Article 17' });
    assert.deepEqual(
      report.records.map(({ id }: { id: string }) => id),
      met,
    );
  });

  test('is one contact: two with one id are refused', async () => {
    const { id, contact } = await customerWithContacts(tenant);
    const contacts = [OTHER, { ...CONTACT, id: contact }, { ...OTHER, id: contact }];
    const path = `/api/v1/customers/${id}`;
    const answers = [
      await tenant.owner.patch(path, { contacts }, { 'if-match': '"1"' }),
      await tenant.owner.post('/api/v1/customers', { name: 'X', address: [], contacts }),
    ];
    for (const answer of answers) {
      assert.deepEqual(verdict(answer), [422, 'calibration.contact_twice']);
      assert.deepEqual(
        answer.body.errors.map(({ pointer }: { pointer: string }) => pointer),
        ['#/contacts/2/id'],
      );
    }
  });

  test('is nobody where an id is of no person: purposes of the tenant, machines and things are neither erased nor exported', async () => {
    const { id } = await customerWithContacts(tenant);
    const body = { meaning: 'approval', password: PASSPHRASE };
    const path = `/api/v1/customers/${id}/signatures`;
    expectStatus(await tenant.owner.post(path, body, { 'if-match': '"1"' }), 201, 'a signature');
    const [signature] = (await tenant.owner.get(path)).body.items;
    const purposes = ['~common', '~blind', '~identity', '~cursors', '~tenant'];
    const things = ['system', 'anonymous', signature.id, 'usr_1', 'key_01kapx0000000000000000000a'];
    const noIds = ['a/b', 'a\\b', '#', '?', ' ', 'x ', '..', '\u0000', '__proto__', 'x'.repeat(200)];
    for (const person of [...purposes, ...things, ...noIds])
      for (const type of ['erasure', 'export']) {
        const answer = await tenant.owner.post('/api/v1/privacy-requests', { type, person, reason: 'x' });
        assert.deepEqual(verdict(answer), [422, 'platform.person_unknown'], `${type} ${person}`);
      }
    const { keyring } = fresh();
    for (const purpose of purposes.slice(0, 4)) {
      const key = (await keyring.ensure(tenant.tenant.id, [purpose])).get(purpose);
      assert.equal(key?.versions.get(1)?.length, 32, purpose);
    }
  });

  test('is nobody in a line of the ledger that names a purpose: replaying it changes nothing', async () => {
    const { platform, keyring } = fresh();
    const own = tenantId(`ten_${platform.newKey()}`);
    const before = await keyring.purpose(own, '~common');
    const ledger = openWriteOnceStore({
      endpoint: testStack().settings['BLOB_VAULT_ENDPOINT'] ?? '',
      container: 'ledger',
      credential: openCredential(undefined),
    });
    const person = `usr_${platform.newKey()}`;
    for (const name of ['~common', '~blind', person]) await ledger.write(own, name, '{}');
    assert.deepEqual(await platform.privacy.ledger(own), [person]);
    await assert.rejects(platform.privacy.forget(own, '~common'), /nobody/);
    assert.deepEqual([...(await fresh().keyring.purpose(own, '~common'))], [...before]);
  });

  test('of another tenant, or nobody, is not there', async () => {
    const other = await ownTenant();
    const { contact } = await customerWithContacts(other);
    for (const person of [contact, 'usr_01kapx0000000000000000000a'])
      for (const type of ['erasure', 'export']) {
        const answer = await tenant.owner.post('/api/v1/privacy-requests', { type, person, reason: 'x' });
        assert.deepEqual(verdict(answer), [422, 'platform.person_unknown']);
      }
  });
});
