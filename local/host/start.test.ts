import assert from 'node:assert/strict';
import { test } from 'node:test';
import { spawnTestHost, startTestHost } from './test-app.ts';

const source = `import { app } from '@azure/functions';
app.http('first', { handler: async () => ({ body: 'first' }) });
app.http('second', { handler: async () => ({ body: 'second' }) });
app.http('z-rest', { route: '{*path}', handler: async () => ({ body: 'rest' }) });`;

test('the start stops with everything that is missing or unsupported, by name and all at once', async t => {
  const host = await spawnTestHost(t, {
    source: `
import { app, input, output, trigger } from '@azure/functions';
const handler = async () => {};
app.http('keyed', { authLevel: 'function', handler: async () => ({}) });
app.http('twin', { route: 'Twins/{id}', handler: async () => ({}) });
app.http('otherTwin', { route: 'twins/{id}', methods: ['POST'], handler: async () => ({}) });
app.http('reserved', { route: 'administration', handler: async () => ({}) });
app.http('odd', { route: 'odd/{x:word}', handler: async () => ({}) });
app.http('retried', { retry: { strategy: 'fixedDelay', maxRetryCount: 1, delayInterval: 1000 }, handler: async () => ({}) });
app.serviceBusQueue('jobs', { connection: 'SERVICE_BUS', queueName: '%JOBS_QUEUE%', handler });
app.serviceBusQueue('work', { connection: 'Endpoint=sb://x;SharedAccessKey=secret', queueName: 'work', handler });
app.serviceBusQueue('settling', { connection: 'IDENTITY', queueName: 'work', sdkBinding: true, handler });
app.timer('tick', { schedule: '0 99 * * * *', handler });
app.timer('tock', { schedule: '0 * * * * *', retry: { strategy: 'exponentialBackoff', maxRetryCount: 1, minimumInterval: 5000, maximumInterval: 1000 }, handler });
app.warmup('early', { handler });
app.storageBlob('blob', { connection: 'X', path: 'y', handler });
app.cosmosDB('feed', { connection: 'X', databaseName: 'd', containerName: 'c', handler });
app.storageQueue('queue', { connection: 'X', queueName: 'y', handler });
app.eventHub('hub', { connection: 'X', eventHubName: 'y', handler });
app.eventGrid('grid', { handler });
app.generic('own', { trigger: trigger.generic({ type: 'ownTrigger' }), handler });
app.timer('writer', { schedule: '0 0 * * * *', extraInputs: [input.storageBlob({ connection: 'X', path: 'y' })], extraOutputs: [output.serviceBusQueue({ connection: 'X', queueName: 'q' })], handler });
`,
    settings: {
      IDENTITY__fullyQualifiedNamespace: 'bus.example',
      IDENTITY__clientSecret: 'x',
      IDENTITY__credential: 'password',
      WEBSITE_TIME_ZONE: 'Europe/Berlin',
    },
  });
  assert.equal(await host.exited, 1);
  for (const problem of [
    'function reserved: the route "administration" lies in what belongs to the host',
    'function otherTwin: the route "twins/{id}" is the one of function twin',
    'function odd: the route "odd/{x:word}" has the constraint "word", which Azure does not know',
    'function retried: a retry policy does not work with the httpTrigger',
    'function jobs: the setting "JOBS_QUEUE" of "%JOBS_QUEUE%" does not exist',
    'function jobs: the connection setting "SERVICE_BUS" does not exist (nor "SERVICE_BUS__fullyQualifiedNamespace")',
    'function work: the connection setting <a connection string instead of the name of a setting> does not exist',
    'function settling: sdkBinding is not supported here',
    'function settling: the setting "IDENTITY__clientSecret" is not supported here',
    'function settling: the setting "IDENTITY__credential" must be managedidentity, not password',
    'function tick: "99" is not a minute',
    'function tock: retry: minimumInterval is greater than maximumInterval',
    'function early: a warm-up trigger must be called "warmup"',
    'function blob: the binding "blobTrigger" is not supported here',
    'function feed: the binding "cosmosDBTrigger" is not supported here',
    'function queue: the binding "queueTrigger" is not supported here',
    'function hub: the binding "eventHubTrigger" is not supported here',
    'function grid: the binding "eventGridTrigger" is not supported here',
    'function own: the binding "ownTrigger" is not supported here',
    'function writer: the input binding "blob" is not supported here',
    'function writer: the output binding "serviceBus" is not supported here',
    'the setting "WEBSITE_TIME_ZONE" is not supported on Flex Consumption',
    'function keys: the connection setting "AzureWebJobsStorage" does not exist (nor "AzureWebJobsStorage__blobServiceUri"',
  ])
    assert.ok(host.log().includes(problem), `"${problem}" is not in:\n${host.log()}`);
  assert.doesNotMatch(host.log(), /secret$/m);
});

