import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { UnitError } from '../../../kernel/quantities/index.ts';
import { evaluatePoint, type PointInput, ScienceError } from './index.ts';

/** A micrometer at 10.3 mm: five readings over a gauge block whose length is known to 0.06 µm. */
const micrometer: PointInput = {
  unit: 'mm',
  nominal: { value: 10.3, unit: 'mm' },
  reference: {
    value: { value: 10.30004, unit: 'mm' },
    certificate: { expanded: { value: 0.06, unit: 'µm' }, coverageFactor: 2 },
    driftLimit: { value: 0.03, unit: 'µm' },
    source: 'GB-112 certificate 2031',
  },
  readings: [10.301, 10.3, 10.301, 10.301, 10.3],
  resolution: { value: 1, unit: 'µm' },
  tolerance: { lower: -0.002, upper: 0.002 },
};

test('works out error, budget, statement and verdict of a point', () => {
  const result = evaluatePoint(micrometer);
  assert.equal(result.meanReading, 10.3006);
  assert.equal(result.error, 0.00056);
  assert.deepEqual(
    result.budget.lines.map(line => [line.name, line.type, line.distribution, line.dof]),
    [
      ['reference', 'B', 'normal', null],
      ['drift', 'B', 'rectangular', null],
      ['repeatability', 'A', 'student_t', 4],
      ['resolution', 'B', 'rectangular', null],
    ],
  );
  assert.equal(result.budget.lines[0]?.source, 'GB-112 certificate 2031');
  const percent = result.budget.lines.reduce((sum, line) => sum + line.percent, 0);
  assert.ok(Math.abs(percent - 100) < 1e-9);
  assert.deepEqual(
    [result.formatted.error, result.formatted.expandedUncertainty, result.formatted.unit],
    ['0.00056', '0.00080', 'mm'],
  );
  assert.equal(result.formatted.correction, '-0.00056');
  assert.equal(result.conformity?.verdict, 'pass');
  assert.equal(result.conformity?.guardBand, result.expandedUncertainty);
});

test('everything in a result survives JSON', () => {
  const result = evaluatePoint(micrometer);
  assert.deepEqual(JSON.parse(JSON.stringify(result)), result);
});

test('units may differ from field to field, the result does not', () => {
  const plain = evaluatePoint(micrometer);
  const mixed = evaluatePoint({
    ...micrometer,
    unit: 'µm',
    nominal: { value: 0.0103, unit: 'm' },
    reference: { ...micrometer.reference, value: { value: 1.030004, unit: 'cm' } },
    readingUnit: 'mm',
    tolerance: { lower: -2, upper: 2 },
  });
  assert.equal(mixed.error, 0.56);
  assert.ok(Math.abs(mixed.expandedUncertainty - 1000 * plain.expandedUncertainty) < 1e-9);
  assert.equal(mixed.conformity?.verdict, plain.conformity?.verdict);
});

test('temperatures have a zero point, their uncertainties have none', () => {
  const result = evaluatePoint({
    unit: '°C',
    reference: {
      value: { value: 373.15, unit: 'K' },
      certificate: { expanded: { value: 20, unit: 'mK' }, coverageFactor: 2 },
    },
    readings: [100.1, 100.1],
    resolution: { value: 0.1, unit: 'K' },
  });
  assert.equal(result.error, 0.1);
  assert.equal(result.budget.lines[0]?.standardUncertainty, 0.01);
  assert.equal(result.formatted.expandedUncertainty, '0.061');
});

test('a single reading is accepted but said', () => {
  const result = evaluatePoint({ ...micrometer, readings: [10.301] });
  assert.deepEqual(result.warnings, ['repeatability_not_evaluated', 'dominant_rectangular']);
  assert.equal(result.standardDeviation, null);
  assert.equal(result.effectiveDof, null);
});

