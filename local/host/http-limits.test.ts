import assert from 'node:assert/strict';
import { request } from 'node:http';
import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { test } from 'node:test';
import { type RunningHost, startTestHost } from './test-app.ts';

const source = `import { app } from '@azure/functions';
app.http('echo', { methods: ['GET', 'HEAD', 'POST', 'OPTIONS'], handler: async request => ({
  headers: { 'x-own': 'mine', 'x-url': request.url }, body: await request.text() || request.method }) });
app.http('gated', { handler: async (_, context) => {
  context.log('entered');
  await new Promise(resolve => { globalThis.open = [...globalThis.open ?? [], resolve]; });
  return { body: 'through' };
} });
app.http('opener', { handler: async () => { for (const open of globalThis.open.splice(0)) open(); return {}; } });
app.http('lengthy', { handler: async () => ({ headers: { 'content-length': '5' }, body: 'exact' }) });
app.http('negotiating', { handler: async () => ({ enableContentNegotiation: true, body: 'x' }) });
app.http('odd', { handler: async () => ({ status: 999 }) });
app.http('text', { handler: async () => 'just text' });
`;

type Answer = { readonly status: number; readonly headers: Record<string, unknown>; readonly body: string };

/** By Node's own client, which sends what it is told to. */
function send(
  host: RunningHost,
  path: string,
  options: {
    readonly method?: string;
    readonly headers?: Record<string, string>;
    readonly body?: string;
  } = {},
): Promise<Answer> {
  const { body = '', ...rest } = options;
  return new Promise((resolve, reject) => {
    const sending = request(`${host.url}${path}`, rest, response => {
      let text = '';
      response.setEncoding('utf8').on('data', chunk => {
        text += chunk;
      });
      response.on('end', () =>
        resolve({ status: response.statusCode ?? 0, headers: response.headers, body: text }),
      );
    });
    sending.on('error', reject);
    sending.end(body);
  });
}

test('a body above the limit is 500, as long as Azure does not say 413', async t => {
  const host = await startTestHost(t, { source, settings: { FUNCTIONS_REQUEST_BODY_SIZE_LIMIT: '10' } });
  const headers = { 'content-length': '11' };
  assert.equal((await send(host, '/echo', { method: 'POST', headers, body: 'x'.repeat(11) })).status, 500);
  assert.equal((await fetch(`${host.url}/echo`, { method: 'POST', body: 'x'.repeat(10) })).status, 200);
  await host.logged(/Request body too large\. The max request body size is 10 bytes/);
});

test('a chunked body above the limit is 500 for a streaming app, too', async t => {
  const streaming = source.replace(
    "import { app } from '@azure/functions';",
    match => `${match}\napp.setup({ enableHttpStream: true });`,
  );
  const settings = { FUNCTIONS_REQUEST_BODY_SIZE_LIMIT: '10' };
  const host = await startTestHost(t, { source: streaming, settings });
  const post = (length: number) => {
    const headers = { 'transfer-encoding': 'chunked' };
    return send(host, '/echo', { method: 'POST', headers, body: 'x'.repeat(length) });
  };
  assert.equal((await post(11)).status, 500);
  assert.deepEqual([(await post(10)).status, (await post(10)).body], [200, 'xxxxxxxxxx']);
});

test('a target may be a whole URL of the host itself; a host that is none and a null character are 400', async t => {
  const host = await startTestHost(t, { source });
  const { host: own, port } = new URL(host.url);
  const ask = async (target: string, header: string): Promise<number> => {
    const socket = connect(Number(port), '127.0.0.1');
    socket.write(`GET ${target} HTTP/1.1\r\nHost: ${header}\r\nConnection: close\r\n\r\n`);
    return Number(/^HTTP\/1\.1 (\d+)/.exec(await text(socket))?.[1]);
  };
  const base = new URL(host.url).pathname.replace(/\/$/, '');
  assert.equal(await ask(`${base}/echo`, own), 200);
  assert.equal(await ask(`http://${own}${base}/echo?x=1`, own), 200);
  assert.equal(await ask(`http://other${base}/echo`, own), 400);
  assert.equal(await ask(`${base}/echo`, 'a b'), 400);
  assert.equal(await ask(`${base}/echo%00`, own), 400);
  assert.equal(await ask(`${base}/echo?x=%00`, own), 200);
});

