import * as z from 'zod';
import { joinId } from '../../kernel/index.ts';
import { emailForm, phoneForm } from '../../kernel/languages/index.ts';
import { defineRecord, firstLetter, isErasedMark } from '../../platform/records/index.ts';
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

/** What a customer is. A firm's name is nobody's; where it is that of a sole trader, the customer is a person. */
export const CustomerForm = z.enum(['organisation', 'person']).meta({
  description:
    'What the customer is. The name and address of a person are personal data: sealed, and erased with them. A sole trader is a person.',
});

const personal = { when: 'form', is: 'person' } as const;
/** Name and address as they are personal where the member `form` beside them says that this is a person. */
export const CustomerName = ShortText.meta({ personal });
export const CustomerAddress = AddressLines.meta({ personal });

/** Somebody whose instruments are calibrated. */
export const Customer = z.strictObject({
  /** Records from before it was asked have none until they are written again: they are organisations. */
  form: CustomerForm.optional(),
  name: CustomerName,
  address: CustomerAddress,
  contacts: z.array(Contact).max(50),
  sites: z.array(Site).max(50),
  /** The rule that this customer's requests follow unless they say otherwise. */
  decisionRule: DecisionRuleField.optional(),
  status: Status,
});
export type CustomerData = z.infer<typeof Customer>;

export const CustomerView = Customer.extend(recordFields);

export const NewCustomer = Customer.omit({ status: true, contacts: true, sites: true }).extend({
  form: CustomerForm.default('organisation'),
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

/** Whether a customer, or a copy of one, is a natural person. */
export function isPerson({ form }: { readonly form?: z.infer<typeof CustomerForm> | undefined }): boolean {
  return form === 'person';
}

/** Throws `inactive` for a customer who was erased: nothing new can be addressed to them. */
export function requireKnown(customer: CustomerData, id: string): void {
  if (isForgotten(customer)) throw calibrationFault('calibration.inactive', { field: '/customerId', id });
}

function isForgotten(customer: Pick<CustomerData, 'form' | 'name'>): boolean {
  return isPerson(customer) && isErasedMark(customer.name);
}

/** Persons stand beside organisations by their first letter, all who share it by the time of their making. */
function orderOf(customer: CustomerData): string | undefined {
  if (!isPerson(customer)) return customer.name;
  return isForgotten(customer) ? undefined : firstLetter(customer.name);
}

export const customerKind = defineRecord({
  name: 'calibration.customer',
  prefix: 'cus',
  home: 'own',
  schema: Customer,
  identify: (customer, before, newKey) => ({
    ...customer,
    form: customer.form ?? 'organisation',
    contacts: withIds(customer.contacts, before?.contacts ?? [], newKey),
  }),
  people: ['con'],
  copies: [
    { kind: 'calibration.srf', field: 'customerId' },
    { kind: 'calibration.certificate', field: 'customerId' },
  ],
  unsealed: customer =>
    isPerson(customer) ? [] : ['name', ...(customer.address.length > 0 ? ['address'] : [])],
  indexed: customer => ({
    form: customer.form ?? 'organisation',
    name: isPerson(customer) ? undefined : customer.name,
    status: customer.status,
  }),
  sorted: customer => ({ name: orderOf(customer) }),
  searchable: ({ form, name, address, contacts }) => [
    { text: name, personal: isPerson({ form }) },
    { text: address.at(-1), personal: isPerson({ form }) },
    ...contacts.map(contact => ({ text: contact.name, personal: true })),
  ],
  searchesPersonal: true,
  blinded: ({ form, name, contacts }) => ({
    name: isPerson({ form }) ? [name] : [],
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
    // What a customer is was corrected since: going back to a name does not make it a firm's again.
    to: ({ status, form }, { form: _form, ...then }) => ({
      data: { ...then, status, ...(form === undefined ? {} : { form }) },
    }),
  },
});
