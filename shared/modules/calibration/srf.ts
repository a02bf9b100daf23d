import * as z from 'zod';
import { BranchId } from '../../platform/access/index.ts';
import { defineRecord } from '../../platform/records/index.ts';
import { CustomerAddress, CustomerForm, CustomerName, isPerson } from './customer.ts';
import { ItemAsAgreed, ToleranceField } from './equipment.ts';
import { ProcedureAsAgreed } from './procedure.ts';
import {
  DayText,
  DecisionRuleField,
  InstantText,
  LongText,
  Person,
  QuantityField,
  RecordId,
  recordFields,
  ShortText,
  Stamp,
  TEN_YEARS,
} from './schema.ts';
import { openSrfStates, srfStates } from './srf-states.ts';

export const SrfState = z.enum(srfStates);
export type SrfState = z.infer<typeof SrfState>;

/** Cosmos holds at most 2 MB in one item; these keep a request well below. */
const MOST_ITEMS = 20;
const MOST_POINTS = 50;

const TestPoint = z.strictObject({ id: z.string(), nominal: QuantityField });

/**
 * What was agreed for an item at acceptance; results are evaluated by it whatever changes later. Which instrument it is
 * is read once more when observations are completed, so that a wrong serial number can be corrected before anybody signs.
 */
const Agreed = z.strictObject({
  item: ItemAsAgreed,
  procedure: ProcedureAsAgreed,
  resolution: QuantityField.optional(),
  tolerance: ToleranceField.optional(),
});
export type Agreed = z.infer<typeof Agreed>;

/** Whom certificates are addressed to, frozen together with the items. A person is addressed as themself, with no contact. */
const CustomerAsAgreed = z.strictObject({
  form: CustomerForm.optional(),
  name: CustomerName,
  address: CustomerAddress,
  /** Which of the customer's contacts it is. */
  contactId: z.string().optional(),
  contact: z
    .string()
    .meta({ personal: true, person: 'contactId', kept: 'ISO/IEC 17025:2017, 7.8.2.1 e' })
    .optional(),
});

const IssuedCertificate = z.strictObject({
  id: z.string(),
  number: z.string(),
  revision: z.number().int(),
  issuedAt: InstantText,
});

const SrfItem = z.strictObject({
  id: z.string(),
  equipmentId: RecordId,
  procedureId: RecordId,
  testPoints: z.array(TestPoint).min(1).max(MOST_POINTS),
  agreed: Agreed.nullable(),
  /** The newest certificate that was issued for the item. */
  certificate: IssuedCertificate.nullable(),
});
export type SrfItem = z.infer<typeof SrfItem>;

/** A service request: what a customer wants calibrated, how far it is, and who answered for what. */
const SrfFields = z.strictObject({
  number: z.string().nullable(),
  /** The branch that does the work. */
  branchId: BranchId.optional(),
  customerId: RecordId,
  customer: CustomerAsAgreed.nullable(),
  purchaseOrder: ShortText.optional(),
  priority: z.enum(['normal', 'urgent', 'express']),
  promisedDate: DayText.optional(),
  instructions: LongText.optional(),
  /** Where the work is done, as the certificate says it. */
  place: ShortText,
  decisionRule: DecisionRuleField,
  state: SrfState,
  /** Where a request on hold returns to. */
  heldFrom: SrfState.nullable(),
  assignedTo: Person.nullable(),
  receivedAt: DayText.nullable(),
  conditionOnReceipt: LongText.nullable(),
  items: z.array(SrfItem).max(MOST_ITEMS),
  performedBy: Stamp.nullable(),
  reviewedBy: Stamp.nullable(),
  approvedBy: Stamp.nullable(),
});

/** A request as it is stored. What it says of its customer is about them. */
const Srf = SrfFields.meta({ person: 'customerId' });
export type SrfData = z.infer<typeof Srf>;

/** A stamp as it is shown, with what its digest says of it. */
const StampView = Stamp.extend({
  whole: z
    .boolean()
    .meta({ description: 'Whether the rest of it still has the digest that it was made with.' }),
}).nullable();

export const SrfView = SrfFields.extend({
  ...recordFields,
  performedBy: StampView,
  reviewedBy: StampView,
  approvedBy: StampView,
});

/** A request as lists show it. */
export const SrfSummary = SrfFields.pick({
  number: true,
  branchId: true,
  customerId: true,
  purchaseOrder: true,
  priority: true,
  promisedDate: true,
  state: true,
  assignedTo: true,
}).extend({ ...recordFields, items: z.number().int().meta({ description: 'How many items it has.' }) });

/** An item as a client asks for it; without test points, the procedure's own are taken. */
export const NewSrfItem = z.strictObject({
  equipmentId: RecordId,
  procedureId: RecordId,
  testPoints: z.array(QuantityField).min(1).max(MOST_POINTS).optional(),
});
export type NewSrfItem = z.infer<typeof NewSrfItem>;

const changeable = SrfFields.pick({
  branchId: true,
  purchaseOrder: true,
  priority: true,
  promisedDate: true,
  instructions: true,
  place: true,
  decisionRule: true,
});

export const NewSrf = changeable.extend({
  customerId: RecordId,
  priority: SrfFields.shape.priority.default('normal'),
  place: ShortText.default('Permanent laboratory'),
  decisionRule: DecisionRuleField.optional(),
  items: z.array(NewSrfItem).max(MOST_ITEMS),
});
export type NewSrf = z.infer<typeof NewSrf>;

/** What may be changed while the request is a draft; items are replaced as a whole. */
export const SrfChange = changeable.extend({ items: NewSrf.shape.items }).partial();
export type SrfChange = z.infer<typeof SrfChange>;

export const srfKind = defineRecord({
  name: 'calibration.srf',
  prefix: 'srf',
  home: 'own',
  schema: Srf,
  indexed: srf => ({
    number: srf.number ?? '',
    customerId: srf.customerId,
    state: srf.state,
    assignedTo: srf.assignedTo?.user ?? '',
    equipmentIds: srf.items.map(item => item.equipmentId),
    procedureIds: srf.items.map(item => item.procedureId),
    priority: srf.priority,
    promisedDate: srf.promisedDate,
  }),
  sorted: ({ number, promisedDate }) => ({ number, promisedDate }),
  searchable: ({ number, purchaseOrder, customer }) => [
    { text: number ?? undefined },
    { text: purchaseOrder },
    { text: customer?.name, personal: customer !== null && isPerson(customer) },
  ],
  searchesPersonal: true,
  branch: ({ branchId }) => branchId,
  readPermission: 'calibration.srf:read',
  // With its observations, certificates and signatures: ISO/IEC 17025:2017, 8.4.2, leaves how long to the laboratory.
  retention: { isOver: ({ state }) => !openSrfStates.includes(state), ...TEN_YEARS },
  rollback: {
    permission: 'calibration.srf:write',
    // What was submitted moves by its workflow alone.
    to: (now, then) => (now.state === 'draft' ? { data: then } : { because: now.state }),
  },
});
