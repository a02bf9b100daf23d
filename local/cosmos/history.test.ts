import assert from 'node:assert/strict';
import type { ChildProcess } from 'node:child_process';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import type { TestContext } from 'node:test';
import { test } from 'node:test';
import type { Container, OperationInput } from '@azure/cosmos';
import { CosmosClient } from '@azure/cosmos';
import fc from 'fast-check';
import { serverProgram } from '../supervisor/server-bundles.ts';
import type { Action, Observed, Write } from './history-model.ts';
import { isLinearizable } from './history-model.ts';
import { tenantContainer, testFolder } from './test-server.ts';

const key = ['t1', 's1'];
const clients = 3;
const ids = ['a', 'b'];
const kinds = ['create', 'upsert', 'replace', 'patch', 'delete', 'batch', 'read', 'query'] as const;

const step = fc.record({
  kind: fc.constantFrom(...kinds),
  pick: fc.nat(ids.length - 1),
  guarded: fc.boolean(),
});
/** What each client does in each life of the server, and after how many operations the server is killed. */
const life = fc.record({
  plans: fc.array(fc.array(step, { minLength: 6, maxLength: 9 }), { minLength: clients, maxLength: clients }),
  killAfter: fc.integer({ min: 4, max: 20 }),
});
const lives = fc.array(life, { minLength: 2, maxLength: 3 });

type Step = { readonly kind: (typeof kinds)[number]; readonly pick: number; readonly guarded: boolean };
type Tag = { readonly v: number; readonly etag: string };

test('histories of several clients with kills between are linearizable, batches as a whole', async t => {
  await fc.assert(
    fc.asyncProperty(lives, async plan => {
      const folder = testFolder(t);
      const history = new History();
      let port = '0';
      for (const { plans, killAfter } of plan) {
        const server = await startProcess(t, folder, port);
        port = new URL(server.endpoint).port;
        const done = history.ended() + killAfter;
        history.onEnd = ended => {
          if (ended !== done) return;
          history.isOver = true;
          server.child.kill('SIGKILL');
        };
        history.isOver = false;
        await Promise.all(plans.map(steps => history.run(server.connect(), steps)));
        server.child.kill('SIGKILL');
        if (server.child.exitCode === null && server.child.signalCode === null)
          await once(server.child, 'exit');
      }
      history.onEnd = () => undefined;
      history.isOver = false;
      const last = await startProcess(t, folder, port);
      await history.run(last.connect(), [{ kind: 'query', pick: 0, guarded: false }]);
      last.child.kill('SIGKILL');
      assert.ok(isLinearizable(history.observed), JSON.stringify(history.observed));
    }),
    // A shorter counterexample is not worth the restarts that looking for it takes.
    { numRuns: 3, endOnFailure: true },
  );
});

test('the model finds histories that cannot have been', () => {
  const seen = (action: Action, began: number, ended: number, result: unknown): Observed => {
    return { action, began, ended, result };
  };
  const create = seen({ kind: 'create', id: 'a', v: 1 }, 1, 2, 201);
  const read = (began: number, result: unknown) => seen({ kind: 'read', id: 'a' }, began, began + 1, result);
  assert.ok(isLinearizable([create, read(3, { v: 1, n: 0 })]));
  assert.ok(!isLinearizable([create, read(3, 404)]));
  const lost = { ...create, ended: Number.POSITIVE_INFINITY, result: undefined };
  assert.ok(isLinearizable([lost, read(3, 404)]));
  assert.ok(isLinearizable([lost, read(3, 404), read(5, { v: 1, n: 0 })]));
  assert.ok(!isLinearizable([lost, read(3, { v: 1, n: 0 }), read(5, 404)]));
  const both: Action = { kind: 'batch', writes: ids.map(id => ({ kind: 'create', id, v: 2 })) };
  const torn = seen({ kind: 'query' }, 5, 6, { a: { v: 2, n: 0 } });
  assert.ok(!isLinearizable([seen(both, 3, 4, [201, 201]), torn]));
});

/** Runs plans and writes down what the clients see. */
class History {
  readonly observed: Observed[] = [];
  onEnd: (ended: number) => void = () => undefined;
  /** Nobody asks a server that is gone. */
  isOver = false;
  private clock = 0;
  private writes = 0;

  ended(): number {
    return this.observed.length;
  }

  async run(things: Container, steps: readonly Step[]): Promise<void> {
    const tags = new Map<string, Tag>();
    for (const step of steps) {
      if (this.isOver) return;
      const action = this.actionOf(step, tags);
      const began = ++this.clock;
      const result = await perform(things, action, tags).catch(() => undefined);
      const ended = ++this.clock;
      this.observed.push({ action, began, ended, result });
      this.onEnd(this.observed.length);
    }
  }

