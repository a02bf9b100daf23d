import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { before, describe, test } from 'node:test';
import { until } from '../../scripts/demo/expect.ts';
import type { Endpoint } from '../../shared/platform/http/index.ts';
import { mapPersonal, markedPersonal } from '../../shared/platform/records/map-personal.ts';
import { planOf } from '../../shared/platform/records/personal-plan.ts';
import { ownTenant } from '../identity/people.ts';
import { exampleBody } from '../isolation/example-body.ts';
import { type Belongings, makeOneOfEverything, placeOf } from '../isolation/make-one-of-everything.ts';
import type { OwnTenant } from '../isolation/own-tenants.ts';
import { endpoints, idNames, pathWith } from '../isolation/table.ts';
import { testStack } from '../stack.ts';
import { certifiedRequest } from './certified-request.ts';

/** Stands in every personal field that is sent, in no other, and nowhere else in the world. */
const MARK = 'zqxpersonal';
/** Stands in fields that are not personal: what is looked through does show what is written. */
const PLAIN = 'zqxordinary';
/** Where mail arrives is the recipients' own; the keys of TLS and the like hold nothing of requests. */
const ELSEWHERE = ['mail', 'tls', 'zone'];

const dataDir = dirname(dirname(testStack().settings['NODE_EXTRA_CA_CERTS'] ?? ''));

let count = 0;
/** The value with its texts marked, in a form that the field takes. */
function marked(value: unknown): unknown {
  count += 1;
  if (Array.isArray(value)) return value.map(marked);
  if (typeof value !== 'string') return value;
  return value.includes('@') ? `${MARK}${count}@mark.example` : `${MARK} ${count}`;
}

/** What an endpoint is sent: its example, and where some of it is personal of people only, the same of a person; all marked. */
function markedBodies(endpoint: Endpoint, { book }: Belongings): readonly unknown[] {
  const example = endpoint.body === undefined ? undefined : exampleBody(endpoint, book);
  if (endpoint.body === undefined || example === undefined) return [undefined];
  const plan = planOf(endpoint.body);
  const ofPerson = markedPersonal(plan, example, '', '');
  const bodies = ofPerson === example ? [example] : [example, ofPerson];
  return bodies.map(body => mapPersonal(plan, body, '', marked));
}

/** Calls an endpoint as its example says, with what is personal in it marked; whatever it answers, it may not fail. */
async function drive(tenant: OwnTenant, endpoint: Endpoint, belongings: Belongings): Promise<void> {
  const id = idNames(endpoint).length === 0 ? '' : belongings.fits.get(placeOf(endpoint))?.at(-1);
  if (id === undefined) return;
  const path = pathWith(endpoint, id);
  const isPost = endpoint.method === 'POST';
  for (const body of markedBodies(endpoint, belongings)) {
    const { status } = await tenant.owner.call(endpoint.method, path, {
      body,
      headers: {
        'if-match': '"1"',
        'user-agent': `${MARK} browser`,
        ...(isPost ? { 'idempotency-key': `drive-${count}` } : {}),
      },
    });
    assert.ok(status < 500 || endpoint.id.includes('health'), `${endpoint.id} answers ${status}`);
  }
}

/** A customer who is a person, from the first request to a certificate, then looked for and renamed. */
async function followPerson(tenant: OwnTenant): Promise<void> {
  const name = `${MARK} natural person`;
  const srf = await certifiedRequest(tenant, { form: 'person', name, address: [`${MARK} street`] });
  const { customerId, customer } = (await tenant.owner.get(`/api/v1/srfs/${srf}`)).body;
  assert.equal(customer.name, name);
  for (const path of [
    `customers?q=${MARK}`,
    `customers?name=${name}`,
    `srfs?q=${MARK}`,
    'customers?sort=name',
  ])
    await tenant.owner.get(`/api/v1/${path}`);
  const path = `/api/v1/customers/${customerId}`;
  const renamed = await tenant.owner.patch(path, { name: `${MARK} renamed` }, { 'if-match': '"1"' });
  assert.equal(renamed.status, 200, String(renamed.bytes));
  const back = { version: 1, reason: 'As it was' };
  const { status } = await tenant.owner.post(`${path}/rollback`, back, { 'if-match': '"2"' });
  assert.equal(status, 200);
}

function filesBelow(folder: string): readonly string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter(entry => entry.isFile())
    .map(entry => join(entry.parentPath, entry.name))
    .filter(file => !ELSEWHERE.includes(relative(folder, file).split('/')[0] ?? ''));
}

/** The files in which a text stands, in any case and in the two encodings that databases use. */
function filesWith(text: string): readonly string[] {
  const needles = [Buffer.from(text), Buffer.from(text, 'utf16le')];
  return filesBelow(dataDir)
    .filter(file => {
      const bytes = Buffer.from(readFileSync(file).toString('latin1').toLowerCase(), 'latin1');
      return needles.some(needle => bytes.includes(needle));
    })
    .map(file => relative(dataDir, file));
}

describe('what is personal', () => {
  let tenant: OwnTenant;

  before(async () => {
    tenant = await ownTenant();
    const belongings = await makeOneOfEverything(tenant);
    const contacts = [{ name: `${MARK} contact`, email: `${MARK}@mark.example`, phone: `${MARK} 1` }];
    const customer = { name: PLAIN, address: [PLAIN], contacts };
    const made = await tenant.owner.post('/api/v1/customers', customer);
    assert.equal(made.status, 201);
    await followPerson(tenant);
    for (const endpoint of endpoints) await drive(tenant, endpoint, belongings);
    const person = { email: `${MARK}new@mark.example`, name: `${MARK} new`, roles: ['viewer'] };
    for (const headers of [{}, { 'idempotency-key': 'twice' }, { 'idempotency-key': 'twice' }])
      await tenant.owner.post('/api/v1/users', person, headers);
    const login = { email: person.email, password: `${MARK} is not a password` };
    await tenant.anonymous.post('/api/v1/auth/login', login);
    await tenant.anonymous.post('/api/v1/auth/forgot-password', { email: person.email });
    for (const path of [`users?q=${MARK}`, `users?email=${person.email}`, `customers?phone=${MARK}`])
      await tenant.owner.get(`/api/v1/${path}`);
    await until(
      () => tenant.owner.get('/api/v1/jobs?state=queued'),
      // A rotation of keys waits until nobody can have the old ones in memory.
      ({ body }) => body.items.every(({ name }: { name: string }) => name === 'platform.privacy.rotate_keys'),
      120_000,
      'every job has ended',
    );
  });

  test('is in no log, no message, no document of the database and no blob, while what is not personal is found', () => {
    assert.ok(
      filesWith(PLAIN).some(file => file.startsWith('cosmos')),
      'the database is looked through',
    );
    assert.ok(filesBelow(dataDir).some(file => file.includes('service-bus')));
    assert.ok(filesBelow(dataDir).some(file => file.endsWith('api.log')));
    assert.deepEqual(filesWith(MARK), []);
  });
});
