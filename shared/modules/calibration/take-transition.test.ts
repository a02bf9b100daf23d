import assert from 'node:assert/strict';
import { test } from 'node:test';
import { identify } from './agreement.ts';
import type { SrfContext } from './guards.ts';
import {
  context,
  equipment,
  now,
  observation,
  observedRun,
  performed,
  quality,
  request,
  technician,
} from './request.fixture.ts';
import type { SrfData, SrfState } from './srf.ts';
import { applyTransition, checkTransition, type TransitionInput } from './take-transition.ts';
import type { SrfAction } from './workflow.ts';

const CHANGED = 'calibration.changed_since_signed';

const everything = (): boolean => true;

function input(changes: Partial<TransitionInput> = {}): TransitionInput {
  return {
    at: now,
    receivedAt: '2026-11-20',
    person: { ...quality, position: 'Quality manager' },
    ...changes,
  };
}

function move(srf: SrfData, action: SrfAction, changes: Partial<SrfContext & TransitionInput> = {}): SrfData {
  const seen = context({ ...changes, srf });
  const to = checkTransition(seen, action, changes.reason, everything);
  return applyTransition(seen, action, to, input(changes));
}

function code(expected: string): (error: unknown) => boolean {
  return error => (error as { code?: unknown }).code === expected;
}

test('a request goes from draft to approved, with everybody’s signature on it', () => {
  let srf = request({ state: 'draft', number: null, assignedTo: null, receivedAt: null });
  srf = move(srf, 'submit', { number: 'SRF-2026-00007' });
  srf = move(srf, 'receive', { conditionOnReceipt: 'Clean' });
  srf = move(srf, 'accept');
  srf = move(srf, 'assign', { assignee: technician.user, assignTo: technician });
  srf = move(srf, 'start');
  srf = move(srf, 'complete', { person: { ...technician, position: null } });
  srf = move(srf, 'start_review');
  srf = move(srf, 'approve');
  assert.equal(srf.state, 'approved');
  assert.equal(srf.number, 'SRF-2026-00007');
  assert.equal(srf.receivedAt, '2026-11-20');
  assert.deepEqual(
    [srf.performedBy, srf.reviewedBy, srf.approvedBy].map(stamp => [stamp?.name, stamp?.meaning]),
    [
      ['Rana Karimi', 'performed'],
      ['Helen Marchetti', 'reviewed'],
      ['Helen Marchetti', 'authorised'],
    ],
  );
});

test('a reviewer who signed before is not replaced by the one who approves', () => {
  const reviewed = move(performed({ state: 'in_review' }), 'sign_review', {
    person: { user: 'usr_reviewer', name: 'A. Okonkwo', position: null },
  });
  assert.equal(move(reviewed, 'approve').reviewedBy?.name, 'A. Okonkwo');
});

test('what is on hold returns to where it was', () => {
  for (const state of ['received', 'assigned', 'rework', 'in_review'] satisfies SrfState[]) {
    const held = move(request({ state }), 'hold', { reason: 'Waiting for a part' });
    assert.equal(held.state, 'on_hold');
    const resumed = move(held, 'resume');
    assert.equal(resumed.state, state);
    assert.equal(resumed.heldFrom, null);
  }
});

test('assigning somebody else in the middle of the work does not move the request', () => {
  const other = { user: 'usr_other', name: 'Tomasz Okafor' };
  const srf = move(request({ state: 'in_progress' }), 'assign', { assignee: other.user, assignTo: other });
  assert.equal(srf.state, 'in_progress');
  assert.deepEqual(srf.assignedTo, other);
});

test('rework takes all signatures away', () => {
  const signed = move(request({ state: 'in_progress' }), 'complete');
  const returned = move({ ...signed, state: 'in_review' }, 'return', { reason: 'Reading 3 at 25 mm' });
  assert.deepEqual([returned.state, returned.performedBy], ['rework', null]);
});

test('a signature depends on what is signed, by whom and when', () => {
  const digest = (changes: Partial<TransitionInput>, observations = observedRun('as_found', 1)) =>
    move(performed({ state: 'in_review' }, observations), 'approve', { ...changes, observations }).approvedBy
      ?.digest;
  const one = digest({});
  assert.equal(digest({}), one);
  assert.notEqual(digest({}, observedRun('as_found', 2)), one);
  assert.notEqual(digest({ at: '2026-11-20T10:00:01.000Z' }), one);
  assert.notEqual(digest({ person: { ...technician, position: null } }), one);
});

