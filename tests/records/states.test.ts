import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { describe, test } from 'node:test';
import * as z from 'zod';
import { defineState, type Scope } from '../../shared/platform/records/index.ts';
import { callerOf, openTestProduct } from '../product.ts';

const kind = defineState({ name: 'test.counter', schema: z.strictObject({ count: z.number() }) });
const { platform } = openTestProduct();

function ownScope() {
  return platform.records.for(callerOf(`tnt_${randomUUID()}`)).scope('somewhere');
}

async function countChanges(scope: Scope): Promise<number> {
  let count = 0;
  for await (const _change of scope.changes()) count += 1;
  return count;
}

describe('a state beside the history of a scope', () => {
  test('is written with a commit or not at all', async () => {
    const scope = ownScope();
    const write = { kind, id: 'one', data: { count: 1 }, etag: undefined };
    await scope.commit({ action: 'test.counted', states: [write] });
    assert.deepEqual((await scope.state(kind, 'one'))?.data, { count: 1 });
    await assert.rejects(scope.commit({ action: 'test.counted', states: [write, { ...write, id: 'two' }] }), {
      code: 'platform.version_stale',
    });
    assert.equal(await scope.state(kind, 'two'), undefined);
    assert.equal(await countChanges(scope), 1);
  });

  test('goes to one of fifty that write it at once, and stands in no history', async () => {
    const scope = ownScope();
    const first = await scope.saveState({ kind, id: 'one', data: { count: 0 }, etag: undefined });
    const tries = Array.from({ length: 50 }, (_none, count) =>
      scope.saveState({ kind, id: 'one', data: { count: count + 1 }, etag: first?.etag }),
    );
    const won = (await Promise.all(tries)).filter(state => state !== undefined);
    assert.equal(won.length, 1);
    assert.deepEqual((await scope.state(kind, 'one'))?.data, won[0]?.data);
    assert.equal(await countChanges(scope), 0);
  });
});
