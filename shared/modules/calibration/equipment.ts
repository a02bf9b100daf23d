import * as z from 'zod';
import { defineRecord } from '../../platform/records/index.ts';
import {
  Amplitude,
  DayText,
  QuantityField,
  RangeField,
  RecordId,
  recordFields,
  ShortText,
  Status,
  TEN_YEARS,
  UnitText,
} from './schema.ts';
import { openSrfStates } from './srf-states.ts';

/** The permitted error: ± (constant + percent of the nominal value + digits of the display). */
export const ToleranceField = z.strictObject({
  constant: Amplitude,
  percentOfReading: Amplitude.optional(),
  digits: Amplitude.optional(),
  unit: UnitText,
  /** Where the limit comes from: a standard, a data sheet, the customer. */
  source: ShortText,
});
export type ToleranceSpecification = z.infer<typeof ToleranceField>;

/** A unit under test: an instrument that a customer owns. */
export const Equipment = z.strictObject({
  customerId: RecordId,
  description: ShortText,
  maker: ShortText,
  model: ShortText,
  serial: ShortText,
  assetNumber: ShortText.optional(),
  range: RangeField.optional(),
  /** The smallest step of the display. */
  resolution: QuantityField.optional(),
  tolerance: ToleranceField.optional(),
  intervalMonths: z.number().int().min(1).max(240).optional(),
  location: ShortText.optional(),
  dueDate: DayText.optional(),
  status: Status,
});
export type EquipmentData = z.infer<typeof Equipment>;

export const EquipmentView = Equipment.extend(recordFields);
export const NewEquipment = Equipment.omit({ status: true });
/** Equipment stays with its customer: what was agreed and signed for one of them would name another. */
export const EquipmentChange = Equipment.omit({ customerId: true, status: true }).partial();

/** Which instrument it is, as the certificate says it. */
export const ItemAsAgreed = Equipment.pick({
  description: true,
  maker: true,
  model: true,
  serial: true,
  assetNumber: true,
  range: true,
});

export const equipmentKind = defineRecord({
  name: 'calibration.equipment',
  prefix: 'eqp',
  home: 'own',
  schema: Equipment,
  indexed: equipment => ({
    customerId: equipment.customerId,
    serial: equipment.serial,
    assetNumber: equipment.assetNumber ?? '',
    status: equipment.status,
    dueDate: equipment.dueDate,
  }),
  sorted: ({ serial, assetNumber, dueDate }) => ({ serial, assetNumber, dueDate }),
  searchable: ({ serial, assetNumber, description, maker, model }) =>
    [serial, assetNumber, description, maker, model].map(text => ({ text })),
  readPermission: 'calibration.equipment:read',
  usedBy: [{ kind: 'calibration.srf', field: 'equipmentIds', where: { state: openSrfStates } }],
  retention: { isOver: ({ status }) => status === 'inactive', ...TEN_YEARS },
  rollback: {
    permission: 'calibration.equipment:write',
    to: (now, then) => ({ data: { ...then, status: now.status } }),
  },
});
