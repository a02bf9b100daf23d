import assert from 'node:assert/strict';
import { test } from 'node:test';
import { evaluatePoint, type PointInput } from '../../shared/modules/calibration/science/index.ts';
import { multimeterAt100Volts, weightOfTenKilograms } from './example.ts';
import { balance, micrometer, multimeter } from './instruments.ts';
import { standardsAt } from './standards.ts';

const now = new Date('2026-11-22T12:00:00Z');

test('EA-4/02 S2 comes out as published: 10000.025 g ± 0.059 g', () => {
  const { formatted } = evaluatePoint(weightOfTenKilograms.input as PointInput);
  const { measured, expandedUncertainty, coverageFactor } = weightOfTenKilograms.published;
  assert.deepEqual(
    [formatted.measured, formatted.expandedUncertainty, formatted.coverageFactor],
    [measured, expandedUncertainty, coverageFactor],
  );
});

test('EA-4/02 S9 comes out as published: 0.10 V ± 0.05 V, k = 1.65', () => {
  const { formatted } = evaluatePoint(multimeterAt100Volts.input as PointInput);
  const { error, expandedUncertainty, coverageFactor } = multimeterAt100Volts.published;
  assert.deepEqual(
    [formatted.error, formatted.expandedUncertainty, formatted.coverageFactor],
    [error, expandedUncertainty, coverageFactor],
  );
});

/** The value of the standard `code` at a nominal value. */
function referenceOf(code: string, nominal: number): PointInput['reference'] {
  const standard = standardsAt(now).find(candidate => candidate.code === code);
  const value = standard?.values.find(candidate => candidate.nominal === nominal);
  assert.ok(standard !== undefined && value !== undefined, `${code} realises ${nominal}`);
  const { expanded, driftLimit } = value;
  return {
    value: value.value,
    certificate: { expanded, coverageFactor: standard.coverageFactor },
    driftLimit,
  };
}

test('the micrometer is outside of its guard band as found and passes as left', () => {
  const verdicts = (run: 'asFound' | 'asLeft') =>
    micrometer.points.map(point => {
      const { unit, resolution } = micrometer;
      const reference = referenceOf('GB-01', point.nominal);
      const { tolerance } = point;
      return evaluatePoint({ unit, resolution, reference, readings: point[run], tolerance }).conformity
        ?.verdict;
    });
  assert.ok(verdicts('asFound').includes('conditional_pass'));
  assert.deepEqual(new Set(verdicts('asLeft')), new Set(['pass']));
});

test('the multimeter and the balance are within their published specifications', () => {
  for (const [instrument, standard] of [
    [multimeter, 'CAL-02'],
    [balance, 'MASS-03'],
  ] as const) {
    for (const { nominal, readings, resolution, tolerance } of instrument.points) {
      const { unit } = instrument;
      const { error } = evaluatePoint({
        unit,
        resolution: { value: resolution, unit },
        reference: referenceOf(standard, nominal),
        readings,
        tolerance,
      });
      assert.ok(
        error >= tolerance.lower && error <= tolerance.upper,
        `${instrument.model} at ${nominal} ${unit}: ${error}`,
      );
    }
  }
});

test('exactly one standard of the demo laboratory has expired', () => {
  const expired = standardsAt(now).filter(({ validUntil }) => validUntil < now.toISOString());
  assert.equal(expired.length, 1);
});