test('header lines, their number and the request line have Kestrel’s limits', async t => {
  const host = await startTestHost(t, { source });
  const many = Object.fromEntries(Array.from({ length: 101 }, (_, index) => [`x-${index}`, 'y']));
  assert.equal((await send(host, '/echo', { headers: many })).status, 431);
  assert.equal((await send(host, '/echo', { headers: { 'x-long': 'y'.repeat(33_000) } })).status, 431);
  assert.equal((await send(host, '/echo', { headers: { 'x-long': 'y'.repeat(30_000) } })).status, 200);
  assert.equal((await send(host, `/echo?${'y'.repeat(9000)}`)).status, 414);
});

test('HEAD has no body, OPTIONS goes to the function, and a length comes only from the app', async t => {
  const host = await startTestHost(t, { source });
  const head = await send(host, '/echo', { method: 'HEAD' });
  assert.deepEqual([head.status, head.body, head.headers['x-own']], [200, '', 'mine']);
  assert.equal((await send(host, '/echo', { method: 'OPTIONS' })).body, 'OPTIONS');
  const [plain, lengthy] = [await send(host, '/echo'), await send(host, '/lengthy')];
  assert.deepEqual(
    [plain.headers['content-length'], plain.headers['transfer-encoding']],
    [undefined, 'chunked'],
  );
  assert.equal(lengthy.headers['content-length'], '5');
  assert.equal((await send(host, '/opener?', { method: 'DELETE' })).status, 404);
});

test('the scheme of the front end is the scheme of the function’s URL', async t => {
  const host = await startTestHost(t, { source });
  const headers = { 'x-forwarded-proto': 'https', 'disguised-host': 'shop.example' };
  assert.equal(
    (await send(host, '/echo?a=1', { headers })).headers['x-url'],
    'https://shop.example/echo?a=1',
  );
});

test('what a function may not return is 500', async t => {
  const host = await startTestHost(t, { source });
  for (const path of ['/negotiating', '/odd', '/text'])
    assert.equal((await send(host, path)).status, 500, path);
  await host.logged(/The HTTP response must be an object/);
});

test('maxConcurrentRequests makes requests wait, maxOutstandingRequests refuses them with 429', async t => {
  const host = await startTestHost(t, {
    source,
    hostJson: {
      extensions: { http: { routePrefix: '', maxConcurrentRequests: 2, maxOutstandingRequests: 3 } },
    },
  });
  const gated = [fetch(`${host.url}/gated`)];
  await host.logged(/entered/);
  gated.push(fetch(`${host.url}/gated`));
  await host.logged(/entered[\s\S]*entered/);
  const waiting = fetch(`${host.url}/opener`);
  // The third is held until there is a place; from then on everybody else is refused.
  let refused: Response;
  do refused = await fetch(`${host.url}/echo`);
  while (refused.status !== 429);
  assert.equal(refused.headers.get('x-function-scaleout'), '1');
  assert.equal((await fetch(`${host.url}/admin/host/ping`)).status, 200);
  host.child.kill('SIGKILL');
  await Promise.allSettled([...gated, waiting]);
});

test('customHeaders are on every answer unless the function sets them, hsts where HTTPS was used', async t => {
  const http = {
    routePrefix: '',
    customHeaders: { 'X-Content-Type-Options': 'nosniff', 'x-own': 'host' },
    hsts: { isEnabled: true, maxAge: '10', includeSubDomains: true },
  };
  const host = await startTestHost(t, { source, hostJson: { extensions: { http } } });
  const answer = await send(host, '/echo', {
    headers: { 'x-forwarded-proto': 'https', host: 'shop.example' },
  });
  assert.equal(answer.headers['x-content-type-options'], 'nosniff');
  assert.equal(answer.headers['x-own'], 'mine');
  assert.equal(answer.headers['strict-transport-security'], 'max-age=864000; includeSubDomains');
  const plain = await send(host, '/nowhere');
  assert.deepEqual([plain.status, plain.headers['x-own']], [404, 'host']);
  assert.equal(plain.headers['strict-transport-security'], undefined);
  const local = await send(host, '/echo', { headers: { 'x-forwarded-proto': 'https' } });
  // 127.0.0.1 is excluded by default, as localhost is.
  assert.equal(local.headers['strict-transport-security'], undefined);
});

test('a function is not told that its client has left', async t => {
  const host = await startTestHost(t, { source });
  const leaving = new AbortController();
  const answer = fetch(`${host.url}/gated`, { signal: leaving.signal });
  await host.logged(/entered/);
  leaving.abort();
  await assert.rejects(answer);
  assert.equal((await fetch(`${host.url}/opener`)).status, 200);
  await host.logged(/✓ gated [0-9a-f]{8} GET \/gated client left/);
});
