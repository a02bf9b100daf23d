import assert from 'node:assert/strict';
import { test } from 'node:test';
import { chainLength, type WireRequest } from './metered-api.ts';

function request(startedAt: number, endedAt: number): WireRequest {
  return { kind: 'read', startedAt, endedAt };
}

test('requests side by side are one trip', () => {
  assert.equal(chainLength([request(0, 5), request(1, 8), request(2, 3)]), 1);
});

test('requests one after the other are as many trips', () => {
  assert.equal(chainLength([request(0, 5), request(5, 8), request(9, 12)]), 3);
});

test('what began after the first of several had ended waited for it', () => {
  assert.equal(chainLength([request(0, 2), request(1, 8), request(3, 9)]), 2);
});

test('no request is no trip', () => {
  assert.equal(chainLength([]), 0);
});
