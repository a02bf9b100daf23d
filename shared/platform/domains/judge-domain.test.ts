import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { secondsAfter, timestamp } from '../../kernel/index.ts';
import type { CustomDomain } from '../tenancy/index.ts';
import { type Findings, GRACE_DAYS, judgeDomain, PROVE_WITHIN_DAYS, SILENCE_DAYS } from './judge-domain.ts';

const now = new Date('2026-11-25T12:00:00Z');
const daysAgo = (days: number): string => timestamp(secondsAfter(now, -days * 86_400));
const pending: CustomDomain = {
  hostname: 'lab.example',
  status: 'pending',
  primary: false,
  token: 'x',
  addedAt: daysAgo(1),
  verifiedAt: null,
  missingSince: null,
  problem: null,
};
const active: CustomDomain = { ...pending, status: 'active', primary: true, verifiedAt: daysAgo(1) };
const good: Findings = { proof: 'found', isOurs: true, isServed: true };
const missing: Findings = { proof: 'missing', isOurs: false, isServed: false };
const silent: Findings = { proof: 'unknown', isOurs: false, isServed: false };
const findings: fc.Arbitrary<Findings> = fc.record({
  proof: fc.constantFrom('found', 'missing', 'unknown'),
  isOurs: fc.boolean(),
  isServed: fc.boolean(),
});

describe('a check of a domain', () => {
  test('makes nothing verified or active without a proof that is ours alone', () => {
    fc.assert(
      fc.property(findings, found => {
        const { status } = judgeDomain(pending, found, now);
        if (found.proof === 'found' && found.isOurs)
          return status === (found.isServed ? 'active' : 'verified');
        return status === 'pending';
      }),
    );
  });

  test('gives up on what was not proved in time, and only then', () => {
    const after = (days: number) => judgeDomain({ ...pending, addedAt: daysAgo(days) }, missing, now).status;
    assert.equal(after(PROVE_WITHIN_DAYS), 'pending');
    assert.equal(after(PROVE_WITHIN_DAYS + 1), 'failed');
  });

  test('bears a missing proof for days, and silent name servers for longer', () => {
    const after = (days: number, found: Findings) =>
      judgeDomain({ ...active, missingSince: daysAgo(days) }, found, now).status;
    assert.equal(after(GRACE_DAYS, missing), 'active');
    assert.equal(after(GRACE_DAYS + 1, missing), 'failed');
    assert.equal(after(GRACE_DAYS + 1, silent), 'active');
    assert.equal(after(SILENCE_DAYS + 1, silent), 'failed');
  });

  test('counts from when the proof went missing, and forgets that once it is back', () => {
    const [first, second] = [now, secondsAfter(now, 3600)];
    const lost = judgeDomain(judgeDomain(active, missing, first), missing, second);
    assert.equal(lost.missingSince, timestamp(first));
    assert.deepEqual(judgeDomain(lost, good, second), active);
  });

  test('leaves no domain primary that is not served', () => {
    fc.assert(
      fc.property(findings, fc.integer({ min: 0, max: 30 }), (found, days) => {
        const { status, primary } = judgeDomain({ ...active, missingSince: daysAgo(days) }, found, now);
        return !primary || status === 'active';
      }),
    );
  });

  test('that changes nothing gives the very same domain, so that nothing is written', () => {
    assert.equal(judgeDomain(active, good, now), active);
    const told = judgeDomain(active, missing, now);
    assert.equal(judgeDomain(told, missing, now), told);
  });
});
