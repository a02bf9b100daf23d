import assert from 'node:assert/strict';
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { after, before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { reasonsFor, withDependencies } from './definitions.ts';
import { lockDataDirectory } from './lock.ts';
import { fixedPort, freePorts, requireFree } from './ports.ts';
import { Restarts } from './restarts.ts';
import { type Stack, startStack } from './stack.ts';

let root = '';
let stack: Stack;

before(async () => {
  root = mkdtempSync(join(tmpdir(), 'touchstone-stack-'));
  stack = await startStack({ dataDir: join(root, 'main'), ports: 'free', servers: ['key-vault', 'blob'] });
});

after(async () => {
  await stack.stop();
  rmSync(root, { recursive: true, force: true });
});

/**
 * A client as an app is one: it knows nothing but the environment, trusts the CA by it and gets its tokens from
 * the identity endpoint.
 */
const CLIENT = `
  import { ManagedIdentityCredential } from '@azure/identity';
  import { SecretClient } from '@azure/keyvault-secrets';
  import { BlobServiceClient } from '@azure/storage-blob';
  const credential = new ManagedIdentityCredential();
  const secrets = new SecretClient(process.env.KEY_VAULT_ENDPOINT, credential, {
    disableChallengeResourceVerification: process.env.KEY_VAULT_CHALLENGE_VERIFICATION === 'false',
  });
  const blobs = new BlobServiceClient(process.env.BLOB_VAULT_ENDPOINT, credential).getContainerClient('artifacts');
  const [verb, value] = process.argv.slice(1);
  if (verb === 'write') {
    await secrets.setSecret('stack', value);
    await blobs.getBlockBlobClient('stack').upload(value, value.length);
  }
  const secret = await secrets.getSecret('stack');
  console.log(secret.value, String(await blobs.getBlobClient('stack').downloadToBuffer()));`;

async function client(of: Stack, ...args: string[]): Promise<string> {
  const { stdout } = await promisify(execFile)(
    process.execPath,
    ['--input-type=module', '--eval', CLIENT, ...args],
    {
      env: { PATH: process.env['PATH'], ...of.settings },
      cwd: import.meta.dirname,
    },
  );
  return stdout.trim();
}

test('official clients need nothing but the settings to use key vault and blobs by identity', async () => {
  assert.equal(await client(stack, 'write', 'first'), 'first first');
  assert.deepEqual(Object.keys(stack.urls), ['identity', 'key-vault', 'blob']);
});

test('a killed server starts again on its port with all that it had acknowledged', async () => {
  await client(stack, 'write', 'second');
  const before = { ...stack.settings };
  for (const name of ['key-vault', 'blob', 'identity']) {
    await stack.kill(name);
    assert.throws(() => stack.process(name), /is not running/);
    await stack.start(name);
  }
  assert.deepEqual(stack.settings, before);
  assert.equal(await client(stack, 'read'), 'second second');
});

test('two stacks run side by side and know nothing of each other', async () => {
  const other = await startStack({
    dataDir: join(root, 'other'),
    ports: 'free',
    servers: ['key-vault', 'blob'],
  });
  try {
    await client(stack, 'write', 'mine');
    await client(other, 'write', 'theirs');
    assert.equal(await client(stack, 'read'), 'mine mine');
    assert.notEqual(other.settings['IDENTITY_HEADER'], stack.settings['IDENTITY_HEADER']);
  } finally {
    await other.stop();
  }
});

test('a second stack on the same data directory is refused, and a directory is free again after its stack stopped', async () => {
  const options = { dataDir: join(root, 'shared'), ports: 'free', servers: ['identity'] } as const;
  const first = await startStack(options);
  await assert.rejects(startStack(options), new RegExp(`process ${process.pid}.*shared`));
  await first.stop();
  await (await startStack(options)).stop();
});

test('a server that cannot start is named, with its last lines, and nothing is left running', async () => {
  const dataDir = join(root, 'broken');
  const options = {
    dataDir,
    ports: 'free',
    servers: ['blob'],
    topology: join(root, 'no-such-topology.json'),
  } as const;
  await assert.rejects(
    startStack(options),
    /blob ended before it was ready \(code 1\)[\s\S]*no-such-topology\.json/,
  );
  lockDataDirectory(dataDir)();
});

test('a server that ends by itself is reported with its name', async () => {
  const { promise, resolve } = Promise.withResolvers<string>();
  const own = await startStack({
    dataDir: join(root, 'crash'),
    ports: 'free',
    servers: ['identity'],
    onCrash: (name, report) => resolve(`${name}: ${report}`),
  });
  try {
    own.process('identity').kill('SIGKILL');
    assert.match(await promise, /^identity: identity ended unexpectedly \(SIGKILL\)/);
    await own.start('identity');
    assert.equal(own.process('identity').exitCode, null);
  } finally {
    await own.stop();
  }
});

test('with restart, what ends by itself comes back on its port and this is said', async () => {
  const said: string[] = [];
  const { promise, resolve } = Promise.withResolvers<void>();
  const own = await startStack({
    dataDir: join(root, 'restart'),
    ports: 'free',
    servers: ['identity'],
    restart: true,
    onCrash: (_, report) => {
      said.push(report);
      if (report.endsWith('is back.')) resolve();
    },
  });
  try {
    const before = own.process('identity').pid;
    own.process('identity').kill('SIGKILL');
    await promise;
    assert.notEqual(own.process('identity').pid, before);
    assert.match(said[0] ?? '', /ended unexpectedly \(SIGKILL\)[\s\S]*Starting identity again/);
    await own.kill('identity');
    assert.deepEqual(own.alive(), [], 'what was asked to end stays down');
  } finally {
    await own.stop();
  }
});

test('a process is started again three times a minute and no more', () => {
  const restarts = new Restarts();
  assert.deepEqual(
    [0, 1000, 2000, 3000, 59_000, 60_500].map(now => restarts.take('api', now)),
    [true, true, true, false, false, true],
  );
  assert.equal(restarts.take('worker', 3000), true);
});

/** Waits until a process is gone, for as long as the test runner waits for the test. */
async function gone(pid: number): Promise<void> {
  for (;;) {
    try {
      process.kill(pid, 0);
    } catch {
      return;
    }
    await sleep(20);
  }
}

test('no child outlives a supervisor that was killed, and its directory can be used at once', {
  timeout: 60_000,
}, async () => {
  const dataDir = join(root, 'orphans');
  const program = `
    import { startStack } from './stack.ts';
    const stack = await startStack({ dataDir: process.argv[1], ports: 'free', servers: ['key-vault', 'blob'] });
    console.log(JSON.stringify(Object.keys(stack.urls).map(name => stack.process(name).pid)));`;
  const parent = spawn(process.execPath, ['--input-type=module', '--eval', program, dataDir], {
    cwd: import.meta.dirname,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [line] = await once(createInterface({ input: parent.stdout }), 'line');
  const pids: number[] = JSON.parse(String(line));
  assert.equal(pids.length, 3);
  parent.kill('SIGKILL');
  await Promise.all(pids.map(gone));
  const next = await startStack({ dataDir, ports: 'free', servers: ['identity'] });
  await next.stop();
});

test('a taken port is named together with the way out', async () => {
  const { cosmos: port = 0 } = await freePorts(['cosmos'], root);
  const squatter = createServer();
  await new Promise<void>(resolve => squatter.listen(port, '127.0.0.1', resolve));
  await assert.rejects(
    requireFree({ cosmos: port }, {}, 0),
    new RegExp(`Port ${port}, which cosmos needs, is taken.*--ports free`),
  );
  await assert.rejects(
    requireFree({ identity: port }, reasonsFor(['cosmos', 'mail']), 0),
    new RegExp(`Port ${port}, which identity needs \\(cosmos cannot do without its tokens\\), is taken`),
  );
  assert.deepEqual(reasonsFor(['identity', 'cosmos']), {});
  squatter.close();
});

test('free ports stay the same for a data directory, except for one that somebody else has taken', async () => {
  const folder = mkdtempSync(join(root, 'ports-'));
  const first = await freePorts(['cosmos', 'service-bus'], folder);
  assert.notEqual(first['cosmos'], first['service-bus']);
  assert.deepEqual(await freePorts(['service-bus', 'cosmos'], folder), first);
  const squatter = createServer();
  await new Promise<void>(resolve => squatter.listen(first['cosmos'], '127.0.0.1', resolve));
  const second = await freePorts(['cosmos', 'service-bus'], folder);
  squatter.close();
  assert.equal(second['service-bus'], first['service-bus']);
  assert.notEqual(second['cosmos'], first['cosmos']);
  writeFileSync(join(folder, 'ports.json'), '{"cosmos":');
  assert.deepEqual(Object.keys(await freePorts(['cosmos'], folder)), ['cosmos']);
});

test('servers bring along what they depend on, and an unknown one is refused', () => {
  assert.deepEqual(withDependencies(['cosmos', 'service-bus']), ['identity', 'cosmos', 'service-bus']);
  assert.deepEqual(withDependencies(['service-bus']), ['identity', 'service-bus']);
  assert.deepEqual(withDependencies(['mail']), ['mail']);
  assert.throws(() => withDependencies(['redis']), /Unknown server: redis\. Known are: identity, cosmos/);
});

test('a further instance of an app has a port of its own', () => {
  assert.deepEqual(['worker', 'worker-2', 'worker-3'].map(fixedPort), [7072, 7082, 7092]);
});

test('what the servers write goes to a log file each', () => {
  assert.equal(readFileSync(join(root, 'main', 'logs', 'blob.log'), 'utf8'), '');
});
