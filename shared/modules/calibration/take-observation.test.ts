import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { NewObservation } from './observation.ts';
import {
  now,
  observation,
  quality,
  request,
  savedRequest,
  savedStandard,
  technician,
} from './request.fixture.ts';
import { correctObservation, takeObservation } from './take-observation.ts';

const observer = { person: technician, now, timeZone: 'UTC' };
const wish: NewObservation = {
  itemId: 'i1',
  pointId: 'p2',
  run: 'as_found',
  readings: [10.301, 10.302, 10.301, 10.301, 10.302],
  standardId: 'std_1',
  environment: { temperature: { value: 20.1, unit: '°C' } },
};

function take(changes: Partial<NewObservation> = {}, standard = savedStandard(), srf = request()) {
  return takeObservation(savedRequest(srf), standard, { ...wish, ...changes }, observer);
}

function refuses(code: string, attempt: () => unknown, data: Readonly<Record<string, unknown>> = {}): void {
  assert.throws(attempt, (error: unknown) => {
    const refusal = error as { code: string; data: Record<string, unknown> };
    assert.equal(refusal.code, code);
    for (const [name, value] of Object.entries(data)) assert.deepEqual(refusal.data[name], value);
    return true;
  });
}

test('takes unit, reference value and time from what is known when they are not given', () => {
  const taken = take();
  assert.equal(taken.readingUnit, 'mm');
  assert.deepEqual(taken.reference, { value: 10.3, unit: 'mm' });
  assert.equal(taken.takenAt, now);
  assert.deepEqual(taken.takenBy, technician);
});

test('keeps the standard as it was when it was used', () => {
  const { standard } = take();
  assert.equal(standard.certificateNumber, 'PTB 50812/25');
  assert.equal(standard.version, 1);
  assert.ok(!('status' in standard));
});

test('refuses a standard that is expired, withdrawn or not yet certified on the day of use', () => {
  const expired = savedStandard({ validUntil: '2026-11-19' });
  refuses('calibration.standard_expired', () => take({}, expired), { why: 'expired', assetNumber: 'GB-047' });
  refuses('calibration.standard_expired', () => take({}, savedStandard({ status: 'inactive' })), {
    why: 'inactive',
  });
  refuses('calibration.standard_expired', () => take({}, savedStandard({ issuedAt: '2026-11-21' })), {
    why: 'not_yet_valid',
  });
  assert.ok(take({}, savedStandard({ validUntil: '2026-11-20' })), 'the last day counts');
});

test('refuses a reference value that the standard does not cover', () => {
  refuses('calibration.standard_out_of_range', () => take({ reference: { value: 101, unit: 'mm' } }));
  assert.ok(take({ reference: { value: 10300, unit: 'µm' } }));
});

test('observations are taken in progress and in rework only', () => {
  assert.ok(take({}, savedStandard(), request({ state: 'rework' })));
  for (const state of ['assigned', 'on_hold', 'in_review', 'approved', 'closed'] as const) {
    refuses('calibration.observations_closed', () => take({}, savedStandard(), request({ state })), {
      state,
    });
  }
});

test('refuses unknown points, too few readings, and missing conditions', () => {
  refuses('calibration.point_unknown', () => take({ pointId: 'p9' }));
  refuses('calibration.point_unknown', () => take({ itemId: 'i2' }));
  refuses('calibration.readings_missing', () => take({ readings: [10.3] }), { needed: 5, given: 1 });
  refuses('calibration.environment_missing', () => take({ environment: {} }), { missing: ['temperature'] });
  refuses('calibration.reference_unknown', () =>
    takeObservation(savedRequest(request()), undefined, wish, observer),
  );
});

test('refuses what no result can be computed from', () => {
  refuses('calibration.not_evaluable', () => take({ readingUnit: 'V' }), { why: 'incompatible_units' });
});

test('a correction replaces what is sent and names who made it', () => {
  const before = observation('p1', 'as_found', 1);
  const readings = [2.5, 2.5, 2.5, 2.5, 2.501];
  const srf = savedRequest(request());
  const after = correctObservation(
    srf,
    savedStandard(),
    before,
    { readings },
    { ...observer, person: quality },
  );
  assert.deepEqual(after, { ...before, readings, correctedBy: [quality] });
  const again = correctObservation(
    srf,
    savedStandard(),
    after,
    { readings },
    { ...observer, person: quality },
  );
  assert.deepEqual(again.correctedBy, [quality]);
});

test('a correction cannot bring in an expired standard', () => {
  refuses('calibration.standard_expired', () =>
    correctObservation(
      savedRequest(request()),
      savedStandard({ validUntil: '2026-11-01' }),
      observation('p1', 'as_found', 1),
      { standardId: 'std_1' },
      observer,
    ),
  );
});

test('nothing is measured before the item was received, nor in the future', () => {
  const IMPLAUSIBLE = 'calibration.taken_at_implausible';
  refuses(IMPLAUSIBLE, () => take({ takenAt: '2026-11-15T23:59:59.000Z' }), { earliest: '2026-11-16' });
  assert.ok(take({ takenAt: '2026-11-16T00:00:00.000Z' }));
  refuses(IMPLAUSIBLE, () => take({ takenAt: '2026-11-20T10:05:00.001Z' }), {
    latest: '2026-11-20T10:05:00.000Z',
  });
  assert.ok(take({ takenAt: '2026-11-20T10:05:00.000Z' }), 'a clock may be a little fast');
  const before = observation('p1', 'as_found', 1);
  const change = { takenAt: '2026-11-10T09:00:00.000Z' };
  refuses(IMPLAUSIBLE, () =>
    correctObservation(savedRequest(request()), savedStandard(), before, change, observer),
  );
});

test('days are those of the tenant', () => {
  const inTehran = { ...observer, timeZone: 'Asia/Tehran' };
  const takenAt = '2026-11-15T20:30:00.000Z';
  const taken = takeObservation(savedRequest(request()), savedStandard(), { ...wish, takenAt }, inTehran);
  assert.equal(taken.takenAt, takenAt, 'it is the 16th there');
});

test('an expired standard is not brought back by naming an earlier day, but a week is left for late entries', () => {
  const srf = request({ receivedAt: '2026-11-01' });
  const expired = savedStandard({ validUntil: '2026-11-13' });
  refuses('calibration.standard_expired', () => take({ takenAt: '2026-11-13T09:59:59.999Z' }, expired, srf), {
    why: 'expired',
    on: '2026-11-20',
  });
  assert.ok(take({ takenAt: '2026-11-13T10:00:00.000Z' }, expired, srf));
  assert.ok(take({ takenAt: '2026-11-02T10:00:00.000Z' }, savedStandard(), srf), 'it is valid still');
});

test('readings are corrected after the standard has expired, unless time or standard are stated anew', () => {
  const srf = savedRequest(request({ receivedAt: '2026-11-01' }));
  const taken = observation('p1', 'as_found', 1, { takenAt: '2026-11-05T09:00:00.000Z' });
  const before = { ...taken, standard: { ...taken.standard, validUntil: '2026-11-13' } };
  const expired = savedStandard({ validUntil: '2026-11-13' });
  const readings = [2.5, 2.5, 2.5, 2.5, 2.501];
  assert.ok(correctObservation(srf, expired, before, { readings }, observer));
  const restated = { readings, takenAt: '2026-11-06T09:00:00.000Z' };
  refuses('calibration.standard_expired', () => correctObservation(srf, expired, before, restated, observer));
});
