import * as z from 'zod';
import { type BranchData, branchFor, branchKind } from '../../platform/access/index.ts';
import {
  anyOf,
  between,
  defineList,
  equal,
  historyEndpoints,
  itemParams,
} from '../../platform/endpoints/index.ts';
import { created, defineEndpoint, ok } from '../../platform/http/index.ts';
import {
  newRecordId,
  type RecordKind,
  recordFault,
  type Saved,
  type Scope,
} from '../../platform/records/index.ts';
import { customerKind } from './customer.ts';
import { draftItems, draftSrf, type Referred } from './draft-srf.ts';
import { equipmentKind } from './equipment.ts';
import { calibrationFault } from './faults.ts';
import { procedureKind } from './procedure.ts';
import { DayText, RecordId } from './schema.ts';
import {
  NewSrf,
  type NewSrfItem,
  SrfChange,
  type SrfData,
  SrfState,
  SrfSummary,
  SrfView,
  srfKind,
} from './srf.ts';
import { srfView } from './srf-view.ts';

const read = { permission: srfKind.readPermission };
const write = { permission: 'calibration.srf:write' };

const exampleItems = [
  {
    equipmentId: 'eqp_01kapx0000000000000000000b',
    procedureId: 'prc_01kapx0000000000000000000c',
    testPoints: [2.5, 10.3, 25].map(value => ({ value, unit: 'mm' })),
  },
];

const createSrf = defineEndpoint({
  id: 'calibration.srf.create',
  method: 'POST',
  path: '/srfs',
  access: write,
  summary: 'Opens a service request as a draft; its number is given when it is submitted.',
  body: NewSrf,
  creates: srfKind,
  example: {
    body: {
      customerId: 'cus_01kapx0000000000000000000a',
      purchaseOrder: 'PO 4500182736',
      promisedDate: '2027-01-29',
      items: exampleItems,
    },
  },
  replies: { 201: { description: 'Opened.', schema: SrfView } },
  faults: [
    'calibration.reference_unknown',
    'calibration.inactive',
    'calibration.equipment_of_other_customer',
    'calibration.unit_mismatch',
    'calibration.items_missing',
    'platform.branch_missing',
    'platform.branch_beyond',
    'platform.reference_gone',
  ],
  handle: async ({ caller, body, newKey }, platform) => {
    const id = newRecordId(srfKind, newKey());
    const scope = platform.records.for(caller).scope(id);
    const branchId = branchFor(caller, body.branchId);
    const [customer, others, branch] = await Promise.all([
      scope.referTo(customerKind, body.customerId),
      referredBy(scope, body.items),
      branchId === undefined ? undefined : scope.referTo(branchKind, branchId),
    ]);
    assertAtWork(branchId, branch);
    const data = {
      ...draftSrf(body, { customer, ...others }),
      ...(branchId === undefined ? {} : { branchId }),
    };
    const location = `/api/v1/srfs/${id}`;
    const { reply } = await scope.commit({
      action: 'calibration.srf.created',
      create: [{ kind: srfKind, id, data }],
      reply: saved => created(location, srfView(saved.get(id) as Saved<SrfData>), saved.get(id)),
    });
    return reply ?? created(location, undefined);
  },
});

/** The branch that a request names, when it names one, must be there and at work. */
function assertAtWork(branchId: string | undefined, branch: Saved<BranchData> | undefined): void {
  if (branchId === undefined) return;
  const named = { field: '/branchId', id: branchId };
  if (branch === undefined) throw calibrationFault('calibration.reference_unknown', named);
  if (branch.data.status !== 'active') throw calibrationFault('calibration.inactive', named);
}

/** The equipment and procedures of these items, each read once, all at the same time. */
async function referredBy(scope: Scope, items: readonly NewSrfItem[]): Promise<Omit<Referred, 'customer'>> {
  const [equipment, procedures] = await Promise.all([
    findAll(
      scope,
      equipmentKind,
      items.map(item => item.equipmentId),
    ),
    findAll(
      scope,
      procedureKind,
      items.map(item => item.procedureId),
    ),
  ]);
  return { equipment, procedures };
}