test('the uncertainty never falls below the accredited one', () => {
  const result = evaluatePoint({ ...micrometer, cmc: { value: 1.5, unit: 'µm' } });
  assert.equal(result.expandedUncertainty, 0.0015);
  assert.equal(result.budget.cmcApplied, true);
  assert.ok(result.budget.computedExpandedUncertainty < 0.0015);
  assert.ok(result.warnings.includes('cmc_applied'));
  assert.equal(result.conformity?.verdict, 'conditional_pass');
});

test('a known repeatability stands in for the scatter of few readings', () => {
  const result = evaluatePoint({
    ...micrometer,
    readings: [10.301, 10.3],
    repeatability: { standardDeviation: { value: 0.5, unit: 'µm' }, dof: 24 },
  });
  const line = result.budget.lines.find(candidate => candidate.type === 'A');
  assert.equal(line?.dof, 24);
  assert.ok(Math.abs((line?.standardUncertainty ?? 0) - 0.0005 / Math.SQRT2) < 1e-15);
});

test('a correction moves the error, an estimate that is only stated does not', () => {
  const row = {
    name: 'lead resistance',
    unit: 'µm',
    estimate: 1,
    spread: { kind: 'rectangular', halfWidth: 0.1 },
  } as const;
  assert.equal(evaluatePoint({ ...micrometer, contributions: [row] }).error, 0.00056);
  const corrected = evaluatePoint({
    ...micrometer,
    contributions: [{ ...row, corrects: true, sensitivity: -1 }],
  });
  assert.equal(corrected.error, -0.00044);
});

test('few readings with a large scatter are called out', () => {
  const result = evaluatePoint({ ...micrometer, readings: [10.29, 10.31] });
  assert.ok(result.warnings.includes('few_degrees_of_freedom'));
  assert.equal(result.budget.usedDof, 1);
  assert.equal(result.formatted.coverageFactor, '13.97');
});

test('refuses what has no meaning, and says where', () => {
  const code = (input: PointInput) => {
    try {
      evaluatePoint(input);
    } catch (error) {
      if (error instanceof ScienceError || error instanceof UnitError) return error.code;
    }
    return 'nothing';
  };
  assert.equal(code({ ...micrometer, readings: [] }), 'no_readings');
  assert.equal(code({ ...micrometer, readings: [Number.NaN] }), 'not_a_number');
  assert.equal(code({ ...micrometer, unit: 'kg' }), 'incompatible_units');
  assert.equal(code({ ...micrometer, unit: 'inchworm' }), 'unknown_unit');
  assert.equal(code({ ...micrometer, nominal: undefined, model: 'substitution' }), 'impossible_parameter');
  const row = {
    name: 'x',
    symbol: 'x_S',
    unit: 'mm',
    spread: { kind: 'rectangular', halfWidth: 1 },
  } as const;
  assert.equal(code({ ...micrometer, contributions: [row] }), 'duplicate_symbol');
  const correlations = [{ first: 'x_S', second: 'nobody', coefficient: 0.5 }];
  assert.equal(code({ ...micrometer, correlations }), 'unknown_symbol');
  const negative = { ...row, symbol: 'y', spread: { kind: 'rectangular', halfWidth: -1 } } as const;
  assert.equal(code({ ...micrometer, contributions: [negative] }), 'negative_uncertainty');
});

test('more uncertainty in any row never makes U smaller, and k stays between normal and t', () => {
  const size = fc.double({ min: 1e-6, max: 1e-2, noNaN: true });
  fc.assert(
    fc.property(size, size, (halfWidth, more) => {
      const withRow = (value: number) =>
        evaluatePoint({
          ...micrometer,
          contributions: [{ name: 'x', unit: 'mm', spread: { kind: 'rectangular', halfWidth: value } }],
        });
      const [less, greater] = [withRow(halfWidth), withRow(halfWidth + more)];
      assert.ok(greater.combinedStandardUncertainty >= less.combinedStandardUncertainty);
      assert.ok(greater.coverageFactor >= 2 - 1e-4 && greater.coverageFactor <= 2.87);
    }),
  );
});
