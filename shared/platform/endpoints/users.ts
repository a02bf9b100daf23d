import * as z from 'zod';
import { operatorRoles, type PermissionTable } from '../../kernel/index.ts';
import { emailForm } from '../../kernel/languages/index.ts';
import { RoleName } from '../access/index.ts';
import {
  accountFault,
  assertMayChange,
  changeUser,
  commitOnePerson,
  letterTo,
  whenRolesMoved,
} from '../accounts/index.ts';
import { created, defineEndpoint, ok } from '../http/index.ts';
import { emailClaim, User, type UserData, userKind } from '../identity/index.ts';
import { newRecordId, onFresh, type Saved } from '../records/index.ts';
import { PLATFORM } from '../tenancy/index.ts';
import { lineText } from '../texts/index.ts';
import { defineList } from './define-list.ts';
import { anyOf, exactly } from './list-filters.ts';
import { itemParams } from './lists.ts';

export const userPermissions: PermissionTable = {
  'platform.user:read': ['tenant-owner', 'administrator', 'quality-manager', 'manager', ...operatorRoles],
  'platform.user:write': ['tenant-owner', 'administrator', 'operator'],
  /** Gives the standard roles that are not privileged, also those that may what the giver may not. */
  'platform.user:grant_standard': ['tenant-owner', 'administrator', 'operator'],
  /** Only owners make those who own, administer or sign, by whatever role; so nobody rises by a second account. */
  'platform.user:grant_privileged': ['tenant-owner', 'operator'],
};

const UserView = User.extend({ id: z.string(), version: z.number().int() });

const MOST_ROLES = 20;
const Roles = z
  .array(RoleName)
  .min(1)
  .max(MOST_ROLES)
  .meta({ description: 'Standard roles by name, the tenant’s own by id.' });
const NewUser = User.omit({ status: true, theme: true, timeZone: true }).extend({
  email: z.email().max(254).meta({ personal: true }),
  name: lineText(200).meta({ personal: true }),
  title: lineText(200).optional().meta({ personal: true }),
  roles: Roles,
});
const UserPatch = NewUser.extend({
  email: NewUser.shape.email.meta({
    personal: true,
    description: 'Corrects the address of somebody who has not chosen a password yet, and invites them anew.',
  }),
  status: z.enum(['active', 'disabled']),
}).partial();

/** Operators are on the platform's own directory, and nobody else is. */
function assertRolesFit(tenant: string, wanted: readonly string[]): void {
  const isPlatform = tenant === PLATFORM;
  const unfit = wanted.filter(role => operatorRoles.some(one => one === role) !== isPlatform);
  if (unfit.length > 0) throw accountFault('platform.role_unfit', { roles: unfit.join(', ') });
}

function userView(user: Saved<UserData>): z.infer<typeof UserView> {
  return { id: user.id, version: user.version, ...user.data };
}

const createUser = defineEndpoint({
  id: 'platform.user.create',
  method: 'POST',
  path: '/users',
  access: { permission: 'platform.user:write' },
  summary:
    'Invites a person: a mail brings them the link to choose a password. Whoever signs or administers is made and changed with a fresh proof.',
  body: NewUser,
  creates: userKind,
  example: {
    body: { email: 'rana@lab.example', name: 'Rana Karimi', roles: ['technician'] },
  },
  replies: { 201: { description: 'Invited.', schema: UserView } },
  faults: [
    'platform.claim_taken',
    'platform.role_privileged',
    'platform.step_up_required',
    'platform.role_unknown',
    'platform.branch_unknown',
    'platform.branches_beyond',
    'platform.branches_unfit',
    'platform.plan_limit_reached',
  ],
  handle: async ({ caller, body, newKey }, platform) => {
    assertRolesFit(caller.tenant, body.roles);
    const directory = platform.records.for(caller).scope('directory');
    const id = newRecordId(userKind, newKey());
    const data: UserData = { ...body, status: 'invited' };
    const letter = letterTo(platform, caller, 'invitation', id, 'directory');
    const claims = [{ id: emailClaim(await platform.blindIndex(caller.tenant), data.email), owner: id }];
    const { reply } = await commitOnePerson(platform, caller, states =>
      onFresh(
        () => assertMayChange(platform, caller, undefined, body),
        expect =>
          directory.commit({
            action: 'platform.user.created',
            create: [{ kind: userKind, id, data }, ...(letter.create ?? [])],
            jobs: letter.jobs ?? [],
            ...{ claims, states },
            expect,
            reply: saved =>
              created(`/api/v1/users/${id}`, userView(saved.get(id) as Saved<UserData>), saved.get(id)),
          }),
        whenRolesMoved,
      ),
    );
    return reply ?? created(`/api/v1/users/${id}`, undefined);
  },
});

const inviteAgain = defineEndpoint({
  id: 'platform.user.invite',
  method: 'POST',
  path: '/users/:id/invitation',
  access: { permission: 'platform.user:write' },
  summary: 'Sends the invitation once more; the link of the mail before is no longer good.',
  params: itemParams,
  replies: { 202: { description: 'A mail is on its way.' } },
  faults: ['platform.user_not_invited', 'platform.role_privileged', 'platform.branches_beyond'],
  handle: async ({ caller, params }, platform) => {
    const records = platform.records.for(caller);
    const user = await records.get(userKind, params.id);
    if (user.data.status !== 'invited') throw accountFault('platform.user_not_invited');
    await assertMayChange(platform, caller, user, {});
    const { create = [], jobs = [] } = letterTo(platform, caller, 'invitation', user.id, 'directory');
    const reply = { status: 202, headers: {}, body: undefined };
    const action = 'platform.user.invited';
    const committed = await records
      .scope('directory')
      .commit({ action, create, jobs, expect: [user], reply: () => reply });
    return committed.reply ?? reply;
  },
});

const changePerson = defineEndpoint({
  id: 'platform.user.change',
  method: 'PATCH',
  path: '/users/:id',
  access: { permission: 'platform.user:write' },
  summary:
    'Changes a person: name, title, roles, language, whether they may log in, or the address of who was invited and has not come. Felt everywhere within a minute. Whoever signs or administers is made and changed with a fresh proof.',
  params: itemParams,
  body: UserPatch,
  ifMatch: true,
  example: { body: { roles: ['technician', 'sales'] } },
  replies: { 200: { description: 'Changed.', schema: UserView } },
  faults: [
    'platform.role_privileged',
    'platform.step_up_required',
    'platform.role_unknown',
    'platform.branch_unknown',
    'platform.branches_beyond',
    'platform.branches_unfit',
    'platform.user_own',
    'platform.user_erased',
    'platform.user_not_invited',
    'platform.claim_taken',
    'platform.owner_last',
    'platform.plan_limit_reached',
  ],
  handle: async ({ caller, params, body, ifMatch }, platform) => {
    const { id } = params;
    // What was left out is not there; zod tells that from `undefined`, the compiler cannot.
    const change = body as Parameters<typeof changeUser>[4];
    assertRolesFit(caller.tenant, change.roles ?? []);
    const view = (saved: ReadonlyMap<string, Saved<unknown>>) => {
      const user = saved.get(id) as Saved<UserData>;
      return ok(userView(user), user);
    };
    const { saved, reply } = await changeUser(platform, caller, id, ifMatch, change, view);
    return reply ?? view(saved);
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
  personal: { email: exactly(z.email().max(254), emailForm) },
  view: UserView,
  show: userView,
});

export const userEndpoints = [createUser, inviteAgain, changePerson, readUser, listUsers];