test('what differs from what its technician or its reviewer signed is neither reviewed nor approved', () => {
  const changed = [...observedRun('as_found', 1).slice(0, 2), observation('p3', 'as_found', 2)];
  const inReview = performed({ state: 'in_review' });
  for (const action of ['sign_review', 'approve'] as const) {
    assert.throws(() => move(inReview, action, { observations: changed }), code(CHANGED));
    assert.throws(() => move(inReview, action, { observations: changed.slice(0, 2) }), Error);
    assert.throws(() => move({ ...inReview, place: 'Elsewhere' }, action), code(CHANGED));
    assert.throws(() => move({ ...inReview, performedBy: null }, action), code(CHANGED));
  }
  const complete = performed({ state: 'observations_complete' });
  assert.throws(() => move(complete, 'start_review', { observations: changed }), code(CHANGED));
  const reviewed = move(inReview, 'sign_review');
  const resigned = { ...reviewed, performedBy: performed({}, changed).performedBy };
  assert.throws(() => move(resigned, 'approve', { observations: changed }), code(CHANGED));
});

test('the technician signs the names that customer and item have then; nothing after the signatures changes them', () => {
  const srf = request({ state: 'in_progress' });
  const customer = {
    name: 'Helvane Ltd',
    address: ['Unit 9'],
    contacts: [],
    sites: [],
    status: 'active' as const,
  };
  const corrected = new Map([['i1', { ...equipment, serial: '71804227' }]]);
  const agreement = identify(srf, { customer, equipment: corrected });
  const complete = move(srf, 'complete', { agreement, person: { ...technician, position: null } });
  assert.deepEqual(complete.customer, { name: 'Helvane Ltd', address: ['Unit 9'] });
  assert.equal(complete.items[0]?.agreed?.item.serial, '71804227');
  assert.deepEqual(complete.items[0]?.agreed?.procedure, srf.items[0]?.agreed?.procedure);
  assert.equal(move(complete, 'start_review').state, 'in_review');
  const otherItem = { ...complete, items: srf.items };
  assert.throws(() => move(otherItem, 'start_review'), code(CHANGED));
});

test('an action that does not lead out of the state is refused with what does', () => {
  assert.throws(
    () =>
      checkTransition(context({ srf: request({ state: 'submitted' }) }), 'approve', undefined, everything),
    (error: unknown) => {
      assert.ok(code('calibration.transition_not_open')(error));
      const { open } = (error as { data: { open: readonly string[] } }).data;
      assert.deepEqual(open, ['receive', 'cancel']);
      return true;
    },
  );
});

test('holding, returning and cancelling need a reason', () => {
  for (const [state, action] of [
    ['in_progress', 'hold'],
    ['in_review', 'return'],
    ['submitted', 'cancel'],
  ] as const) {
    assert.throws(
      () => checkTransition(context({ srf: request({ state }) }), action, undefined, everything),
      code('calibration.reason_missing'),
    );
  }
});

test('permission is asked for before any guard', () => {
  const seen = context({ srf: request({ state: 'in_review' }), observations: [] });
  assert.throws(
    () => checkTransition(seen, 'approve', undefined, () => false),
    code('platform.permission_missing'),
  );
  assert.throws(
    () => checkTransition(seen, 'approve', undefined, everything),
    code('calibration.points_not_observed'),
  );
});

test('the technician cannot approve with any permission', () => {
  const seen = context({ srf: request({ state: 'in_review' }), user: technician.user });
  assert.throws(
    () => checkTransition(seen, 'approve', undefined, everything),
    code('calibration.separation_of_duties'),
  );
});

test('a request whose certificate is being made stays approved, one with certificates is not cancelled', () => {
  const approved = context({
    srf: request({ state: 'approved' }),
    observations: observedRun('as_found', 1),
    certificateUnderWay: true,
  });
  assert.throws(
    () => checkTransition(approved, 'reopen', 'Wrong serial number', everything),
    code('calibration.certificate_under_way'),
  );
  const [item] = request().items;
  assert.ok(item);
  const certificate = { id: 'crt_1', number: 'CAL-2026-00001', revision: 0, issuedAt: now };
  const reworked = context({ srf: request({ state: 'rework', items: [{ ...item, certificate }] }) });
  assert.throws(
    () => checkTransition(reworked, 'cancel', 'No longer wanted', everything),
    code('calibration.certificate_issued'),
  );
});
