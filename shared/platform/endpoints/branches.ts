import * as z from 'zod';
import { everyTenantRole, type PermissionTable } from '../../kernel/index.ts';
import { Branch, type BranchData, branchKind } from '../access/index.ts';
import { created, defineEndpoint, type Endpoint, ok } from '../http/index.ts';
import { newRecordId, type RecordKind, recordFault, type Saved } from '../records/index.ts';
import { commitOneBranch } from './commit-one-branch.ts';
import { defineList } from './define-list.ts';
import { historyEndpoints } from './history.ts';
import { anyOf } from './list-filters.ts';
import { itemParams } from './lists.ts';

export const branchPermissions: PermissionTable = {
  'platform.branch:read': everyTenantRole,
  'platform.branch:write': ['tenant-owner', 'administrator'],
};

const BranchView = Branch.extend({ id: z.string(), version: z.int() });
const NewBranch = Branch.omit({ status: true }).extend({ address: Branch.shape.address.default([]) });
const writing = { permission: 'platform.branch:write' };

function branchView({ id, version, data }: Saved<BranchData>): z.infer<typeof BranchView> {
  return { id, version, ...data };
}

const create = defineEndpoint({
  id: 'platform.branch.create',
  method: 'POST',
  path: '/branches',
  access: writing,
  wholeTenant: true,
  summary: 'Adds a branch. Records that name it belong to it, and people can be limited to it.',
  body: NewBranch,
  creates: branchKind as RecordKind,
  example: { body: { name: 'Eastmoor', address: ['Unit 7, Foundry Lane', '20981 Eastmoor'] } },
  replies: { 201: { description: 'Added.', schema: BranchView } },
  faults: ['platform.plan_limit_reached'],
  handle: async ({ caller, body, newKey }, platform) => {
    const id = newRecordId(branchKind as RecordKind, newKey());
    const location = `/api/v1/branches/${id}`;
    const { reply } = await commitOneBranch(platform, caller, id, claims =>
      platform.records
        .for(caller)
        .scope(id)
        .commit({
          action: 'platform.branch.created',
          create: [{ kind: branchKind as RecordKind, id, data: { ...body, status: 'active' } }],
          claims,
          reply: saved => created(location, branchView(saved.get(id) as Saved<BranchData>), saved.get(id)),
        }),
    );
    return reply ?? created(location, undefined);
  },
});

const change = defineEndpoint({
  id: 'platform.branch.change',
  method: 'PATCH',
  path: '/branches/:id',
  access: writing,
  wholeTenant: true,
  summary: 'Changes a branch; an inactive one takes no new work.',
  params: itemParams,
  body: Branch.partial(),
  ifMatch: true,
  example: { body: { status: 'inactive' } },
  replies: { 200: { description: 'Changed.', schema: BranchView } },
  handle: async ({ caller, params, body, ifMatch }, platform) => {
    const records = platform.records.for(caller);
    const branch = await records.get(branchKind, params.id);
    if (branch.version !== ifMatch) throw recordFault('platform.version_stale', { version: branch.version });
    const { saved } = await records.scope(branch.id).commit({
      action: 'platform.branch.changed',
      update: [{ record: branch, data: { ...branch.data, ...body } }],
    });
    const after = saved.get(branch.id) as Saved<BranchData>; // the commit above changed it
    return ok(branchView(after), after);
  },
});

const read = defineEndpoint({
  id: 'platform.branch.read',
  method: 'GET',
  path: '/branches/:id',
  access: { permission: branchKind.readPermission },
  summary: 'One branch.',
  params: itemParams,
  replies: { 200: { description: 'The branch.', schema: BranchView } },
  handle: async ({ caller, params }, platform) => {
    const branch = await platform.records.for(caller).get(branchKind, params.id);
    return ok(branchView(branch), branch);
  },
});

const list = defineList({
  id: 'platform.branch.list',
  path: '/branches',
  summary: 'The branches; those of whoever is limited to some.',
  kind: branchKind,
  filters: { status: anyOf(Branch.shape.status) },
  sorts: ['name'],
  view: BranchView,
  show: branchView,
});

export const branchEndpoints: readonly Endpoint[] = [
  create,
  change,
  read,
  list,
  ...historyEndpoints(branchKind as RecordKind, '/branches'),
];
