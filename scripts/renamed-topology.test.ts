import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { promisify } from 'node:util';
import { type Deployment, deploy } from '../bicep/evaluate/deploy.ts';

const root = join(import.meta.dirname, '..');
const LEFT_OUT = ['.git', '.local', 'dist', 'node_modules'];
const run = promisify(execFile);

describe('when shared/topology.json alone gives every queue, topic and subscription another name', () => {
  const copy = mkdtempSync(join(tmpdir(), 'touchstone-renamed-'));
  const renamed: string[] = [];

  before(() => {
    for (const part of readdirSync(root).filter(name => !LEFT_OUT.includes(name)))
      cpSync(join(root, part), join(copy, part), { recursive: true });
    symlinkSync(join(root, 'node_modules'), join(copy, 'node_modules'));
    rename(join(copy, 'shared', 'topology.json'), renamed);
  });
  after(() => rmSync(copy, { recursive: true, force: true }));

  test('code and local stack follow: a certificate is issued, printed and told by webhook', async () => {
    const { stdout } = await run(process.execPath, ['scripts/demo.ts', '--alone'], {
      cwd: copy,
      // What is compiled there is of no use to anybody else.
      env: { ...process.env, NODE_TEST_CONTEXT: undefined, NODE_COMPILE_CACHE: join(copy, 'compiled') },
      timeout: 240_000,
      maxBuffer: 1 << 24,
    });
    assert.match(stdout, /certificate\.pdf/);
    assert.match(stdout, /webhook/i);
  });

  test('templates follow: entities and roles have the new names, nothing has the old ones', () => {
    const old = entitiesOf(deploy(join(root, 'bicep', 'prod.bicepparam')));
    const made = entitiesOf(deploy(join(copy, 'bicep', 'prod.bicepparam')));
    for (const name of renamed)
      assert(
        made.some(path => path.includes(`/${name}`)),
        name,
      );
    assert.equal(made.length, old.length);
    const plain = (path: string): string => path.replaceAll('/renamed-', '/');
    assert.deepEqual(made.map(plain).sort(), old.toSorted());
    assert.deepEqual(
      made.filter(path => !path.includes('/renamed-')),
      [],
    );
  });
});

function rename(file: string, names: string[]): void {
  const topology = JSON.parse(readFileSync(file, 'utf8'));
  const { queues, topics } = topology.serviceBus;
  for (const entity of [
    ...queues,
    ...topics,
    ...topics.flatMap((topic: { subscriptions: object[] }) => topic.subscriptions),
  ]) {
    entity.name = `renamed-${entity.name}`;
    names.push(entity.name);
  }
  writeFileSync(file, JSON.stringify(topology));
}

/** Everything that stands in Service Bus, and what roles are about there, below the namespace. */
function entitiesOf({ resources }: Deployment): string[] {
  return resources.flatMap(({ id }) => {
    const path = /\/Microsoft\.ServiceBus\/namespaces\/[^/]+(\/(?:queues|topics)\/.+)$/.exec(id)?.[1];
    return path === undefined ? [] : [path.replace(/\/roleAssignments\/.+$/, '/role')];
  });
}
