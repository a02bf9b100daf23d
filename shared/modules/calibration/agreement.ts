import { isErasedMark, type Saved, type TenantRecords } from '../../platform/records/index.ts';
import { type CustomerData, customerKind, requireKnown } from './customer.ts';
import { type EquipmentData, equipmentKind } from './equipment.ts';
import { type ProcedureData, procedureKind } from './procedure.ts';
import type { Agreed, SrfData, SrfItem } from './srf.ts';

/** What a request freezes: whose the items are, what they are, and how they are calibrated. */
export type Agreement = Pick<SrfData, 'customer' | 'items'>;

/** The master data that a request's identity is taken from, as it is now; equipment by item id. */
type Parties = {
  readonly customer: CustomerData;
  readonly equipment: ReadonlyMap<string, EquipmentData>;
};

/** Everything that acceptance freezes, read now. */
export async function readAgreement(records: TenantRecords, srf: SrfData): Promise<Agreement> {
  const [parties, procedures] = await Promise.all([
    readParties(records, srf),
    readByItem(srf, item => records.get(procedureKind, item.procedureId)),
  ]);
  return agree(srf, parties, procedures);
}

/** The request with its customer and items named as they are now; how they are calibrated stays as agreed. */
export async function readIdentity(records: TenantRecords, srf: SrfData): Promise<Agreement> {
  return identify(srf, await readParties(records, srf));
}

async function readParties(records: TenantRecords, srf: SrfData): Promise<Parties> {
  const [customer, equipment] = await Promise.all([
    records.get(customerKind, srf.customerId),
    readByItem(srf, async item => (await records.get(equipmentKind, item.equipmentId)).data),
  ]);
  requireKnown(customer.data, customer.id);
  return { customer: customer.data, equipment };
}

async function readByItem<T>(
  srf: SrfData,
  read: (item: SrfItem) => Promise<T>,
): Promise<ReadonlyMap<string, T>> {
  return new Map(await Promise.all(srf.items.map(async item => [item.id, await read(item)] as const)));
}

function agree(
  srf: SrfData,
  parties: Parties,
  procedures: ReadonlyMap<string, Saved<ProcedureData>>,
): Agreement {
  const items = srf.items.map(item => {
    const equipment = parties.equipment.get(item.id);
    const procedure = procedures.get(item.id);
    if (equipment === undefined || procedure === undefined) return item;
    return { ...item, agreed: agreedOf(equipment, procedure) };
  });
  return { customer: customerOf(parties.customer), items };
}

/** Puts the names that `parties` have now in place of the frozen ones. Pure. */
export function identify(srf: SrfData, parties: Parties): Agreement {
  const items = srf.items.map(item => {
    const equipment = parties.equipment.get(item.id);
    if (equipment === undefined || item.agreed === null) return item;
    return { ...item, agreed: { ...item.agreed, item: itemOf(equipment) } };
  });
  return { customer: customerOf(parties.customer), items };
}

/** What is agreed for one item. Pure. */
export function agreedOf(equipment: EquipmentData, procedure: Saved<ProcedureData>): Agreed {
  const { status: _status, testPoints: _points, ...method } = procedure.data;
  const { resolution, tolerance } = equipment;
  return {
    item: itemOf(equipment),
    procedure: { ...method, id: procedure.id },
    ...(resolution === undefined ? {} : { resolution }),
    ...(tolerance === undefined ? {} : { tolerance }),
  };
}

function itemOf({ description, maker, model, serial, assetNumber, range }: EquipmentData): Agreed['item'] {
  return {
    ...{ description, maker, model, serial },
    ...(assetNumber === undefined ? {} : { assetNumber }),
    ...(range === undefined ? {} : { range }),
  };
}

/**
 * A customer as certificates name it: the first contact who was not erased is the one that they are addressed to; a person is it
 * themself. Pure.
 */
export function customerOf({
  form,
  name,
  address,
  contacts,
}: CustomerData): NonNullable<SrfData['customer']> {
  if (form === 'person') return { form, name, address };
  const first = contacts.find(contact => !isErasedMark(contact.name));
  if (first === undefined) return { name, address };
  const contact = first.role === undefined ? first.name : `${first.name}, ${first.role}`;
  return { name, address, contactId: first.id, contact };
}
