import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import { logIn, openClient } from '../../scripts/demo/client.ts';
import { passphrase } from '../laboratory.ts';
import { assertProblem } from '../misuse/problem.ts';
import { provisionLaboratories } from '../provision.ts';
import { testStack } from '../stack.ts';

const { settings, urls } = testStack();
const port = new URL(urls['api'] ?? '').port;
const originOf = (slug: string): string => `http://${slug}.localhost:${port}`;

/** A long window would end in the middle of a test once in a while; a quota that nobody could use up by then does not. */
describe('limits', () => {
  before(() =>
    provisionLaboratories(
      settings,
      { slug: 'few-logins', quotas: { login: 3 } },
      { slug: 'few-requests', quotas: { user: 4 } },
      { slug: 'few-strangers', quotas: { anonymous: 2 } },
      { slug: 'one-office', quotas: { anonymous: 3, tokens: 40, login: 20 } },
      { slug: 'few-tokens', quotas: { tokens: 2 } },
    ),
  );

  test('logins beyond the quota of an address are refused before the password is looked at', async () => {
    const client = openClient(originOf('few-logins'));
    const attempt = () =>
      client.post('/api/v1/auth/login', { email: 'owner@few-logins.example', password: 'wrong' });
    const answers = [];
    // Seven attempts meet two windows at most.
    for (let count = 0; count < 7; count += 1) answers.push(await attempt());
    const refused = answers.filter(({ status }) => status === 429);
    assert.ok(refused.length >= 1, answers.map(({ status }) => status).join());
    for (const answer of refused) {
      assertProblem(answer, '/api/v1/auth/login', { status: 429, code: 'platform.rate_limited' }, 'login');
      assert.match(answer.headers['retry-after'] ?? '', /^([1-9]|[1-5]\d|60)$/);
      assert.equal(answer.headers['ratelimit-policy'], '"login";q=3;w=60');
      assert.match(answer.headers['ratelimit'] ?? '', /^"login";r=0;t=\d+$/);
    }
  });

  test('a user learns what is left with each answer, and is refused when nothing is', async () => {
    const client = await logIn(originOf('few-requests'), 'owner@few-requests.example', passphrase);
    const answers = [];
    for (let count = 0; count < 10; count += 1) answers.push(await client.get('/api/v1/me'));
    assert.match(answers[0]?.headers['ratelimit-policy'] ?? '', /^"user";q=4;w=3600, "tenant";q=\d+;w=3600$/);
    assert.ok(answers.some(({ status }) => status === 200));
    assert.ok(answers.some(({ status }) => status === 429));
    const other = await logIn(originOf('few-requests'), 'sales@few-requests.example', passphrase);
    assert.equal((await other.get('/api/v1/me')).status, 200);
  });

  test('strangers and those with a wrong token are counted by their address', async () => {
    const client = openClient(originOf('few-strangers'), 'not-a-token');
    const answers = [];
    for (let count = 0; count < 6; count += 1) answers.push(await client.get('/api/v1/me'));
    assert.deepEqual([...new Set(answers.map(({ status }) => status))], [401, 429]);
    assert.equal((await openClient(originOf('few-strangers')).get('/api/v1/tenant-info')).status, 429);
  });

  test('renewing a login is no stranger’s request: an office behind one address stays in', async () => {
    const client = openClient(originOf('one-office'));
    const people = await Promise.all(
      ['owner', 'sales', 'technician', 'quality'].map(part =>
        client.post('/api/v1/auth/login', { email: `${part}@one-office.example`, password: passphrase }),
      ),
    );
    for (const person of people) {
      let { refreshToken } = person.body;
      for (let count = 0; count < 5; count += 1) {
        const { status, body, headers, bytes } = await client.post('/api/v1/auth/refresh', { refreshToken });
        assert.equal(status, 200, String(bytes));
        assert.equal(headers['ratelimit-policy'], '"tokens";q=40;w=3600');
        refreshToken = body.refreshToken;
      }
    }
  });

  test('tokens that are none cost what a stranger’s request does, and keep nobody else from renewing', async () => {
    const client = openClient(originOf('one-office'));
    const login = { email: 'owner@one-office.example', password: passphrase };
    const { body } = await client.post('/api/v1/auth/login', login);
    const guesses = [];
    for (let count = 0; count < 8; count += 1)
      guesses.push(await client.post('/api/v1/auth/refresh', { refreshToken: `tsr_guess${count}` }));
    assert.deepEqual([...new Set(guesses.map(({ status }) => status))], [401, 429]);
    assert.equal((await client.get('/api/v1/tenant-info')).status, 429, 'the guesses were a stranger’s');
    const grant = { grant_type: 'refresh_token', client_id: 'cli_nobody', refresh_token: 'tsr_guess' };
    const headers = { 'content-type': 'application/x-www-form-urlencoded' };
    const form = new URLSearchParams(grant).toString();
    const guessed = await client.call('POST', '/oauth/token', { body: form, headers });
    assert.equal(guessed.status, 429, String(guessed.bytes));
    const renewed = await client.post('/api/v1/auth/refresh', { refreshToken: body.refreshToken });
    assert.equal(renewed.status, 200, String(renewed.bytes));
  });

  test('renewing has an end, too', async () => {
    const client = openClient(originOf('few-tokens'));
    const login = { email: 'owner@few-tokens.example', password: passphrase };
    let { refreshToken } = (await client.post('/api/v1/auth/login', login)).body;
    const answers = [];
    for (let count = 0; count < 6; count += 1) {
      const answer = await client.post('/api/v1/auth/refresh', { refreshToken });
      answers.push(answer.status);
      refreshToken = answer.body.refreshToken ?? refreshToken;
    }
    assert.deepEqual([...new Set(answers)], [200, 429]);
  });

  test('addresses that lead nowhere are counted as a stranger’s, too', async () => {
    const answers = [];
    for (let count = 0; count < 6; count += 1)
      answers.push(await openClient(originOf('few-strangers')).get('/api/v1/nowhere'));
    assert.equal(answers.at(-1)?.status, 429);
  });

  test('what belongs to no tenant has a quota, too; probes have none', async () => {
    const client = openClient(originOf('few-strangers'));
    for (const path of [
      '/api/v1/openapi.json',
      '/docs',
      '/problems',
      '/api/status',
      '/.well-known/jwks.json',
    ])
      assert.match(
        (await client.get(path)).headers['ratelimit-policy'] ?? '',
        /^"anonymous";q=\d+;w=3600$/,
        path,
      );
    for (const path of ['/api/health/live', '/api/health/ready'])
      assert.equal((await client.get(path)).headers['ratelimit-policy'], undefined, path);
  });

  test('one tenant that has used its quotas up does not cost another one anything', async () => {
    const client = await logIn(originOf('few-strangers'), 'owner@few-strangers.example', passphrase);
    assert.equal((await client.get('/api/v1/me')).status, 200);
  });
});
