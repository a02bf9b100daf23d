import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { isMeantFor, wants } from './fan-out.ts';

const OLDEST = '2026-01-10T00:00:00.000Z';

describe('an endpoint', () => {
  test('hears of what happens after it was registered', () => {
    const endpoint = { createdAt: '2026-02-01T00:00:00.000Z' };
    assert.equal(isMeantFor(endpoint, '2026-02-01T00:00:00.001Z', OLDEST), true);
    assert.equal(isMeantFor(endpoint, '2026-01-31T23:59:59.999Z', OLDEST), false);
  });

  test('hears of nothing that its log may have forgotten', () => {
    const endpoint = { createdAt: '2025-01-01T00:00:00.000Z' };
    assert.equal(isMeantFor(endpoint, '2026-01-09T23:59:59.999Z', OLDEST), false);
    assert.equal(isMeantFor(endpoint, '2026-01-10T00:00:00.000Z', OLDEST), true);
  });

  test('hears of the types that its filters name', () => {
    assert.equal(wants(['*'], 'platform.job.failed'), true);
    assert.equal(wants(['calibration.*'], 'calibration.certificate.issued'), true);
    assert.equal(wants(['calibration.*'], 'calibrations.other'), false);
    assert.equal(wants(['calibration.certificate.issued'], 'calibration.certificate.voided'), false);
  });
});