async function findAll<T>(
  scope: Scope,
  kind: RecordKind<T>,
  ids: readonly string[],
): Promise<ReadonlyMap<string, Saved<T>>> {
  const found = await Promise.all([...new Set(ids)].map(id => scope.referTo(kind, id)));
  return new Map(found.flatMap(record => (record === undefined ? [] : [[record.id, record]])));
}

const listSrfs = defineList({
  id: 'calibration.srf.list',
  path: '/srfs',
  summary: 'Service requests, newest first.',
  kind: srfKind,
  filters: {
    state: anyOf(SrfState),
    customerId: anyOf(RecordId),
    number: equal(z.string().min(1).max(40)),
    assignedTo: anyOf(RecordId),
    priority: anyOf(SrfSummary.shape.priority),
    promisedDate: between(DayText),
  },
  sorts: ['number', 'promisedDate'],
  view: SrfSummary,
  show: summaryOf,
});

function summaryOf(srf: Saved<SrfData>): z.infer<typeof SrfSummary> {
  const { id, version, createdAt, updatedAt } = srf;
  const { number, customerId, purchaseOrder, priority, promisedDate, state, assignedTo, items } = srf.data;
  return {
    ...{ id, version, createdAt, updatedAt, number, customerId, purchaseOrder, priority, promisedDate },
    ...{ state, assignedTo, items: items.length },
  };
}

const readSrf = defineEndpoint({
  id: 'calibration.srf.read',
  method: 'GET',
  path: '/srfs/:id',
  access: read,
  summary: 'One service request.',
  params: itemParams,
  replies: { 200: { description: 'The request.', schema: SrfView } },
  handle: async ({ caller, params }, platform) => {
    const srf = await platform.records.for(caller).get(srfKind, params.id);
    return ok(srfView(srf), srf);
  },
});

const changeSrf = defineEndpoint({
  id: 'calibration.srf.change',
  method: 'PATCH',
  path: '/srfs/:id',
  access: write,
  summary: 'Changes a draft; fields that are not sent stay, items are replaced as a whole.',
  params: itemParams,
  body: SrfChange,
  ifMatch: true,
  example: { body: { priority: 'urgent', promisedDate: '2027-01-15' } },
  replies: { 200: { description: 'Changed.', schema: SrfView } },
  faults: [
    'calibration.srf_not_draft',
    'calibration.reference_unknown',
    'calibration.inactive',
    'calibration.unit_mismatch',
    'platform.branch_beyond',
    'platform.reference_gone',
  ],
  handle: async ({ caller, params, body, ifMatch }, platform) => {
    const scope = platform.records.for(caller).scopeOf(srfKind, params.id);
    const { items, ...fields } = body;
    const { branchId } = fields;
    const [srf, referred, branch] = await Promise.all([
      scope.get(srfKind, params.id),
      referredBy(scope, items ?? []),
      branchId === undefined ? undefined : scope.referTo(branchKind, branchId),
    ]);
    if (srf.version !== ifMatch) throw recordFault('platform.version_stale', { version: srf.version });
    if (srf.data.state !== 'draft')
      throw calibrationFault('calibration.srf_not_draft', { state: srf.data.state });
    assertAtWork(branchId, branch);
    const replaced = items === undefined ? srf.data.items : draftItems(items, srf.data.customerId, referred);
    const { saved } = await scope.commit({
      action: 'calibration.srf.changed',
      update: [{ record: srf, data: { ...srf.data, ...fields, items: replaced } }],
    });
    const after = saved.get(srf.id) as Saved<SrfData>;
    return ok(srfView(after), after);
  },
});

export const srfRoutes = [
  createSrf,
  listSrfs,
  readSrf,
  changeSrf,
  ...historyEndpoints(srfKind as RecordKind, '/srfs', ['artifact']),
];