  private actionOf({ kind, pick, guarded }: Step, tags: ReadonlyMap<string, Tag>): Action {
    const id = ids[pick] ?? 'a';
    if (kind === 'query') return { kind };
    if (kind === 'read') return { kind, id };
    const writing = (one: Write['kind'], target: string): Write => {
      const expects = guarded ? tags.get(target)?.v : undefined;
      return { kind: one, id: target, v: ++this.writes, expects: one === 'create' ? undefined : expects };
    };
    if (kind !== 'batch') return writing(kind, id);
    return { kind, writes: [writing('upsert', id), writing('replace', ids[1 - pick] ?? 'b')] };
  }
}

function body(write: Write): { id: string; tenant: string; scope: string; v: number; n: number } {
  return { id: write.id, tenant: 't1', scope: 's1', v: write.v, n: 0 };
}

function patchOf(write: Write) {
  return [
    { op: 'set' as const, path: '/v', value: write.v },
    { op: 'incr' as const, path: '/n', value: 1 },
  ];
}

/** The tag that a write is guarded by, when the client still holds that of the version it expects. */
function guardOf(write: Write, tags: ReadonlyMap<string, Tag>): string | undefined {
  return write.expects === undefined ? undefined : tags.get(write.id)?.etag;
}

async function perform(things: Container, action: Action, tags: Map<string, Tag>): Promise<unknown> {
  if (action.kind === 'query') {
    const { resources } = await things.items
      .query<{ id: string; v: number; n: number }>('SELECT c.id, c.v, c.n FROM c ORDER BY c.id', {
        partitionKey: key,
      })
      .fetchAll();
    return Object.fromEntries(resources.map(({ id, v, n }) => [id, { v, n }]));
  }
  if (action.kind === 'read') {
    const { statusCode, resource, etag } = await things.item(action.id, key).read();
    if (resource === undefined) return statusCode;
    tags.set(action.id, { v: resource.v, etag });
    return { v: resource.v, n: resource.n };
  }
  if (action.kind === 'batch') {
    const operations = action.writes.map(write => {
      const ifMatch = guardOf(write, tags);
      const operationType = write.kind === 'upsert' ? 'Upsert' : 'Replace';
      return {
        operationType,
        id: write.id,
        resourceBody: body(write),
        ...(ifMatch === undefined ? {} : { ifMatch }),
      };
    });
    const { result } = await things.items.batch(operations as OperationInput[], key);
    return result?.map(one => one.statusCode);
  }
  return single(things, action, tags);
}

async function single(things: Container, write: Write, tags: Map<string, Tag>): Promise<unknown> {
  const condition = guardOf(write, tags);
  const options = condition === undefined ? {} : { accessCondition: { type: 'IfMatch', condition } };
  const item = things.item(write.id, key);
  const calls: Readonly<Record<Write['kind'], () => Promise<{ statusCode: number; etag?: string }>>> = {
    create: () => things.items.create(body(write)),
    upsert: () => things.items.upsert(body(write), options),
    replace: () => item.replace(body(write), options),
    patch: () => item.patch(patchOf(write), options),
    delete: () => item.delete(options),
  };
  try {
    const { statusCode, etag } = await calls[write.kind]();
    if (etag !== undefined) tags.set(write.id, { v: write.v, etag });
    return statusCode;
  } catch (error) {
    // A number is the service's answer; anything else is a connection that broke, and nobody knows what became of the request.
    const { code } = error as { code: unknown };
    if (typeof code === 'number') return code;
    throw error;
  }
}

type Running = {
  readonly child: ChildProcess;
  readonly endpoint: string;
  readonly connect: () => Container;
};

async function startProcess(t: TestContext, folder: string, port: string): Promise<Running> {
  const program = await serverProgram('cosmos');
  const child = spawn(process.execPath, [program, '--port', port, '--data', folder, '--no-tls'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  t.after(() => child.kill('SIGKILL'));
  if (child.stdout === null) throw new Error('the child has a pipe for its output');
  const [line] = (await once(createInterface(child.stdout), 'line')) as [string];
  const { settings } = JSON.parse(line) as { settings: Record<string, string> };
  const endpoint = settings['COSMOS_ENDPOINT'] ?? '';
  const open = (): CosmosClient => {
    const client = new CosmosClient({
      endpoint,
      key: settings['COSMOS_KEY'] ?? '',
      connectionPolicy: { enableEndpointDiscovery: false, requestTimeout: 20_000 },
    });
    t.after(() => client.dispose());
    return client;
  };
  const { database } = await open().databases.createIfNotExists({ id: 'd' });
  await database.containers.createIfNotExists(tenantContainer());
  return { child, endpoint, connect: () => open().database('d').container('things') };
}
