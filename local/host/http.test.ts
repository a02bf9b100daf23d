import assert from 'node:assert/strict';
import { request } from 'node:http';
import { test } from 'node:test';
import { startTestHost } from './test-app.ts';

const source = `
import { app } from '@azure/functions';
app.http('echo', {
  route: 'echo/{kind}/{rest?}', methods: ['GET', 'POST', 'DELETE'],
  handler: async (request, context) => {
    context.warn('saw', request.method);
    return {
      status: 201,
      headers: { 'x-kind': request.params.kind },
      jsonBody: {
        url: request.url, method: request.method, params: request.params, query: Object.fromEntries(request.query),
        double: request.headers.get('x-double'), forwarded: request.headers.get('x-forwarded-for'), body: await request.text(),
        trace: context.traceContext.traceParent, name: context.functionName,
      },
    };
  },
});
app.http('bytes', { route: 'bytes', methods: ['POST'], handler: async request => ({ body: Buffer.from(await request.arrayBuffer()).reverse() }) });
app.http('cookies', { route: 'cookies', handler: async () => ({
  cookies: [{ name: 'a', value: 'ü 1', httpOnly: true, secure: true, sameSite: 'Strict', maxAge: 60 }, { name: 'b', value: '2', path: '/x' }],
  body: 'cookies' }) });
app.http('throws', { route: 'throws', handler: async () => { throw new Error('on purpose'); } });
app.http('nothing', { route: 'nothing', handler: async () => undefined });
app.http('z-rest', { route: '{*path}', methods: ['PUT'], handler: async request => ({ body: String(request.params.path) }) });
app.http('slow', { route: 'slow', handler: async () => { await new Promise(resolve => setTimeout(resolve, 300_000)); return {}; } });
`;

test('a request reaches its function, and the answer its client', async t => {
  const host = await startTestHost(t, { source });
  const response = await fetch(`${host.url}/echo/a%20b/c%2Fd?x=1&x=2&y=`, {
    method: 'POST',
    body: 'hello',
    headers: { 'x-double': 'one' },
  });
  assert.equal(response.status, 201);
  assert.equal(response.headers.get('x-kind'), 'a b');
  assert.equal(response.headers.get('content-type'), 'application/json');
  const seen = JSON.parse(await response.text());
  assert.equal(seen.url, `${host.url}/echo/a%20b/c%2Fd?x=1&x=2&y=`);
  assert.deepEqual(seen.params, { kind: 'a b', rest: 'c%2Fd' });
  assert.deepEqual(seen.query, { x: '1,2', y: '' });
  assert.equal(seen.body, 'hello');
  assert.match(seen.forwarded, /^127\.0\.0\.1:\d+$/);
  assert.match(seen.trace, /^00-[0-9a-f]{32}-[0-9a-f]{16}-00$/);
  await host.logged(/warn echo [0-9a-f]{8} saw POST[\s\S]*✓ echo [0-9a-f]{8} POST \/echo\/a%20b\/c%2Fd 201/);
});

test('bodies are bytes in both directions, and answers come in chunks', async t => {
  const host = await startTestHost(t, { source });
  const bytes = Uint8Array.from({ length: 100_000 }, (_, index) => index % 256);
  const response = await fetch(`${host.url}/bytes`, { method: 'POST', body: bytes });
  assert.deepEqual(new Uint8Array(await response.arrayBuffer()), bytes.toReversed());
  assert.equal(response.headers.get('transfer-encoding'), 'chunked');
});

test('every cookie is a header of its own, in the form of ASP.NET Core', async t => {
  const host = await startTestHost(t, { source });
  const response = await fetch(`${host.url}/cookies`);
  assert.deepEqual(response.headers.getSetCookie(), [
    'a=%C3%BC%201; max-age=60; path=/; secure; samesite=strict; httponly',
    'b=2; path=/x',
  ]);
});

test('an error is 500 without a body and is logged with its stack', async t => {
  const host = await startTestHost(t, { source });
  const response = await fetch(`${host.url}/throws`);
  assert.equal(response.status, 500);
  assert.equal(await response.text(), '');
  await host.logged(/Error: on purpose\n\s+at /);
});

test('no result is 204, no route is 404, a method that no route has is 404', async t => {
  const host = await startTestHost(t, { source });
  assert.equal((await fetch(`${host.url}/nothing`)).status, 204);
  assert.equal((await fetch(`${host.url}/unknown/path`)).status, 404);
  assert.equal((await fetch(`${host.url}/echo/x`, { method: 'PATCH' })).status, 404);
  assert.equal(
    await (await fetch(`${host.url}/any/thing%20here/`, { method: 'PUT' })).text(),
    'any/thing here/',
  );
});

test('a chunked body does not reach the function, as in Azure', async t => {
  const host = await startTestHost(t, { source });
  const text = await new Promise<string>((resolve, reject) => {
    const sending = request(`${host.url}/echo/chunked`, { method: 'POST' }, response => {
      let body = '';
      response.on('data', chunk => {
        body += chunk;
      });
      response.on('end', () => resolve(body));
    });
    sending.on('error', reject);
    sending.write('one');
    sending.end('two');
  });
  assert.equal(JSON.parse(text).body, '');
});

test('a client that waits too long is cut off with 504', async t => {
  const host = await startTestHost(t, { source, options: ['--response-seconds', '0.2'] });
  assert.equal((await fetch(`${host.url}/slow`)).status, 504);
});

