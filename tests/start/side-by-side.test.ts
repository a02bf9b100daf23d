import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { type Stack, startStack } from '../../local/supervisor/stack.ts';
import { type Client, logIn, openClient } from '../../scripts/demo/client.ts';
import { passphrase } from '../laboratory.ts';
import { provisionLaboratories } from '../provision.ts';
import { testStack } from '../stack.ts';

const SLUG = 'twin';

/** The run's own stack is the first, with all three apps; a whole second one starts beside it. */
describe('two whole stacks on one machine', () => {
  let dataDir: string;
  let second: Stack;
  let clients: readonly [Client, Client];

  before(async () => {
    dataDir = mkdtempSync(join(tmpdir(), 'touchstone-twin-'));
    second = await startStack({ dataDir, ports: 'free', apps: ['api', 'worker', 'render'] });
    const [one, two] = [testStack(), second];
    await Promise.all([one, two].map(({ settings }) => provisionLaboratories(settings, SLUG)));
    const [first, other] = await Promise.all([one, two].map(({ urls }) => logInto(urls['api'] ?? '')));
    clients = [first ?? assert.fail(), other ?? assert.fail()];
  });

  after(async () => {
    await second?.stop();
    rmSync(dataDir, { recursive: true, force: true });
  });

  function logInto(apiUrl: string): Promise<Client> {
    const origin = `http://${SLUG}.localhost:${new URL(apiUrl).port}`;
    return logIn(origin, `sales@${SLUG}.example`, passphrase);
  }

  test('share no address', () => {
    const shared = Object.values(second.urls).filter(url => Object.values(testStack().urls).includes(url));
    assert.deepEqual(shared, []);
  });

  test('keep what is written to the same tenant apart', async () => {
    const names = ['Of the first', 'Of the second'];
    const seen = await Promise.all(
      clients.map(async (client, index) => {
        const customer = { name: names[index], address: ['1 Street'] };
        assert.equal((await client.post('/api/v1/customers', customer)).status, 201);
        const { body } = await client.get('/api/v1/customers');
        return body.items.map(({ name }: { name: string }) => name);
      }),
    );
    assert.deepEqual(
      seen,
      names.map(name => [name]),
    );
  });

  test('take no token of each other', async () => {
    const [first, other] = clients;
    const login = await openClient(first.origin).post('/api/v1/auth/login', {
      email: `sales@${SLUG}.example`,
      password: passphrase,
    });
    const statuses = await Promise.all(
      [first, other].map(async client => (await client.as(login.body.accessToken).get('/api/v1/me')).status),
    );
    assert.deepEqual(statuses, [200, 401]);
  });
});
