import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { faults } from '../../local/faults/client.ts';
import { type Stack, startStack } from '../../local/supervisor/stack.ts';
import { type Answer, type Client, openClient } from '../../scripts/demo/client.ts';
import { passphrase, testPeople } from '../laboratory.ts';
import { provisionLaboratories } from '../provision.ts';

const SLUG = 'cold';
/** Eight at once at each instance. */
const CROWD = 16;

/** Nothing has been used yet: what the first use makes, both instances make at the same time. */
describe('two instances that meet their first requests at once', () => {
  let dataDir: string;
  let stack: Stack;
  let instances: readonly Client[];
  let withoutToken: readonly Answer[];
  let logins: readonly Answer[];

  before(async () => {
    dataDir = mkdtempSync(join(tmpdir(), 'touchstone-cold-'));
    stack = await startStack({ dataDir, ports: 'free', apps: ['api'], instances: { api: 2 } });
    await provisionLaboratories(stack.settings, SLUG);
    instances = ['api', 'api-2'].map(name =>
      openClient(`http://${SLUG}.localhost:${new URL(stack.urls[name] ?? '').port}`),
    );
    const identity = await faults(stack).on('identity').refuse({ operation: 'token', status: 500 });
    withoutToken = await Promise.all([logIn(0), logIn(1)]);
    await identity.end();
    // Whoever makes a secret takes long enough for the others to begin the same.
    await faults(stack)
      .on('key-vault')
      .delay({ operation: 'write', ms: [2000, 4000], seed: 7 });
    logins = await Promise.all(Array.from({ length: CROWD }, (_, index) => logIn(index)));
  });

  after(async () => {
    await stack?.stop();
    rmSync(dataDir, { recursive: true, force: true });
  });

  /** The instance that has this number, or the other one. */
  function instance(index: number): Client {
    return instances[index % instances.length] ?? assert.fail();
  }

  function logIn(index: number): Promise<Answer> {
    const people = testPeople(SLUG);
    const email = people[index % people.length]?.email ?? assert.fail();
    return instance(index).post('/api/v1/auth/login', { email, password: passphrase });
  }

  test('a login before there is a token for the database is told to come again', () => {
    assert.deepEqual(
      withoutToken.map(({ status, body }) => [status, body.code]),
      Array.from({ length: 2 }, () => [503, 'platform.database_unavailable']),
    );
  });

  test('both let everybody in', () => {
    assert.deepEqual(
      logins.map(({ status, body }) => [status, body.code]),
      Array.from({ length: CROWD }, () => [200, undefined]),
    );
  });

  test('each takes the refresh tokens that the other gave', async () => {
    const refreshed = await Promise.all(
      logins.map(({ body: { refreshToken } }, index) =>
        instance(index + 1).post('/api/v1/auth/refresh', { refreshToken }),
      ),
    );
    assert.deepEqual(
      refreshed.map(({ status, body }) => [status, body.code]),
      Array.from({ length: CROWD }, () => [200, undefined]),
    );
  });

  test('each takes the cursors that the other gave, and finds what the other wrote', async () => {
    const token = logins[0]?.body.accessToken;
    const [one, two] = [instance(0).as(token), instance(1).as(token)];
    const made = await Promise.all(
      [one, two, one, two].map((client, index) =>
        client.post('/api/v1/customers', { name: `Customer ${index}`, address: ['1 Street'] }),
      ),
    );
    assert.deepEqual(
      made.map(({ status }) => status),
      [201, 201, 201, 201],
    );
    const path = '/api/v1/customers?sort=name&limit=2';
    const pages = await Promise.all([one, two].map(client => client.get(path)));
    const rest = await Promise.all(
      pages.map(({ body }, index) =>
        instance(index + 1)
          .as(token)
          .get(`${path}&cursor=${body.next}`),
      ),
    );
    for (const { status, body } of rest) {
      assert.deepEqual(
        [status, body.items?.map(({ name }: { name: string }) => name)],
        [200, ['Customer 2', 'Customer 3']],
      );
    }
  });
});
