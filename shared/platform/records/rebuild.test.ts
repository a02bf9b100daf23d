import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import * as z from 'zod';
import { systemCaller } from '../../kernel/index.ts';
import { sealChange, touchOf } from './change.ts';
import type { ChangesQuery } from './changes-query.ts';
import type { ChangeDocument, RecordDocument } from './documents.ts';
import { statesAt } from './rebuild.ts';
import { defineRecord } from './record-kind.ts';
import { rolledBack } from './roll-back.ts';
import type { Saved } from './saved.ts';
import { openerOf } from './sealing.ts';
import { verifyChain } from './verify-chain.ts';

const thing = defineRecord<unknown>({
  name: 'test.thing',
  prefix: 'thg',
  home: 'own',
  schema: z.unknown(),
  indexed: () => ({}),
  readPermission: 'test.thing:read',
  rollback: { permission: 'test.thing:write', to: (_now, then) => ({ data: then }) },
});
const ID = 'thg_1';
const keys = new Map([['~common', { current: 1, versions: new Map([[1, new Uint8Array(32)]]) }]]);
const caller = systemCaller('tnt_1', 'one', 'test');

/** A record that had these states one after the other, and a scope that holds its changes. */
function historyOf(states: readonly unknown[]) {
  const changes: ChangeDocument[] = [];
  let before: { hash: string; data: unknown } | undefined;
  for (const [index, data] of states.entries()) {
    const document = { id: ID, kind: thing.name, version: index + 1, data };
    const touch = touchOf(before, document as Parameters<typeof touchOf>[1]);
    const change = sealChange(caller, {
      id: `chg_${index}`,
      scope: ID,
      now: new Date(1_800_000_000_000 + index).toISOString(),
      action: 'test.thing.changed',
      reason: undefined,
      touches: [touch],
      jobs: [],
      events: [],
      blind: text => text,
      keys,
    });
    changes.push(JSON.parse(JSON.stringify(change)));
    before = { hash: change.hash, data };
  }
  const record = {
    kind: thing,
    id: ID,
    version: states.length,
    hash: before?.hash ?? '',
    data: states.at(-1),
    stored: states.at(-1),
  } as Saved<unknown>;
  return { record, changes, scope: scopeOf(changes, record) };
}

function scopeOf(changes: readonly ChangeDocument[], record: Saved<unknown>) {
  return {
    opener: openerOf({ find: async () => keys }, 'tnt_1'),
    async *changes({ order }: ChangesQuery = {}) {
      yield* order === 'newest' ? changes.toReversed() : changes;
    },
    atRest: async () => record as unknown as RecordDocument,
  };
}

/** As they come back from storage: JSON knows no negative zero. No schema takes a member `__proto__`. */
const stored = fc
  .jsonValue({ maxDepth: 3 })
  .map(value => JSON.stringify(value))
  .filter(text => !text.includes('__proto__'))
  .map(text => JSON.parse(text) as unknown);
const anyStates = fc.array(stored, { minLength: 1, maxLength: 8 });

describe('any sequence of states', () => {
  test('is rebuilt version by version, from either end', async () => {
    await fc.assert(
      fc.asyncProperty(anyStates, async states => {
        const { record, scope } = historyOf(states);
        for (const [index, data] of states.entries()) {
          const rebuilt = await statesAt(scope, record, [index + 1]);
          assert.deepEqual(rebuilt.get(index + 1)?.data, data);
        }
        const all = await statesAt(scope, record, [...states.keys(), states.length]);
        assert.equal(all.size, states.length);
      }),
    );
  });

  test('verifies, and does not with any change altered, dropped or put elsewhere', async () => {
    await fc.assert(
      fc.asyncProperty(anyStates, fc.nat(), async (states, pick) => {
        const { record, changes, scope } = historyOf(states);
        assert.deepEqual(await verifyChain(scope, record), {
          intact: true,
          versions: states.length,
          broken: null,
        });
        const at = pick % changes.length;
        const without = changes.toSpliced(at, 1);
        assert.equal((await verifyChain(scopeOf(without, record), record)).intact, false);
        const altered = changes.map((change, index) =>
          index === at ? { ...change, reason: 'altered' } : change,
        );
        assert.equal((await verifyChain(scopeOf(altered, record), record)).broken?.why, 'content');
        const [first = at] = changes.keys();
        if (first === at) return;
        const swapped = [...without.slice(0, at - 1), changes[at], ...without.slice(at - 1)];
        const moved = swapped.filter(change => change !== undefined);
        assert.equal((await verifyChain(scopeOf(moved, record), record)).intact, false);
      }),
    );
  });

  test('comes back by rollback to any of them', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(stored, { minLength: 2, maxLength: 6 }), fc.nat(), async (states, pick) => {
        const { record, scope } = historyOf(states);
        const version = 1 + (pick % (states.length - 1));
        assert.deepEqual(await rolledBack(scope, record, version), states[version - 1]);
      }),
    );
  });
});

test('a state that was edited, or put back to an older one, is found', async () => {
  const { record, changes, scope } = historyOf([{ a: 1 }, { a: 2 }, { a: 3 }]);
  const edited = { ...record, stored: { a: 4 } };
  assert.equal((await verifyChain(scope, edited)).broken?.why, 'state');
  const older = { ...record, version: 2, hash: changes[1]?.hash ?? '', stored: { a: 2 } };
  assert.equal((await verifyChain(scopeOf(changes, older), older)).broken?.why, 'head');
});

test('a version that never was cannot be taken back to', async () => {
  const { record, scope } = historyOf([1, 2]);
  for (const version of [0, 2, 3])
    await assert.rejects(rolledBack(scope, record, version), { code: 'platform.version_unknown' });
});

test('changes that do not fit each other rebuild nothing', async () => {
  const { record, changes } = historyOf([{ a: 1 }, { a: 2 }, { a: 3 }]);
  const holed = scopeOf(changes.toSpliced(1, 1), record);
  await assert.rejects(statesAt(holed, record, [2]), { code: 'platform.history_broken' });
});
