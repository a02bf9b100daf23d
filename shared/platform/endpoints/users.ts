import * as z from 'zod';
import {
  defineFaults,
  everyTenantRole,
  may,
  type PermissionTable,
  type Role,
  roles,
} from '../../kernel/index.ts';
import { setFirstPassword } from '../accounts/index.ts';
import { created, defineEndpoint, ok } from '../http/index.ts';
import { emailClaim, User, type UserData, userKind } from '../identity/index.ts';
import { newRecordId, type RecordKind, type Saved } from '../records/index.ts';
import { defineList } from './define-list.ts';
import { anyOf } from './list-filters.ts';
import { itemParams } from './lists.ts';
import { assertWithinPlan } from './within-plan.ts';

export const userPermissions: PermissionTable = {
  'platform.user:read': ['tenant-owner', 'administrator', 'quality-manager', 'manager'],
  'platform.user:write': ['tenant-owner', 'administrator'],
  /** Only owners make owners, administrators and those who sign; so nobody rises by a second account. */
  'platform.user:grant_privileged': ['tenant-owner'],
  'platform.self:read': everyTenantRole,
};

const UserView = User.extend({ id: z.string(), version: z.number().int() });

const privileged: readonly Role[] = ['tenant-owner', 'administrator', 'quality-manager'];

export const userFault = defineFaults({ 'platform.role_privileged': { status: 403, retry: 'never' } });

const tenantRoles = roles.filter(role => !role.startsWith('operator'));
/** `platform.md`: 15 characters or more without MFA. */
const NewUser = User.omit({ status: true }).extend({
  email: z.email().max(254).meta({ personal: true }),
  name: z.string().trim().min(1).max(200).meta({ personal: true }),
  title: z.string().trim().min(1).max(200).optional(),
  roles: z.array(z.enum(tenantRoles)).min(1).max(tenantRoles.length),
  password: z.string().min(15).max(256),
});

function userView(user: Saved<UserData>): z.infer<typeof UserView> {
  return { id: user.id, version: user.version, ...user.data };
}

const createUser = defineEndpoint({
  id: 'platform.user.create',
  method: 'POST',
  path: '/users',
  access: { permission: 'platform.user:write' },
  summary: 'Adds a person to the tenant.',
  body: NewUser,
  creates: userKind,
  example: {
    body: {
      email: 'rana@lab.example',
      name: 'Rana Karimi',
      roles: ['technician'],
      password: 'a long enough passphrase',
    },
  },
  replies: { 201: { description: 'Added.', schema: UserView } },
  faults: ['platform.claim_taken', 'platform.role_privileged', 'platform.plan_limit_reached'],
  secretFields: ['password'],
  handle: async ({ caller, body, newKey }, platform) => {
    const { password, ...person } = body;
    const above = person.roles.filter(role => privileged.includes(role));
    if (above.length > 0 && !may(caller, 'platform.user:grant_privileged')) {
      throw userFault('platform.role_privileged', { roles: above });
    }
    const directory = platform.records.for(caller).scope('directory');
    await assertWithinPlan(platform, caller, 'users', () => directory.count(userKind as RecordKind));
    const id = newRecordId(userKind, newKey());
    const data: UserData = { ...person, status: 'active' };
    await setFirstPassword(platform, caller, id, password);
    const { reply } = await directory.commit({
      action: 'platform.user.created',
      create: [{ kind: userKind, id, data }],
      claims: [{ id: emailClaim(data.email), owner: id }],
      reply: saved =>
        created(`/api/v1/users/${id}`, userView(saved.get(id) as Saved<UserData>), saved.get(id)),
    });
    return reply ?? created(`/api/v1/users/${id}`, undefined);
  },
});

const readUser = defineEndpoint({
  id: 'platform.user.read',
  method: 'GET',
  path: '/users/:id',
  access: { permission: 'platform.user:read' },
  summary: 'One person.',
  params: itemParams,
  replies: { 200: { description: 'The person.', schema: UserView } },
  handle: async ({ caller, params }, platform) => {
    const user = await platform.records.for(caller).get(userKind, params.id);
    return ok(userView(user), user);
  },
});

const listUsers = defineList({
  id: 'platform.user.list',
  path: '/users',
  summary: 'The people of the tenant.',
  kind: userKind,
  filters: { status: anyOf(User.shape.status) },
  view: UserView,
  show: userView,
});

const readSelf = defineEndpoint({
  id: 'platform.user.me',
  method: 'GET',
  path: '/me',
  access: { permission: 'platform.self:read' },
  summary: 'Who is logged in, and what they may do.',
  replies: {
    200: {
      description: 'You.',
      schema: z.strictObject({ id: z.string(), name: z.string(), permissions: z.array(z.string()) }),
    },
  },
  handle: async ({ caller }) =>
    ok({ id: caller.user, name: caller.name, permissions: [...caller.permissions].sort() }),
});

export const userEndpoints = [createUser, readUser, listUsers, readSelf];
