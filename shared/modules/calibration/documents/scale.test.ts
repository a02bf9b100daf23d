import assert from 'node:assert/strict';
import { test } from 'node:test';
import { decimalsOf, linearScale, niceAxis, snugAxis, tickLabel } from './scale.ts';

test('ends an axis on round ticks that enclose every value', () => {
  const axis = niceAxis([-3.7, 4.9], 6);
  assert.deepEqual(axis.ticks, [-4, -2, 0, 2, 4, 6]);
  assert.deepEqual([axis.from, axis.to, axis.step], [-4, 6, 2]);
});

test('has no false digits on ticks of fractions', () => {
  assert.deepEqual(niceAxis([0, 0.3], 3).ticks, [0, 0.1, 0.2, 0.3]);
  assert.deepEqual(
    niceAxis([-0.00012, 0.00031], 5).ticks,
    [-0.0002, -0.0001, 0, 0.0001, 0.0002, 0.0003, 0.0004],
  );
});

test('adds no tick for a value that lies on one but for binary fractions', () => {
  assert.equal(niceAxis([0, 0.1 + 0.2], 3).to, 0.3);
});

test('makes an axis around a single value', () => {
  const axis = niceAxis([5, 5], 5);
  assert.ok(axis.from < 5 && axis.to > 5);
  const zero = niceAxis([0], 5);
  assert.ok(zero.from < 0 && zero.to > 0);
});

test('covers large and tiny values', () => {
  assert.deepEqual(niceAxis([0, 1e6], 5).ticks, [0, 200_000, 400_000, 600_000, 800_000, 1_000_000]);
  assert.equal(niceAxis([0, 3e-9], 3).step, 1e-9);
});

test('keeps a snug axis close to its values and its ticks within', () => {
  const axis = snugAxis([0, 25], 5);
  assert.ok(axis.from > -1 && axis.from < 0 && axis.to > 25 && axis.to < 26);
  assert.deepEqual(axis.ticks, [0, 5, 10, 15, 20, 25]);
});

test('labels ticks with the decimals of the step and a true minus', () => {
  assert.equal(tickLabel(-0.5, 0.25), '−0.50');
  assert.equal(tickLabel(20, 10), '20');
  assert.equal(decimalsOf(0.025), 3);
});

test('maps a value to a length, backwards where the page runs down', () => {
  const y = linearScale({ from: 0, to: 10, step: 5, ticks: [0, 5, 10] }, 200, 0);
  assert.deepEqual([y(0), y(5), y(10)], [200, 100, 0]);
});
