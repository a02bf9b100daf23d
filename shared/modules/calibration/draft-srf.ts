import type { Saved } from '../../platform/records/index.ts';
import { type CustomerData, requireKnown } from './customer.ts';
import type { EquipmentData } from './equipment.ts';
import { calibrationFault } from './faults.ts';
import type { ProcedureData } from './procedure.ts';
import { isLike } from './schema.ts';
import type { NewSrf, NewSrfItem, SrfData, SrfItem } from './srf.ts';

/** The records that a request refers to, by id, as far as they exist. */
export type Referred = {
  readonly customer: Saved<CustomerData> | undefined;
  readonly equipment: ReadonlyMap<string, Saved<EquipmentData>>;
  readonly procedures: ReadonlyMap<string, Saved<ProcedureData>>;
};

/** ILAC-G8:09/2019: the guard band is U unless customer and laboratory agree on something else. */
const USUAL_RULE = { kind: 'guard_band', factor: 1 } as const;

/**
 * A new request as a draft. Throws `reference_unknown`, `inactive`, `equipment_of_other_customer`,
 * `unit_mismatch` and `items_missing` (an item without test points).
 */
export function draftSrf(wish: NewSrf, referred: Referred): SrfData {
  const { items, decisionRule, ...fields } = wish;
  const customer = usable(referred.customer, '/customerId', wish.customerId);
  requireKnown(customer.data, wish.customerId);
  return {
    ...fields,
    number: null,
    customer: null,
    decisionRule: decisionRule ?? customer.data.decisionRule ?? USUAL_RULE,
    state: 'draft',
    heldFrom: null,
    assignedTo: null,
    receivedAt: null,
    conditionOnReceipt: null,
    items: draftItems(items, wish.customerId, referred),
    performedBy: null,
    reviewedBy: null,
    approvedBy: null,
  };
}

/** The items of a draft, numbered `i1`, `i2`, … with test points `p1`, `p2`, … Throws as `draftSrf` does. */
export function draftItems(
  wishes: readonly NewSrfItem[],
  customerId: string,
  referred: Omit<Referred, 'customer'>,
): SrfItem[] {
  return wishes.map((wish, index) => {
    const at = `/items/${index}`;
    const equipment = usable(referred.equipment.get(wish.equipmentId), `${at}/equipmentId`, wish.equipmentId);
    const procedure = usable(
      referred.procedures.get(wish.procedureId),
      `${at}/procedureId`,
      wish.procedureId,
    );
    if (equipment.data.customerId !== customerId) {
      throw calibrationFault('calibration.equipment_of_other_customer', { id: equipment.id });
    }
    const nominals = wish.testPoints ?? procedure.data.testPoints;
    if (nominals.length === 0)
      throw calibrationFault('calibration.items_missing', { field: `${at}/testPoints` });
    for (const { unit } of nominals) requireLike(unit, procedure.data.unit, `${at}/testPoints`);
    return {
      id: `i${index + 1}`,
      equipmentId: equipment.id,
      procedureId: procedure.id,
      testPoints: nominals.map((nominal, point) => ({ id: `p${point + 1}`, nominal })),
      agreed: null,
      certificate: null,
    };
  });
}

function usable<T extends { status: 'active' | 'inactive' }>(
  record: Saved<T> | undefined,
  field: string,
  id: string,
): Saved<T> {
  if (record === undefined) throw calibrationFault('calibration.reference_unknown', { field, id });
  if (record.data.status !== 'active') throw calibrationFault('calibration.inactive', { field, id });
  return record;
}

function requireLike(unit: string, expected: string, field: string): void {
  if (!isLike(unit, expected)) throw calibrationFault('calibration.unit_mismatch', { field, unit, expected });
}
