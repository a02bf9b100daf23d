import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isCalibrationFault } from './faults.ts';
import { calibrationPermissions } from './permissions.ts';
import { context, request } from './request.fixture.ts';
import type { SrfState } from './srf.ts';
import { srfStates } from './srf-states.ts';
import { holdable, srfActions, srfWorkflow } from './workflow.ts';

type Row = (typeof srfWorkflow)[number];

/** Where a row can lead from one of its states; `resume` leads to whatever was put on hold. */
function targets(row: Row, from: SrfState): readonly SrfState[] {
  const { to } = row;
  if (typeof to !== 'function') return [to];
  if (row.action === 'resume')
    return holdable.map(heldFrom => to(context({ srf: request({ state: from, heldFrom }) })));
  return [to(context({ srf: request({ state: from }) }))];
}

test('every state can be reached from a draft', () => {
  const reached = new Set<SrfState>(['draft']);
  for (const state of reached) {
    for (const row of srfWorkflow.filter(candidate => candidate.from.includes(state))) {
      for (const target of targets(row, state)) reached.add(target);
    }
  }
  assert.deepEqual(
    [...srfStates].filter(state => !reached.has(state)),
    [],
  );
});

test('every state but closed and cancelled can be left', () => {
  const leavable = new Set(
    srfWorkflow.flatMap(row => row.from.filter(from => targets(row, from).some(to => to !== from))),
  );
  assert.deepEqual(
    [...srfStates].filter(state => !leavable.has(state)),
    ['closed', 'cancelled'],
  );
});

test('from every state a request can still be brought to an end', () => {
  const ending = new Set<SrfState>(['closed', 'cancelled']);
  for (let before = 0; before !== ending.size; ) {
    before = ending.size;
    for (const row of srfWorkflow) {
      for (const from of row.from) {
        if (targets(row, from).some(to => ending.has(to))) ending.add(from);
      }
    }
  }
  assert.equal(ending.size, srfStates.length);
});

test('an action means one thing in each state', () => {
  const pairs = srfWorkflow.flatMap(row => row.from.map(from => `${from} ${row.action}`));
  assert.equal(new Set(pairs).size, pairs.length);
});

test('every action of the API stands in the table, and only the system issues', () => {
  const inTable = new Set(srfWorkflow.map(row => row.action));
  assert.deepEqual(
    srfActions.filter(action => !inTable.has(action)),
    [],
  );
  assert.deepEqual(
    srfWorkflow.filter(row => row.automatic === true).map(row => row.action),
    ['issue'],
  );
});

test('every permission of the table is declared and every guard refuses with a fault of the module', () => {
  for (const row of srfWorkflow.filter(candidate => candidate.automatic !== true)) {
    assert.ok(row.permission in calibrationPermissions, row.permission);
    for (const guard of row.guards ?? []) assert.ok(isCalibrationFault(guard.code), guard.code);
  }
});

test('a technician neither reviews nor approves, and a viewer does nothing at all', () => {
  const held = (role: 'technician' | 'viewer') =>
    Object.entries(calibrationPermissions)
      .filter(([, roles]) => roles.includes(role))
      .map(([permission]) => permission);
  assert.ok(!held('technician').includes('calibration.srf:review'));
  assert.ok(!held('technician').includes('calibration.srf:approve'));
  assert.ok(held('viewer').every(permission => permission.endsWith(':read')));
});
