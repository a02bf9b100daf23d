import * as z from 'zod';
import { defineRecord } from '../../platform/records/index.ts';
import { DecisionRuleField, recordFields, ShortText, Status } from './schema.ts';
import { openSrfStates } from './srf-states.ts';

export const AddressLines = z.array(ShortText).max(5);

const Contact = z.strictObject({
  name: ShortText.meta({ personal: true }),
  email: z.email().max(254).meta({ personal: true }).optional(),
  phone: ShortText.meta({ personal: true }).optional(),
  role: ShortText.optional(),
});

const Site = z.strictObject({
  name: ShortText,
  address: AddressLines.meta({ personal: true }),
});

/** Somebody whose instruments are calibrated. */
export const Customer = z.strictObject({
  name: ShortText,
  address: AddressLines,
  contacts: z.array(Contact).max(50),
  sites: z.array(Site).max(50),
  /** The rule that this customer's requests follow unless they say otherwise. */
  decisionRule: DecisionRuleField.optional(),
  status: Status,
});
export type CustomerData = z.infer<typeof Customer>;

export const CustomerView = Customer.extend(recordFields);

export const NewCustomer = Customer.omit({ status: true, contacts: true, sites: true }).extend({
  contacts: Customer.shape.contacts.default([]),
  sites: Customer.shape.sites.default([]),
});

export const customerKind = defineRecord({
  name: 'calibration.customer',
  prefix: 'cus',
  home: 'own',
  schema: Customer,
  indexed: customer => ({ name: customer.name, status: customer.status }),
  sorted: ({ name }) => ({ name }),
  searchable: ({ name, address }) => [{ text: name }, { text: address.at(-1) }],
  readPermission: 'calibration.customer:read',
  // Documents of the past keep what they need of the customer.
  usedBy: [
    { kind: 'calibration.equipment', field: 'customerId', where: { status: ['active'] } },
    { kind: 'calibration.srf', field: 'customerId', where: { state: openSrfStates } },
  ],
  rollback: {
    permission: 'calibration.customer:write',
    to: (now, then) => ({ data: { ...then, status: now.status } }),
  },
});
