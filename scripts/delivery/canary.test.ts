import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { type Behaviour, decideCanary } from './canary.ts';

const standing: Behaviour = { requests: 9000, failed: 9, p95: 120 };
const good: Behaviour = { requests: 1000, failed: 1, p95: 125 };
const over = { elapsed: 900, duration: 900 };
const early = { elapsed: 60, duration: 900 };

describe('a canary', () => {
  test('that behaves as what stands is promoted when its time is over, and not before', () => {
    assert.equal(decideCanary(good, standing, over).decision, 'promote');
    assert.equal(decideCanary(good, standing, early).decision, 'wait');
  });

  test('that plainly breaks is rolled back at once', () => {
    const broken = { ...good, requests: 150, failed: 12 };
    assert.equal(decideCanary(broken, standing, early).decision, 'roll-back');
  });

  test('of which a few early requests fail goes on', () => {
    const unlucky = { ...good, requests: 20, failed: 3 };
    assert.equal(decideCanary(unlucky, standing, early).decision, 'wait');
  });

  test('that hardly anybody asked is not promoted', () => {
    const quiet = { requests: 199, failed: 0, p95: 80 };
    assert.equal(decideCanary(quiet, standing, over).decision, 'roll-back');
    assert.equal(decideCanary({ ...quiet, requests: 200 }, standing, over).decision, 'promote');
    const silent = { requests: 0, failed: 0, p95: undefined };
    assert.equal(decideCanary(silent, standing, over).decision, 'roll-back');
  });

  test('is judged by one percent of failures where what stands is worse', () => {
    const bad = { ...standing, failed: 900 };
    assert.equal(decideCanary({ ...good, failed: 10 }, bad, over).decision, 'promote');
    assert.equal(decideCanary({ ...good, failed: 11 }, bad, over).decision, 'roll-back');
  });

  test('that fails more often than what stands is rolled back, even below one percent', () => {
    assert.equal(decideCanary({ ...good, failed: 4 }, standing, over).decision, 'promote');
    assert.equal(decideCanary({ ...good, failed: 5 }, standing, over).decision, 'roll-back');
  });

  test('may be slower within the target, and by a quarter above it', () => {
    const slow = { ...standing, p95: 400 };
    assert.equal(decideCanary({ ...good, p95: 150 }, { ...standing, p95: 40 }, over).decision, 'promote');
    assert.equal(decideCanary({ ...good, p95: 151 }, { ...standing, p95: 40 }, over).decision, 'roll-back');
    assert.equal(decideCanary({ ...good, p95: 500 }, slow, over).decision, 'promote');
    assert.equal(decideCanary({ ...good, p95: 501 }, slow, over).decision, 'roll-back');
  });

  test('above one percent of failures is never promoted, however bad what stands is', () => {
    const behaviour = fc.record({
      requests: fc.integer({ min: 1, max: 100_000 }),
      share: fc.double({ min: 0, max: 1, noNaN: true }),
      p95: fc.integer({ min: 1, max: 10_000 }),
    });
    fc.assert(
      fc.property(behaviour, behaviour, (canary, other) => {
        const of = ({ requests, share, p95 }: typeof canary): Behaviour => ({
          requests,
          failed: Math.round(requests * share),
          p95,
        });
        const { decision } = decideCanary(of(canary), of(other), over);
        const { failed, requests } = of(canary);
        return decision !== 'promote' || failed / requests <= 0.01;
      }),
    );
  });
});
