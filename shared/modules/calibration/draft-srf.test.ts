import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Saved } from '../../platform/records/index.ts';
import { type CustomerData, customerKind } from './customer.ts';
import { draftSrf, type Referred } from './draft-srf.ts';
import { type EquipmentData, equipmentKind } from './equipment.ts';
import { type ProcedureData, procedureKind } from './procedure.ts';
import { equipment, now, procedure } from './request.fixture.ts';
import { NewSrf } from './srf.ts';

const saved = {
  scope: 's',
  version: 1,
  hash: 'h',
  createdAt: now,
  createdBy: 'u',
  updatedAt: now,
  stored: undefined,
  etag: 'e',
};
const customer: CustomerData = { name: 'Helvane', address: [], contacts: [], sites: [], status: 'active' };

function referred(
  changes: {
    readonly customer?: Partial<CustomerData>;
    readonly equipment?: Partial<EquipmentData>;
    readonly procedure?: Partial<ProcedureData>;
  } = {},
): Referred {
  const equipmentRecord: Saved<EquipmentData> = {
    ...{ ...saved, kind: equipmentKind, id: 'eqp_1', data: { ...equipment, ...changes.equipment } },
  };
  const procedureRecord: Saved<ProcedureData> = {
    ...{ ...saved, kind: procedureKind, id: 'prc_1', data: { ...procedure, ...changes.procedure } },
  };
  return {
    customer: { ...saved, kind: customerKind, id: 'cus_1', data: { ...customer, ...changes.customer } },
    equipment: new Map([['eqp_1', equipmentRecord]]),
    procedures: new Map([['prc_1', procedureRecord]]),
  };
}

function wish(changes: object = {}): NewSrf {
  const items = [{ equipmentId: 'eqp_1', procedureId: 'prc_1' }];
  return NewSrf.parse({ customerId: 'cus_1', items, ...changes });
}

function code(expected: string): (error: unknown) => boolean {
  return error => (error as { code?: unknown }).code === expected;
}

test('an item gets the test points of its procedure, numbered', () => {
  const [item] = draftSrf(wish(), referred()).items;
  assert.equal(item?.id, 'i1');
  assert.deepEqual(item?.testPoints[1], { id: 'p2', nominal: { value: 10.3, unit: 'mm' } });
});

test('an item may have test points of its own, of the same kind of quantity only', () => {
  const own = (unit: string) =>
    wish({ items: [{ equipmentId: 'eqp_1', procedureId: 'prc_1', testPoints: [{ value: 1, unit }] }] });
  assert.equal(draftSrf(own('cm'), referred()).items[0]?.testPoints.length, 1);
  assert.throws(() => draftSrf(own('V'), referred()), code('calibration.unit_mismatch'));
});

test('the decision rule is the request’s own, else the customer’s, else a guard band of U', () => {
  const simple = { kind: 'simple_acceptance' } as const;
  const risk = { kind: 'false_accept_limit', probability: 0.02 } as const;
  assert.deepEqual(draftSrf(wish(), referred()).decisionRule, { kind: 'guard_band', factor: 1 });
  assert.deepEqual(draftSrf(wish(), referred({ customer: { decisionRule: simple } })).decisionRule, simple);
  const both = draftSrf(wish({ decisionRule: risk }), referred({ customer: { decisionRule: simple } }));
  assert.deepEqual(both.decisionRule, risk);
});

test('refuses what does not exist, is no longer in use, or belongs to another customer', () => {
  const none: Referred = { customer: undefined, equipment: new Map(), procedures: new Map() };
  assert.throws(() => draftSrf(wish(), none), code('calibration.reference_unknown'));
  const elsewhere = { ...referred(), equipment: new Map() };
  assert.throws(() => draftSrf(wish(), elsewhere), code('calibration.reference_unknown'));
  for (const what of ['customer', 'equipment', 'procedure'] as const) {
    const inactive = referred({ [what]: { status: 'inactive' } });
    assert.throws(() => draftSrf(wish(), inactive), code('calibration.inactive'));
  }
  assert.throws(
    () => draftSrf(wish(), referred({ equipment: { customerId: 'cus_2' } })),
    code('calibration.equipment_of_other_customer'),
  );
});

test('refuses an item without any test point', () => {
  assert.throws(
    () => draftSrf(wish(), referred({ procedure: { testPoints: [] } })),
    code('calibration.items_missing'),
  );
});
