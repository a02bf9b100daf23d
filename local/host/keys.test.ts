import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { startTestStorage, type TestStorage } from '../blob/test-storage.ts';
import { startTestHost } from './test-app.ts';

let storage: TestStorage;
before(async () => {
  storage = await startTestStorage();
});
after(() => storage.close());

const source = `import { app } from '@azure/functions';
const handler = async (request, context) => ({ body: context.functionName });
app.http('open', { handler });
app.http('Keyed', { authLevel: 'function', handler });
app.http('other', { authLevel: 'function', handler });
app.http('closed', { authLevel: 'admin', handler });
app.timer('nightly', { schedule: '0 0 3 * * *', handler: async (timer, context) => context.log('ran ' + JSON.stringify(timer)) });`;

type Keys = { master: string; host: string; own: string };

async function read(path: string): Promise<Record<string, never>> {
  const blob = storage.client.getContainerClient('azure-webjobs-secrets').getBlobClient(path);
  return JSON.parse((await blob.downloadToBuffer()).toString());
}

async function start(t: Parameters<typeof startTestHost>[0], name: string) {
  const host = await startTestHost(t, { source, settings: storage.settings, options: ['--name', name] });
  const call = (path: string, key?: string): Promise<Response> =>
    fetch(`${host.url}${path}`, key === undefined ? {} : { headers: { 'x-functions-key': key } });
  const keys = async (): Promise<Keys> => {
    // A key that is none makes the host look, and so makes the keys.
    assert.equal((await call('/Keyed', 'none')).status, 401);
    const [hostKeys, own] = [await read(`local-${name}/host.json`), await read(`local-${name}/keyed.json`)];
    return {
      master: String(Reflect.get(Object(hostKeys['masterKey']), 'value')),
      host: String(Reflect.get(Object(Object(hostKeys['functionKeys'])[0]), 'value')),
      own: String(Reflect.get(Object(Object(own['keys'])[0]), 'value')),
    };
  };
  return { host, call, keys };
}

test('function, host and master keys open what they should, by header and by query', async t => {
  const { host, call, keys } = await start(t, 'keyed');
  assert.equal((await call('/open')).status, 200);
  const refused = await call('/Keyed');
  assert.deepEqual([refused.status, await refused.text()], [401, '']);
  const { master, host: hostKey, own } = await keys();
  const statuses = async (key: string): Promise<number[]> =>
    Promise.all(['/Keyed', '/other', '/closed'].map(async path => (await call(path, key)).status));
  assert.deepEqual(await statuses(own), [200, 401, 401]);
  assert.deepEqual(await statuses(hostKey), [200, 200, 401]);
  assert.deepEqual(await statuses(master), [200, 200, 200]);
  assert.equal((await fetch(`${host.url}/Keyed?code=${own}`)).status, 200);
  assert.equal((await call(`/Keyed?code=${own}`, 'wrong')).status, 401);
});

test('keys are made once and live in AzureWebJobsStorage, as Azure keeps them', async t => {
  const first = await start(t, 'shared');
  const second = await start(t, 'shared');
  const [mine, theirs] = await Promise.all([first.keys(), second.keys()]);
  assert.deepEqual(mine, theirs);
  const document = await read('local-shared/host.json');
  assert.deepEqual(Object.keys(document), [
    ...['masterKey', 'functionKeys', 'systemKeys'],
    ...['hostName', 'instanceId', 'source', 'decryptionKeyId'],
  ]);
  assert.equal(Reflect.get(Object(document['masterKey']), 'encrypted'), false);
});

test('the host’s own routes want the master key, but the ping does not', async t => {
  const { host, call, keys } = await start(t, 'admin');
  const { master, host: hostKey } = await keys();
  assert.equal((await call('/admin/host/ping')).status, 200);
  assert.equal((await call('/admin/host/status')).status, 401);
  assert.equal((await call('/admin/host/status', hostKey)).status, 401);
  assert.equal((await call('/runtime/webhooks/eventgrid')).status, 401);
  assert.equal((await call('/admin/host/unknown', master)).status, 404);
  const status = JSON.parse(await (await call('/admin/host/status', master)).text());
  assert.deepEqual([status.id, status.state], ['local-admin', 'Running']);
  const shown = JSON.parse(await (await call('/admin/host/keys', master)).text());
  assert.deepEqual(shown.keys, [{ name: 'default', value: hostKey }]);
  const invoke = (name: string, body: string): Promise<Response> =>
    fetch(`${host.url}/admin/functions/${name}`, {
      method: 'POST',
      body,
      headers: { 'x-functions-key': master, 'content-type': 'application/json' },
    });
  assert.equal((await invoke('nightly', 'not json')).status, 400);
  assert.equal((await invoke('unknown', '{}')).status, 404);
  assert.equal((await invoke('Nightly', '{"input":""}')).status, 202);
  await host.logged(/ran \{"schedule":\{"adjustForDST":true\},"scheduleStatus":null,"isPastDue":false\}/);
});

test('a disabled function is still there for the master key', async t => {
  const settings = { ...storage.settings, 'AzureWebJobs.open.Disabled': 'true' };
  const host = await startTestHost(t, { source, settings, options: ['--name', 'admin'] });
  const document = await read('local-admin/host.json');
  const master = String(Reflect.get(Object(document['masterKey']), 'value'));
  assert.equal((await fetch(`${host.url}/open`)).status, 404);
  assert.equal((await fetch(`${host.url}/open`, { headers: { 'x-functions-key': master } })).status, 200);
});