test('HTTP streaming answers in pieces, gets chunked bodies and keeps cookies', async t => {
  const host = await startTestHost(t, {
    source: `
import { app } from '@azure/functions';
app.setup({ enableHttpStream: true });
app.http('stream', { route: '{*path}', methods: ['GET', 'POST'], handler: async (request, context) => {
  if (request.params.path === 'throws') throw new Error('streamed failure');
  const received = await request.text();
  const body = new ReadableStream({ async start(controller) {
    controller.enqueue(new TextEncoder().encode('first;'));
    await new Promise(resolve => setTimeout(resolve, 50));
    controller.enqueue(new TextEncoder().encode(received + ';' + request.params.path + ';' + request.url + ';' + request.headers.get('x-forwarded-host')));
    controller.close();
  } });
  return { status: 202, headers: { 'content-type': 'text/plain' }, cookies: [{ name: 'a', value: '1' }], body };
} });
`,
  });
  const text = await new Promise<string>((resolve, reject) => {
    const sending = request(
      `${host.url}/a/b?c=d`,
      { method: 'POST', headers: { 'x-forwarded-host': 'front.example' } },
      response => {
        const chunks: string[] = [];
        response.setEncoding('utf8').on('data', chunk => chunks.push(chunk));
        response.on('end', () =>
          resolve(`${response.statusCode} ${response.headers['set-cookie']} ${chunks.join('|')}`),
        );
      },
    );
    sending.on('error', reject);
    sending.write('one');
    sending.end('two');
  });
  assert.equal(text, `202 a=1 first;|onetwo;a/b;${host.url}/a/b?c=d;front.example`);
  assert.equal((await fetch(`${host.url}/throws`)).status, 500);
});

test('a streamed answer lives as long as something moves, and one that never comes is cut', async t => {
  const host = await startTestHost(t, {
    source: `
import { app } from '@azure/functions';
app.setup({ enableHttpStream: true });
app.http('events', { handler: async () => {
  const body = new ReadableStream({ async start(controller) {
    for (let count = 0; count < 12; count += 1) {
      controller.enqueue(new TextEncoder().encode('data: ' + count + '\\n\\n'));
      await new Promise(resolve => setTimeout(resolve, 100));
    }
    controller.close();
  } });
  return { headers: { 'content-type': 'text/event-stream' }, body };
} });
app.http('nothing', { handler: async () => undefined });
`,
    options: ['--response-seconds', '0.5'],
  });
  const events = await (await fetch(`${host.url}/events`)).text();
  assert.equal(events.match(/data: \d+/g)?.length, 12);
  assert.equal((await fetch(`${host.url}/nothing`)).status, 504);
});

test('hooks run around each invocation and may change it', async t => {
  const host = await startTestHost(t, {
    source: `
import { app } from '@azure/functions';
app.hook.appStart(context => { context.hookData.started = 'yes'; globalThis.started = context.hookData.started; });
app.hook.preInvocation(context => { context.hookData.seen = context.inputs[0].url; });
app.hook.postInvocation(context => { if (context.error) { context.error = null; context.result = { status: 418, body: globalThis.started + context.hookData.seen }; } });
app.hook.appTerminate(() => { process.stderr.write('terminated by hook\\n'); });
app.http('throws', { route: 'throws', handler: async () => { throw new Error('x'); } });
`,
  });
  const response = await fetch(`${host.url}/throws`);
  assert.equal(response.status, 418);
  assert.equal(await response.text(), `yes${host.url}/throws`);
  host.child.kill('SIGTERM');
  assert.equal(await host.exited, 0);
  assert.match(host.log(), /terminated by hook/);
});

test('a function is told of its invocation, and hooks of the log see and change its lines', async t => {
  const host = await startTestHost(t, {
    source: `
import { app } from '@azure/functions';
app.hook.log(context => {
  if (context.invocationContext === undefined) return;
  context.message = context.message + ' of ' + context.invocationContext.functionName + ' as ' + context.level + ' from ' + context.category;
});
app.http('told', { handler: async (request, context) => {
  context.warn('a line');
  const { invocationId, functionName, traceContext, triggerMetadata, retryContext, options } = context;
  return { jsonBody: { invocationId, functionName, traceContext, triggerMetadata, retryContext, trigger: options.trigger.type, return: options.return.type, inputs: options.extraInputs, outputs: options.extraOutputs } };
} });
`,
  });
  const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
  const response = await fetch(`${host.url}/told`, { headers: { traceparent, tracestate: 'a=b' } });
  const { invocationId, traceContext, ...rest } = JSON.parse(await response.text());
  assert.match(invocationId, /^[0-9a-f]{8}-/);
  assert.match(
    traceContext.traceParent,
    /^00-0af7651916cd43dd8448eb211c80319c-(?!b7ad6b7169203331)[0-9a-f]{16}-01$/,
  );
  assert.equal(traceContext.traceState, 'a=b');
  assert.deepEqual(rest, {
    functionName: 'told',
    trigger: 'httpTrigger',
    return: 'http',
    inputs: [],
    outputs: [],
  });
  await host.logged(/warn told [0-9a-f]{8} a line of told as warning from user/);
});

test('a request that runs while the host stops is still answered', async t => {
  const host = await startTestHost(t, {
    source: `
import { app } from '@azure/functions';
app.http('slow', { handler: async (_, context) => { context.log('begun'); await new Promise(resolve => setTimeout(resolve, 200)); return { body: 'done' }; } });
`,
  });
  const answer = fetch(`${host.url}/slow`);
  await host.logged(/begun/);
  host.child.kill('SIGTERM');
  assert.equal(await (await answer).text(), 'done');
  assert.equal(await host.exited, 0);
});
