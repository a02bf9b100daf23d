import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { test } from 'node:test';

const MAIN = join(import.meta.dirname, 'main.ts');

test('local --json prints one line with the settings of the named servers and ends cleanly on SIGTERM', async () => {
  const data = mkdtempSync(join(tmpdir(), 'touchstone-local-'));
  const child = spawn(process.execPath, [MAIN, 'key-vault', '--json', '--ports', 'free', '--data', data], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  try {
    const [line] = await once(createInterface({ input: child.stdout }), 'line');
    const settings = JSON.parse(String(line));
    assert.deepEqual(Object.keys(settings).sort(), [
      'FAULTS_IDENTITY_URL',
      'FAULTS_KEY_VAULT_URL',
      'FAULTS_TOKEN',
      'IDENTITY_ENDPOINT',
      'IDENTITY_HEADER',
      'KEY_VAULT_CHALLENGE_VERIFICATION',
      'KEY_VAULT_ENDPOINT',
      'NODE_EXTRA_CA_CERTS',
    ]);
    child.kill('SIGTERM');
    assert.deepEqual(await once(child, 'exit'), [0, null]);
    await assert.rejects(fetch(settings.IDENTITY_ENDPOINT));
  } finally {
    child.kill('SIGKILL');
    rmSync(data, { recursive: true, force: true });
  }
});

test('local refuses an unknown server with the list of known ones', () => {
  const { status, stderr } = spawnSync(process.execPath, [MAIN, 'redis'], {
    encoding: 'utf8',
    cwd: tmpdir(),
  });
  assert.equal(status, 1);
  assert.match(
    stderr,
    /^Unknown server: redis\. Known are: identity, cosmos, service-bus, key-vault, blob, mail\.$/m,
  );
});

test('a topology that cannot be served is refused in one line that names the place', () => {
  const folder = mkdtempSync(join(tmpdir(), 'touchstone-topology-'));
  const served = ['cosmos', 'service-bus', 'blob'];
  const container = { name: 'a', partitionKey: ['/p'] };
  const cases = [
    ['{"cosmos":', /^Topology .*case\.json: it is not JSON: .*$/m],
    [
      { cosmos: { database: 'd', containers: [{ ...container, index: {} }] } },
      /, \/cosmos\/containers\/0: .*"index"/,
    ],
    [
      { cosmos: { database: 'd', containers: [container, { ...container, partitionKey: ['/p/*'] }] } },
      /, \/cosmos\/containers\/1: container 'a': The partition key component definition path '\/p\/\*' could not be accepted/,
    ],
    [
      { cosmos: { database: 'd' }, serviceBus: { queues: [{ name: 'q', lockSecs: 1 }] } },
      /, \/serviceBus\/queues\/0: .*"lockSecs"/,
    ],
    [
      { cosmos: { database: 'd', containers: [container, container] } },
      /, \/cosmos\/containers\/1: the name 'a' is taken\.$/m,
    ],
    [
      { cosmos: { database: 'd', containers: [{ ...container, name: 'a/b' }] } },
      /, \/cosmos\/containers\/0: container 'a\/b': /,
    ],
    [
      { cosmos: { database: 'd' }, serviceBus: { queues: [{ name: 'q' }, { name: 'Q' }] } },
      /, \/serviceBus\/queues\/1\/name: the name 'Q' is taken\.$/m,
    ],
    [{ cosmos: { database: 'd' }, serviceBus: {} }, /, \/storage: /],
    [
      { cosmos: { database: 'd' }, serviceBus: {}, storage: { files: { containers: ['Upper'] } } },
      /, \/storage\/files\/containers\/0: a container has 3 to 63/,
    ],
  ] as const;
  const answer = (file: string) =>
    spawnSync(process.execPath, [MAIN, ...served, '--data', folder, '--topology', file], {
      encoding: 'utf8',
    });
  try {
    const file = join(folder, 'case.json');
    for (const [content, line] of cases) {
      writeFileSync(file, typeof content === 'string' ? content : JSON.stringify(content));
      const { status, stderr } = answer(file);
      assert.equal(status, 1);
      assert.match(stderr, line);
      assert.equal(stderr.trim().split('\n').length, 1);
    }
    const missing = answer(join(folder, 'none.json'));
    assert.equal(missing.status, 1);
    assert.match(missing.stderr, /^Topology .*none\.json: there is no such file\.\n$/);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

test('a wrong option is answered with the options that there are, and code 2', () => {
  for (const [script, args, sentence] of [
    ['main.ts', ['--porst', 'free'], /^Unknown option '--porst'\.$/m],
    ['start.ts', ['--fast'], /^Unknown option '--fast'\.$/m],
    ['start.ts', ['--ports', 'some'], /^Option '--ports <value>' is fixed or free, not some\.$/m],
  ] as const) {
    const { status, stderr } = spawnSync(process.execPath, [join(import.meta.dirname, script), ...args], {
      encoding: 'utf8',
    });
    assert.equal(status, 2);
    assert.match(stderr, sentence);
    assert.match(stderr, /--data DIR/);
    assert.doesNotMatch(stderr, /^ {4}at /m);
  }
});
