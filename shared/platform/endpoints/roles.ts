import * as z from 'zod';
import { type Caller, everyTenantRole, type PermissionTable, timestamp } from '../../kernel/index.ts';
import { languages } from '../../kernel/languages/index.ts';
import {
  accessFault,
  CustomRole,
  type CustomRoleData,
  endShares,
  grantKind,
  isSelf,
  MOST_GRANTS,
  MOST_ROLES,
  Permission,
  roleKind,
  roleTitles,
} from '../access/index.ts';
import { assertMayGive, whenRolesMoved } from '../accounts/index.ts';
import type { Capabilities } from '../capabilities/index.ts';
import { created, defineEndpoint, type Endpoint, ok } from '../http/index.ts';
import {
  newRecordId,
  onFresh,
  type RecordKind,
  recordFault,
  type Saved,
  type Use,
} from '../records/index.ts';
import { defineList } from './define-list.ts';
import { historyEndpoints } from './history.ts';
import { itemParams } from './lists.ts';

export const rolePermissions: PermissionTable = {
  'platform.role:read': ['tenant-owner', 'administrator', 'quality-manager', 'manager'],
  'platform.role:write': ['tenant-owner', 'administrator'],
};

const RoleView = CustomRole.extend({ id: z.string(), version: z.int() });
const feature = 'custom_roles';
/** How many of those that stand in the way a refusal names. */
const MOST_NAMED = 5;
const writing = { permission: 'platform.role:write' };

function roleView({ id, version, data }: Saved<CustomRoleData>): z.infer<typeof RoleView> {
  return { id, version, ...data };
}

/** Permissions that a tenant can give: somebody in a tenant may have them, and they are not everybody's own. */
function giveable(table: PermissionTable): readonly string[] {
  const isTenants = (permission: string): boolean =>
    table[permission]?.some(role => everyTenantRole.includes(role)) === true;
  return Object.keys(table)
    .filter(permission => isTenants(permission) && !isSelf(permission))
    .toSorted();
}

/** Refuses permissions that there are not, or that no tenant can give. */
function assertKnown(table: PermissionTable, permissions: readonly string[]): void {
  const known = new Set(giveable(table));
  const unknown = permissions.filter(permission => !known.has(permission));
  if (unknown.length > 0)
    throw accessFault('platform.permission_unknown', { permissions: unknown.join(', ') });
}

const example = {
  name: { en: 'Receptionist', fa: 'پذیرش' },
  description: 'Receives instruments at the counter.',
  permissions: ['calibration.srf:read', 'calibration.srf:receive'],
};

/** A tenant's own roles. A change is felt by everybody who holds the role within half a minute, without a new login. */
export function roleEndpoints(table: () => PermissionTable): readonly Endpoint[] {
  return [
    createEndpoint(table),
    changeEndpoint(table),
    remove,
    read,
    list,
    catalogueEndpoint(table),
    ...historyEndpoints(roleKind as RecordKind, '/roles'),
  ];
}

function createEndpoint(table: () => PermissionTable): Endpoint {
  return defineEndpoint({
    id: 'platform.role.create',
    method: 'POST',
    path: '/roles',
    access: writing,
    wholeTenant: true,
    stepUp: true,
    feature,
    summary: 'Makes a role of the tenant’s own, of permissions that its maker holds and may give.',
    body: CustomRole,
    creates: roleKind as RecordKind,
    example: { body: example },
    replies: { 201: { description: 'Made.', schema: RoleView } },
    faults: ['platform.permission_unknown', 'platform.permission_beyond', 'platform.role_limit'],
    handle: async ({ caller, body, newKey }, platform) => {
      assertKnown(table(), body.permissions);
      assertMayGive(platform, caller, body.permissions);
      const directory = platform.records.for(caller).scope('directory');
      if ((await directory.count(roleKind as RecordKind)) >= MOST_ROLES)
        throw accessFault('platform.role_limit', { most: MOST_ROLES });
      const id = newRecordId(roleKind as RecordKind, newKey());
      const location = `/api/v1/roles/${id}`;
      const { reply } = await directory.commit({
        action: 'platform.role.created',
        create: [{ kind: roleKind as RecordKind, id, data: body }],
        reply: saved => created(location, roleView(saved.get(id) as Saved<CustomRoleData>), saved.get(id)),
      });
      platform.directory.forget(caller.tenant);
      return reply ?? created(location, undefined);
    },
  });
}

