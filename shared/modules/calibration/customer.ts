import * as z from 'zod';
import { joinId } from '../../kernel/index.ts';
import { emailForm, phoneForm } from '../../kernel/languages/index.ts';
import { defineRecord } from '../../platform/records/index.ts';
import { calibrationFault } from './faults.ts';
import { DecisionRuleField, recordFields, ShortText, Status, TEN_YEARS } from './schema.ts';
import { openSrfStates } from './srf-states.ts';

export const AddressLines = z.array(ShortText).max(5);

const Contact = z
  .strictObject({
    /** Given when the contact is first seen; who sends it back means the same person. */
    id: z
      .string()
      .length(30)
      .regex(/^con_[0-9a-hjkmnp-tv-z]{26}$/)
      .optional(),
    name: ShortText.meta({ personal: true }),
    email: z.email().max(254).meta({ personal: true }).optional(),
    phone: ShortText.meta({ personal: true }).optional(),
    role: ShortText.optional(),
  })
  .meta({ person: 'id' });
type Contact = z.infer<typeof Contact>;

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

/** Each contact with an id: the one that was sent, that of the contact who was so called before, or a new one. */
function withIds(contacts: readonly Contact[], before: readonly Contact[], newKey: () => string): Contact[] {
  assertOnce(contacts);
  const taken = new Set(contacts.map(({ id }) => id));
  return contacts.map(contact => {
    if (contact.id !== undefined) return contact;
    const same = before.find(known => !taken.has(known.id) && isSame(known, contact));
    const id = same?.id ?? joinId('con', undefined, newKey());
    taken.add(id);
    return { ...contact, id };
  });
}

/** Two contacts are two people: what is erased of one must not be the other's. */
function assertOnce(contacts: readonly Contact[]): void {
  const ids = contacts.map(({ id }) => id);
  const errors = ids.flatMap((id, index) =>
    id === undefined || ids.indexOf(id) === index
      ? []
      : [{ pointer: `#/contacts/${index}/id`, code: 'duplicate', detail: 'Another contact has this id.' }],
  );
  if (errors.length > 0) throw calibrationFault('calibration.contact_twice', { errors });
}

function isSame(known: Contact, contact: Contact): boolean {
  const { email } = contact;
  if (email !== undefined && known.email !== undefined) return emailForm(known.email) === emailForm(email);
  return known.name === contact.name;
}

export const customerKind = defineRecord({
  name: 'calibration.customer',
  prefix: 'cus',
  home: 'own',
  schema: Customer,
  identify: (customer, before, newKey) => ({
    ...customer,
    contacts: withIds(customer.contacts, before?.contacts ?? [], newKey),
  }),
  people: ['con'],
  unsealed: ({ address }) => ['name', ...(address.length > 0 ? ['address'] : [])],
  indexed: customer => ({ name: customer.name, status: customer.status }),
  sorted: ({ name }) => ({ name }),
  searchable: ({ name, address, contacts }) => [
    { text: name },
    { text: address.at(-1) },
    ...contacts.map(contact => ({ text: contact.name, personal: true })),
  ],
  searchesPersonal: true,
  blinded: ({ contacts }) => ({
    email: contacts.flatMap(({ email }) => (email === undefined ? [] : [emailForm(email)])),
    phone: contacts.flatMap(({ phone }) => (phone === undefined ? [] : [phoneForm(phone)])),
  }),
  readPermission: 'calibration.customer:read',
  // Documents of the past keep what they need of the customer.
  usedBy: [
    { kind: 'calibration.equipment', field: 'customerId', where: { status: ['active'] } },
    { kind: 'calibration.srf', field: 'customerId', where: { state: openSrfStates } },
  ],
  retention: { isOver: ({ status }) => status === 'inactive', ...TEN_YEARS },
  rollback: {
    permission: 'calibration.customer:write',
    to: (now, then) => ({ data: { ...then, status: now.status } }),
  },
});
