import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { allPointsObserved, missingPoints, notTheTechnician, reviewed, standardsValid } from './guards.ts';
import {
  context,
  observation,
  observedRun,
  quality,
  request,
  standard,
  technician,
} from './request.fixture.ts';

test('an item that was not adjusted needs one run', () => {
  assert.deepEqual(missingPoints(request(), observedRun('as_found', 1)), []);
  assert.deepEqual(missingPoints(request(), observedRun('as_left', 1)), []);
});

test('without observations every point is missing', () => {
  assert.deepEqual(
    missingPoints(request(), []).map(({ pointId, run }) => `${pointId} ${run}`),
    ['p1 as_found', 'p2 as_found', 'p3 as_found'],
  );
});

test('a second run that was begun must be complete', () => {
  const begun = [...observedRun('as_found', 3), observation('p2', 'as_left', 0)];
  assert.deepEqual(missingPoints(request(), begun), [
    { itemId: 'i1', pointId: 'p1', run: 'as_left' },
    { itemId: 'i1', pointId: 'p3', run: 'as_left' },
  ]);
});

test('observing what is missing, whatever was there, leaves nothing missing', () => {
  const points = fc.constantFrom('p1' as const, 'p2' as const, 'p3' as const);
  const some = fc.array(fc.tuple(points, fc.constantFrom('as_found' as const, 'as_left' as const)));
  fc.assert(
    fc.property(some, pairs => {
      const there = pairs.map(([point, run]) => observation(point, run, 0));
      const added = missingPoints(request(), there).map(({ pointId, run }) => ({
        itemId: 'i1',
        pointId,
        run,
      }));
      assert.deepEqual(missingPoints(request(), [...there, ...added]), []);
    }),
  );
});

test('a review is missed only where the tenant wants one', () => {
  const stamp = { ...quality, position: null, at: '2026-11-20T09:00:00.000Z', meaning: 'reviewed' } as const;
  const reviewedBy = { ...stamp, signed: 'h', digest: 'd' };
  assert.equal(reviewed.refuses(context()), undefined);
  assert.deepEqual(reviewed.refuses(context({ reviewRequired: true })), {});
  const srf = request({ reviewedBy });
  assert.equal(reviewed.refuses(context({ reviewRequired: true, srf })), undefined);
});

test('the refusal counts what is missing and shows it', () => {
  assert.deepEqual(allPointsObserved.refuses(context({ observations: [observation('p1', 'as_found', 0)] })), {
    missing: [
      { itemId: 'i1', pointId: 'p2', run: 'as_found' },
      { itemId: 'i1', pointId: 'p3', run: 'as_found' },
    ],
    count: 2,
  });
});

test('whoever took or corrected an observation signs nothing off', () => {
  assert.equal(notTheTechnician.refuses(context({ user: quality.user })), undefined);
  assert.ok(notTheTechnician.refuses(context({ user: technician.user })));
  const corrected = [observation('p1', 'as_found', 0, { correctedBy: [quality] })];
  assert.ok(notTheTechnician.refuses(context({ user: quality.user, observations: corrected })));
});

test('a standard that was withdrawn or had expired stops the request', () => {
  assert.equal(standardsValid.refuses(context()), undefined);
  const withdrawn = new Map([['std_1', { ...standard, status: 'inactive' as const }]]);
  assert.equal(standardsValid.refuses(context({ standards: withdrawn }))?.['why'], 'inactive');
  const late = [observation('p1', 'as_found', 0, { takenAt: '2028-01-15T00:00:00.000Z' })];
  assert.equal(standardsValid.refuses(context({ observations: late }))?.['why'], 'expired');
});