test('a Service Bus trigger without an extension bundle stops the start', async t => {
  const host = await spawnTestHost(t, {
    source: `import { app } from '@azure/functions';
app.serviceBusQueue('work', { connection: 'BUS', queueName: 'work', handler: async () => {} });`,
    settings: { BUS: 'Endpoint=sb://localhost;SharedAccessKeyName=x;SharedAccessKey=y' },
    hostJson: { extensionBundle: undefined },
  });
  assert.equal(await host.exited, 1);
  assert.match(
    host.log(),
    /function work: the binding "serviceBusTrigger" needs an extensionBundle in host\.json/,
  );
});

test('a bad host.json stops the start with the names of its fields', async t => {
  const hostJson = {
    version: '1.0',
    functionTimeout: 'soon',
    extensions: { serviceBus: { maxConcurrentCalls: 0 } },
  };
  const host = await spawnTestHost(t, { source, hostJson });
  assert.equal(await host.exited, 1);
  for (const problem of [
    /version must be "2.0"/,
    /functionTimeout must be a duration/,
    /extensions\.serviceBus\.maxConcurrentCalls must be a whole number of at least 1/,
  ])
    assert.match(host.log(), problem);
});

test('an app that cannot be loaded or registers nothing stops the start', async t => {
  const throws = await spawnTestHost(t, { source: `throw new Error('at load');` });
  const empty = await spawnTestHost(t, { source: 'export {};' });
  assert.deepEqual([await throws.exited, await empty.exited], [1, 1]);
  assert.match(throws.log(), /could not be loaded: Error: at load/);
  assert.match(empty.log(), /registers no function/);
});

test('a function that a setting disables keeps its route and is not found', async t => {
  const host = await startTestHost(t, { source, settings: { 'AzureWebJobs.First.Disabled': '1' } });
  assert.equal((await fetch(`${host.url}/first`)).status, 404);
  assert.equal(await (await fetch(`${host.url}/second`)).text(), 'second');
  assert.equal(await (await fetch(`${host.url}/third`)).text(), 'rest');
});

test('only the functions that host.json lists are there', async t => {
  const host = await startTestHost(t, { source, hostJson: { functions: ['Second'] } });
  assert.equal((await fetch(`${host.url}/api/first`)).status, 404);
  assert.equal((await fetch(`${host.url}/first`)).status, 404);
  assert.equal(await (await fetch(`${host.url}/second`)).text(), 'second');
});

test('several bundles are one app, whose names must differ', async t => {
  const more = `import { app } from '@azure/functions';
app.http('more', { handler: async (_, context) => ({ body: context.functionName }) });`;
  const host = await startTestHost(t, { source, more: [more] });
  assert.equal(await (await fetch(`${host.url}/first`)).text(), 'first');
  assert.equal(await (await fetch(`${host.url}/more`)).text(), 'more');
  const twice = await spawnTestHost(t, { source, more: [source] });
  assert.equal(await twice.exited, 1);
  assert.match(twice.log(), /A function with id "first" has already been registered/);
});

test('the warm-up function runs once, before the first request can come', async t => {
  const host = await startTestHost(t, {
    source: `import { app } from '@azure/functions';
let warm = 0;
app.warmup('warmup', { handler: async (_, context) => { await new Promise(resolve => setTimeout(resolve, 20)); warm += 1; context.log('warming'); } });
app.http('warm', { handler: async () => ({ body: String(warm) }) });`,
  });
  assert.equal(await (await fetch(`${host.url}/warm`)).text(), '1');
  await host.logged(/warming[\s\S]*✓ warmup [0-9a-f]{8} warm-up/);
});

test('log levels of host.json apply by category', async t => {
  const host = await startTestHost(t, {
    source: `import { app } from '@azure/functions';
const handler = async (_, context) => { context.trace('a trace'); context.info('an info'); context.error('an error'); return {}; };
app.http('loud', { handler });
app.http('quiet', { handler });`,
    hostJson: {
      logging: { logLevel: { default: 'Error', 'Function.loud': 'Trace', 'Host.Results': 'Information' } },
    },
  });
  for (const name of ['loud', 'quiet']) assert.equal((await fetch(`${host.url}/${name}`)).status, 200);
  await host.logged(/✓ quiet/);
  assert.match(host.log(), /trace loud [0-9a-f]{8} a trace/);
  assert.match(host.log(), /error quiet [0-9a-f]{8} an error/);
  assert.doesNotMatch(host.log(), /quiet [0-9a-f]{8} an info/);
});

test('a second SIGTERM ends the host at once', async t => {
  const host = await startTestHost(t, {
    source: `import { app } from '@azure/functions';
app.http('stuck', { handler: (_, context) => new Promise(() => context.log('stuck now')) });`,
  });
  const answer = fetch(`${host.url}/stuck`).then(
    () => 'answered',
    () => 'cut',
  );
  await host.logged(/stuck now/);
  host.child.kill('SIGTERM');
  await host.logged(/stopping/);
  host.child.kill('SIGTERM');
  assert.equal(await host.exited, 1);
  assert.equal(await answer, 'cut');
});