function changeEndpoint(table: () => PermissionTable): Endpoint {
  return defineEndpoint({
    id: 'platform.role.change',
    method: 'PATCH',
    path: '/roles/:id',
    access: writing,
    wholeTenant: true,
    stepUp: true,
    feature,
    summary: 'Changes a role; whoever holds it may something else within half a minute.',
    params: itemParams,
    body: CustomRole.partial(),
    ifMatch: true,
    example: { body: { permissions: ['calibration.srf:read'] } },
    replies: { 200: { description: 'Changed.', schema: RoleView } },
    faults: ['platform.permission_unknown', 'platform.permission_beyond'],
    handle: async ({ caller, params, body, ifMatch }, platform) => {
      const records = platform.records.for(caller);
      const role = await records.get(roleKind, params.id);
      if (role.version !== ifMatch) throw recordFault('platform.version_stale', { version: role.version });
      assertKnown(table(), body.permissions ?? []);
      // Nobody gives by a role what they may not give, nor takes it.
      assertMayGive(platform, caller, [...role.data.permissions, ...(body.permissions ?? [])]);
      const { saved } = await records.scope('directory').commit({
        action: 'platform.role.changed',
        update: [{ record: role, data: { ...role.data, ...body } }],
      });
      platform.directory.forget(caller.tenant);
      const after = saved.get(role.id) as Saved<CustomRoleData>; // the commit above changed it
      return ok(roleView(after), after);
    },
  });
}

const remove = defineEndpoint({
  id: 'platform.role.delete',
  method: 'DELETE',
  path: '/roles/:id',
  access: writing,
  wholeTenant: true,
  summary: 'Deletes a role that nobody holds. Its history stays.',
  params: itemParams,
  ifMatch: true,
  replies: { 204: { description: 'Deleted.' } },
  faults: ['platform.in_use', 'platform.permission_beyond'],
  handle: async ({ caller, params, ifMatch }, platform) => {
    const records = platform.records.for(caller);
    // Whoever gives the role to somebody meanwhile, or shares with it, meets this at an ETag: one of the two looks again.
    const load = async () => {
      const role = await records.get(roleKind, params.id);
      if (role.version !== ifMatch) throw recordFault('platform.version_stale', { version: role.version });
      assertMayGive(platform, caller, role.data.permissions);
      const { grants, write } = await endShares(platform, caller, role.id);
      const users = [
        ...(await records.usersOf(roleKind as RecordKind, role.id)),
        ...(await grantsTo(platform, caller, role.id, grants)),
      ];
      if (users.length > 0) throw recordFault('platform.in_use', { id: role.id, users });
      return { role, write };
    };
    const remove = ({ role, write }: Awaited<ReturnType<typeof load>>) =>
      records.scope('directory').commit({ action: 'platform.role.deleted', remove: [role], states: [write] });
    await onFresh(load, remove, whenRolesMoved);
    platform.directory.forget(caller.tenant);
    return { status: 204, headers: {}, body: undefined };
  },
});

/** The grants that share something with a role now, as `usersOf` tells them. `newest`: those that a query may not see yet. */
async function grantsTo(
  platform: Capabilities,
  caller: Caller,
  role: string,
  newest: readonly string[],
): Promise<readonly Use[]> {
  const where = { to: role, expiresAt: { from: timestamp(platform.now()) } };
  const { items } = await platform.records.for(caller).list(grantKind, { where, limit: MOST_GRANTS });
  const ids = [...new Set([...newest, ...items.map(({ id }) => id)])];
  return ids.length === 0
    ? []
    : [{ kind: grantKind.name, count: ids.length, first: ids.slice(0, MOST_NAMED) }];
}

const read = defineEndpoint({
  id: 'platform.role.read',
  method: 'GET',
  path: '/roles/:id',
  access: { permission: roleKind.readPermission },
  summary: 'One role of the tenant’s own.',
  params: itemParams,
  replies: { 200: { description: 'The role.', schema: RoleView } },
  handle: async ({ caller, params }, platform) => {
    const role = await platform.records.for(caller).get(roleKind, params.id);
    return ok(roleView(role), role);
  },
});

const list = defineList({
  id: 'platform.role.list',
  path: '/roles',
  summary: 'The roles of the tenant’s own.',
  kind: roleKind,
  view: RoleView,
  show: roleView,
});

const Title = z.strictObject(Object.fromEntries(languages.map(language => [language, z.string()])));

function catalogueEndpoint(table: () => PermissionTable): Endpoint {
  return defineEndpoint({
    id: 'platform.role.catalogue',
    method: 'GET',
    path: '/role-catalogue',
    access: { permission: roleKind.readPermission },
    summary: 'The standard roles with what each may, and every permission that roles can be made of.',
    replies: {
      200: {
        description: 'The catalogue.',
        schema: z.strictObject({
          roles: z.array(
            z.strictObject({ role: z.string(), title: Title, permissions: z.array(Permission) }),
          ),
          permissions: z.array(Permission),
        }),
      },
    },
    handle: async () => {
      const permissions = giveable(table());
      const roles = everyTenantRole.map(role => ({
        role,
        title: roleTitles[role],
        permissions: permissions.filter(permission => table()[permission]?.includes(role)),
      }));
      return ok({ roles, permissions });
    },
  });
}
