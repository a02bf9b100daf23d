import assert from 'node:assert/strict';
import { test } from 'node:test';
import { stabilize } from './stabilize.ts';

test('numbers nodes by their order and keeps every length', () => {
  const pdf = Buffer.from(
    "/CreationDate (D:20261122122633+00'00') /ID (node00000419) /ID (node00000087) /K (node00000419)",
  );
  const stable = stabilize(pdf, new Date('2026-01-02T03:04:05Z'));
  assert.equal(stable.byteLength, pdf.byteLength);
  assert.equal(
    Buffer.from(stable).toString(),
    "/CreationDate (D:20260102030405+00'00') /ID (node00000001) /ID (node00000000) /K (node00000001)",
  );
});
