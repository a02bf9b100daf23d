import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import * as z from 'zod';
import { tenantId } from '../../shared/kernel/index.ts';
import { defineRecord, newRecordId, type RecordKind } from '../../shared/platform/records/index.ts';
import { callerOf, openTestProduct } from '../product.ts';

const { platform } = openTestProduct();

const kind = defineRecord({
  name: 'test.leave',
  prefix: 'lev',
  home: 'own',
  schema: z.strictObject({ name: z.string() }),
  indexed: ({ name }) => ({ name }),
  readPermission: 'test.leave:read',
}) as unknown as RecordKind;
const refusal = new Error('no leave');

function asking() {
  const caller = callerOf(tenantId(`tnt_${platform.newKey()}`));
  const leave = Promise.withResolvers<void>();
  const id = newRecordId(kind, platform.newKey());
  const scope = platform.records.for(caller, leave.promise).scope(id);
  const plain = platform.records.for(caller).scope(id);
  const create = [{ kind, id, data: { name: 'One' } }];
  return { id, leave, scope, plain, commit: () => scope.commit({ action: 'test.leave.made', create }) };
}

describe('what somebody writes who must have leave first', () => {
  test('is written once they have it', async () => {
    const { id, leave, plain, commit } = asking();
    const committing = commit();
    assert.equal((await plain.find(kind, id))?.id, undefined);
    leave.resolve();
    await committing;
    assert.equal((await plain.find(kind, id))?.id, id);
  });

  test('is not written when they do not get it, and refused for the same reason', async () => {
    const { id, leave, scope, plain, commit } = asking();
    const outcomes = Promise.allSettled([
      commit(),
      scope.takeClaim('claim', 'me'),
      scope.keepReply({ status: 204, headers: {}, body: undefined }),
    ]);
    leave.reject(refusal);
    for (const outcome of await outcomes) assert.deepEqual(outcome, { status: 'rejected', reason: refusal });
    assert.equal((await plain.find(kind, id))?.id, undefined);
    assert.equal(await plain.claimOwner('claim'), undefined);
  });

  test('is read meanwhile', async () => {
    const { id, scope } = asking();
    assert.equal((await scope.find(kind, id))?.id, undefined);
    assert.equal(await scope.referTo(kind, newRecordId(kind, platform.newKey())), undefined);
  });
});
