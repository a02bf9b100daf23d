import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Entity } from './entity.ts';
import { type Lock, LockTable } from './locks.ts';
import { Refusal } from './refusals.ts';
import { settingsFrom } from './settings.ts';
import { heldLock } from './settle.ts';

test('a lock is held until its moment, also while nobody has taken it away yet', () => {
  const times = { createdAt: 0, updatedAt: 0, accessedAt: 0 };
  const entity = new Entity({ id: 1, path: 'work', kind: 'queue' }, settingsFrom({}), times);
  const lock: Lock = { token: 'a', message: 1, entity, until: 1000, session: undefined };
  const locks = new LockTable();
  locks.add(lock);
  const at = (now: number, token = 'a'): unknown => {
    try {
      return heldLock({ locks, clock: { now: () => now }, sessions: { isHeld: () => false } }, token);
    } catch (error) {
      return error instanceof Refusal ? error.code : error;
    }
  };
  assert.deepEqual([at(999), at(1000), at(999, 'b')], [lock, 'lock-lost', 'lock-lost']);
  locks.renew(lock, 2000);
  assert.deepEqual([at(1999), at(2000)], [lock, 'lock-lost']);
});
