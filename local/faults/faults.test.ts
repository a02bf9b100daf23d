import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { Faults } from './faults.ts';
import { seededRandom } from './random.ts';
import { WrongRule } from './rule.ts';

const batch = { operation: 'batch', entity: 'records', target: '/docs/a' } as const;
const isStruck = (faults: Faults<'cosmos'>, occasion: Parameters<typeof faults.strike>[0] = batch): boolean =>
  faults.strike(occasion).effect !== undefined;

test('a rule strikes after those it skips, as often as it says, and tells how often', () => {
  const faults = new Faults('cosmos');
  const { id } = faults.add({ effect: 'status', status: 503, skip: 2, count: 3 });
  const struck = Array.from({ length: 8 }, () => isStruck(faults));
  assert.deepEqual(struck, [false, false, true, true, true, false, false, false]);
  assert.deepEqual([faults.get(id)?.struck, faults.get(id)?.state], [3, 'over']);
});

test('a rule meets its operations, its entity and what it matches, and nothing else', () => {
  const faults = new Faults('cosmos');
  faults.add({
    effect: 'status',
    status: 500,
    operation: ['batch', 'read'],
    entity: 'Records',
    match: 'docs/a',
  });
  assert.equal(isStruck(faults), true);
  assert.equal(isStruck(faults, { ...batch, target: () => '/docs/ab' }), true);
  assert.equal(isStruck(faults, { ...batch, operation: 'create' }), false);
  assert.equal(isStruck(faults, { ...batch, entity: 'others' }), false);
  assert.equal(isStruck(faults, { ...batch, target: '/docs/b' }), false);
  assert.equal(isStruck(faults, { operation: 'batch' }), false);
});

test('a rule waits for its time and ends with it', () => {
  let now = 0;
  const faults = new Faults('cosmos', { now: () => now });
  const { id } = faults.add({ effect: 'status', status: 500, fromMs: 100, forMs: 50 });
  const states = [0, 99, 100, 149, 150].map(at => {
    now = at;
    return [faults.get(id)?.state, isStruck(faults)];
  });
  assert.deepEqual(states, [
    ['waiting', false],
    ['waiting', false],
    ['active', true],
    ['active', true],
    ['over', false],
  ]);
  faults.end();
});

test('the same seed strikes the same requests, about as many as the rate says', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 0, max: 2 ** 32 - 1 }),
      fc.double({ min: 0.05, max: 1, noNaN: true }),
      (seed, rate) => {
        const run = (): boolean[] => {
          const faults = new Faults('cosmos');
          faults.add({ effect: 'status', status: 500, rate, seed });
          return Array.from({ length: 1000 }, () => isStruck(faults));
        };
        const first = run();
        assert.deepEqual(run(), first);
        const share = first.filter(Boolean).length / first.length;
        assert.ok(Math.abs(share - rate) < 0.1, `${share} instead of ${rate}`);
      },
    ),
    { numRuns: 30 },
  );
});

test('numbers from a seed lie from 0 to 1 and differ by seed', () => {
  const draw = (seed: number): number[] => Array.from({ length: 100 }, seededRandom(seed));
  assert.ok(draw(1).every(number => number >= 0 && number < 1));
  assert.notDeepEqual(draw(1), draw(2));
});

test('delays add up, and the first other effect wins', () => {
  const faults = new Faults('cosmos');
  faults.add({ effect: 'delay', ms: 10 });
  faults.add({ effect: 'delay', ms: [5, 6] });
  const first = faults.add({ effect: 'reset', at: 'before' });
  const second = faults.add({ effect: 'status', status: 500 });
  const { delayMs, effect } = faults.strike(batch);
  assert.ok(delayMs >= 15 && delayMs <= 16);
  assert.equal(effect?.effect, 'reset');
  assert.deepEqual([faults.get(first.id)?.struck, faults.get(second.id)?.struck], [1, 0]);
});

test('what could never strike is refused by the name of its field', () => {
  const fields: [unknown, string][] = [
    [undefined, 'effect'],
    [{ effect: 'detach' }, 'effect'],
    [{ effect: 'toString' }, 'effect'],
    [{ effect: 'status' }, 'status'],
    [{ effect: 'status', status: 200 }, 'status'],
    [{ effect: 'status', status: 500, operation: 'reed' }, 'operation'],
    [{ effect: 'stale', ms: 5, operation: 'batch' }, 'operation'],
    [{ effect: 'status', status: 500, contaner: 'x' }, 'contaner'],
    [{ effect: 'status', status: 500, entity: 'nowhere' }, 'entity'],
    [{ effect: 'status', status: 500, rate: 0 }, 'rate'],
    [{ effect: 'status', status: 500, count: 0 }, 'count'],
    [{ effect: 'delay', ms: [9, 3] }, 'ms'],
    [{ effect: 'reset', at: 'whenever' }, 'at'],
  ];
  const faults = new Faults('cosmos', { knowsEntity: name => name === 'records' });
  for (const [rule, field] of fields) {
    assert.throws(
      () => faults.add(rule),
      (error: unknown) => error instanceof WrongRule && error.field === field,
      JSON.stringify(rule),
    );
  }
  assert.throws(() => new Faults('service-bus').add({ effect: 'status', status: 418 }), { field: 'status' });
});

test('listeners hear of rules that come and go, and of jumps of the clock', () => {
  const faults = new Faults('host');
  let changes = 0;
  let jumps = 0;
  faults.onChange(() => {
    changes += 1;
  });
  faults.clock.onJump(() => {
    jumps += 1;
  });
  const { id } = faults.add({ effect: 'stop-timer', entity: 'tick' });
  assert.equal(faults.isStopped({ operation: 'timer', entity: 'tick' }), true);
  assert.equal(faults.isStopped({ operation: 'timer', entity: 'tock' }), false);
  faults.end(id);
  assert.equal(faults.isStopped({ operation: 'timer', entity: 'tick' }), false);
  faults.clock.jump(60_000);
  assert.ok(faults.clock.now() - Date.now() > 59_000);
  assert.ok(faults.clock.tokenNow() - Date.now() < 1000);
  faults.clock.jump(0, true);
  assert.ok(faults.clock.tokenNow() - Date.now() > 59_000);
  faults.clock.reset();
  assert.deepEqual([changes, jumps, faults.clock.aheadMs], [2, 3, 0]);
});
