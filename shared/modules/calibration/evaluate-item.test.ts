import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import {
  evaluateItem,
  evaluateObservation,
  finalRun,
  fitErrors,
  limitAt,
  toleranceAt,
} from './evaluate-item.ts';
import { observation, observedRun, request } from './request.fixture.ts';
import type { SrfItem } from './srf.ts';

function item(changes: Partial<NonNullable<SrfItem['agreed']>> = {}): SrfItem {
  const [first] = request().items;
  assert.ok(first?.agreed);
  return { ...first, agreed: { ...first.agreed, ...changes } };
}

test('a limit grows with the value, whatever units both are in', () => {
  const limit = { constant: 0.05, proportional: 5e-7, unit: 'µm' };
  assert.deepEqual(limitAt(limit, { value: 100, unit: 'mm' }), { value: 0.1, unit: 'µm' });
  assert.deepEqual(limitAt(limit, { value: -10, unit: 'cm' }), { value: 0.1, unit: 'µm' });
  assert.deepEqual(limitAt({ constant: 2, unit: 'mV' }, { value: 5, unit: 'V' }), { value: 2, unit: 'mV' });
});

test('a tolerance is ± constant + percent of the nominal value + digits of the display', () => {
  const volts = { constant: 0, percentOfReading: 0.05, digits: 1, unit: 'V', source: 'Fluke 87V' };
  const limits = toleranceAt(volts, { value: -5, unit: 'V' }, { value: 1, unit: 'mV' }, 'V');
  assert.ok(Math.abs(limits.upper - 0.0035) < 1e-15);
  assert.equal(limits.lower, -limits.upper);
});

test('limits never shrink as the value grows', () => {
  const amount = fc.double({ min: 0, max: 10, noNaN: true });
  fc.assert(
    fc.property(amount, amount, amount, amount, (constant, proportional, near, further) => {
      const limit = { constant, proportional, unit: 'V' };
      const at = (value: number) => limitAt(limit, { value, unit: 'V' }).value;
      assert.ok(at(near + further) >= at(near));
      assert.equal(at(-near), at(near));
    }),
  );
});

test('every input of the budget has its line, with sources and amounts at this point', () => {
  const result = evaluateObservation(request(), item(), observation('p3', 'as_found', 1));
  assert.deepEqual(
    result.budget.lines.map(line => line.name),
    ['reference', 'drift', 'repeatability', 'resolution', 'Difference of temperatures'],
  );
  const [reference, , , , thermal] = result.budget.lines;
  assert.equal(reference?.source, 'GB-047, certificate PTB 50812/25');
  // (0.05 + 5e-7 × 25 000) µm with k = 2.
  assert.ok(Math.abs((reference?.standardUncertainty ?? 0) - 0.03125e-3) < 1e-12);
  // 11.5e-6 /K × 25 mm × 0.2 K / √3.
  assert.ok(Math.abs((thermal?.contribution ?? 0) - (1.15e-5 * 25 * 0.2) / Math.sqrt(3)) < 1e-12);
  assert.equal(result.formatted.error, '0.00120');
  assert.equal(result.conformity?.verdict, 'pass');
});

test('the decision rule of the request decides', () => {
  const near = observation('p1', 'as_found', 3.6);
  const verdict = (decisionRule: ReturnType<typeof request>['decisionRule']) =>
    evaluateObservation({ decisionRule }, item(), near).conformity?.verdict;
  assert.equal(verdict({ kind: 'simple_acceptance' }), 'pass');
  assert.equal(verdict({ kind: 'guard_band', factor: 1 }), 'conditional_pass');
});

test('without a tolerance nothing is judged', () => {
  const { tolerance: _none, ...agreed } = item().agreed ?? {};
  const bare = { ...item(), agreed } as SrfItem; // only the tolerance was taken away
  assert.equal(evaluateObservation(request(), bare, observation('p1', 'as_found', 1)).conformity, null);
});

test('points come in the order of the request, and as left is final where it is there', () => {
  const shuffled = [...observedRun('as_left', 0), ...observedRun('as_found', 3)].toReversed();
  const points = evaluateItem(request(), item(), shuffled);
  assert.deepEqual(
    points.map(point => `${point.run} ${point.pointId}`),
    ['as_found p1', 'as_found p2', 'as_found p3', 'as_left p1', 'as_left p2', 'as_left p3'],
  );
  assert.equal(finalRun(points), 'as_left');
  assert.equal(finalRun(points.slice(0, 3)), 'as_found');
});

test('errors are fitted when there are more points than coefficients', () => {
  const points = evaluateItem(request(), item(), observedRun('as_found', 1));
  const fit = fitErrors(points, 1);
  assert.ok(Math.abs((fit?.coefficients[0]?.value ?? 0) - 0.0012) < 1e-9);
  assert.equal(fitErrors(points, 2), undefined);
  assert.equal(fitErrors([], 1), undefined);
});
