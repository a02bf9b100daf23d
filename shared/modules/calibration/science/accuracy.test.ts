import assert from 'node:assert/strict';
import { test } from 'node:test';
import { permittedError, ScienceError } from './index.ts';

test('adds up percent of reading and digits, as a multimeter states it', () => {
  const specification = { percentOfReading: 0.05, digits: 1 };
  const point = { unit: 'V', value: -5, resolution: { value: 1, unit: 'mV' } };
  assert.deepEqual(permittedError(specification, point), { lower: -0.0035, upper: 0.0035 });
});

test('knows percent of range and a fixed part, in other units too', () => {
  const specification = { percentOfRange: 0.1, fixed: { value: 50, unit: 'Pa' } };
  const point = { unit: 'kPa', value: 0, rangeSpan: { value: 10, unit: 'bar' } };
  assert.deepEqual(permittedError(specification, point), { lower: -1.05, upper: 1.05 });
});

test('refuses an empty specification and digits without a resolution', () => {
  assert.throws(() => permittedError({}, { unit: 'V', value: 1 }), ScienceError);
  assert.throws(() => permittedError({ digits: 1 }, { unit: 'V', value: 1 }), ScienceError);
});
