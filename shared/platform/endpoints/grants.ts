import * as z from 'zod';
import { type Caller, may, type PermissionTable, timestamp } from '../../kernel/index.ts';
import {
  committingGrant,
  Grant,
  type GrantData,
  grantFault,
  grantKind,
  MOST_GRANT_DAYS,
  MOST_GRANTS,
  regardlessOfBranches,
  shareable,
} from '../access/index.ts';
import { assertMayGive } from '../accounts/index.ts';
import type { Capabilities } from '../capabilities/index.ts';
import { created, defineEndpoint, type Endpoint, httpFault, ok } from '../http/index.ts';
import { userKind } from '../identity/index.ts';
import { newRecordId, type RecordKind, recordFault, type Saved, type Scope } from '../records/index.ts';
import { assertCurrent } from './current-record.ts';
import { itemParams, listQuery, pageOf, pageReply } from './lists.ts';

export const grantPermissions: PermissionTable = {
  'platform.grant:read': ['tenant-owner', 'administrator', 'quality-manager', 'manager'],
  'platform.grant:write': ['tenant-owner', 'administrator', 'quality-manager', 'manager'],
};

const GrantView = Grant.extend({ id: z.string(), version: z.int() });
const Grants = z.strictObject({ items: z.array(GrantView) });
const NewGrant = Grant.pick({ to: true, permissions: true, reason: true }).extend({
  expiresAt: z.iso.datetime().max(40),
});
const DAY_MILLISECONDS = 86_400_000;
const kind = grantKind as RecordKind;

function grantView({ id, version, data }: Saved<GrantData>): z.infer<typeof GrantView> {
  return { id, version, ...data };
}

type Kinds = () => readonly RecordKind[];

/** The record that is shared, if whoever asks sees it and may read it at all. */
async function recordOf(platform: Capabilities, caller: Caller, kinds: Kinds, id: string) {
  const shared = shareable(kinds(), id);
  if (shared === undefined) throw recordFault('platform.not_found', { id });
  const permission = shared.kind.readPermission;
  if (!may(caller, permission)) throw httpFault('platform.permission_missing', { permission });
  return platform.records.for(caller).get(shared.kind, id);
}

/** Nobody shares more than they may give, nor what is not about records of this module, nor for ever. */
function assertFit(
  platform: Capabilities,
  caller: Caller,
  record: Saved<unknown>,
  wish: z.infer<typeof NewGrant>,
): void {
  const [module = ''] = record.kind.name.split('.');
  const foreign = wish.permissions.filter(permission => !permission.startsWith(`${module}.`));
  if (foreign.length > 0) throw grantFault('platform.grant_unfit', { permissions: foreign.join(', ') });
  assertMayGive(platform, caller, wish.permissions);
  const left = Date.parse(wish.expiresAt) - platform.now().getTime();
  if (left > 0 && left <= MOST_GRANT_DAYS * DAY_MILLISECONDS) return;
  const errors = [{ pointer: '#/expiresAt', code: 'out_of_range', data: { days: MOST_GRANT_DAYS } }];
  throw httpFault('platform.input_invalid', { errors });
}

async function assertThere(platform: Capabilities, caller: Caller, to: GrantData['to']): Promise<void> {
  if ('user' in to) {
    const user = await platform.records.for(regardlessOfBranches(caller)).find(userKind, to.user);
    if (user?.data.status !== 'active') throw grantFault('platform.grantee_unknown', { holder: to.user });
    return;
  }
  // Whether a role of the tenant's own is there, the commit finds out.
  if (to.role.startsWith('operator')) throw grantFault('platform.grantee_unknown', { holder: to.role });
}

/** So many whose time is up go with one commit. */
const AT_ONCE = 20;

/** What makes room for one more grant beside those of a record: nothing while there is room, else those whose time is up. */
async function makingRoom(scope: Scope, now: Date): Promise<readonly Saved<unknown>[]> {
  if ((await scope.count(kind)) < MOST_GRANTS) return [];
  const grants = await scope.all(grantKind);
  const over = grants.filter(({ data }) => data.expiresAt <= timestamp(now)).slice(0, AT_ONCE);
  if (over.length === 0) throw grantFault('platform.grant_limit', { most: MOST_GRANTS });
  return over as readonly Saved<unknown>[];
}

function shareEndpoint(kinds: Kinds): Endpoint {
  return defineEndpoint({
    id: 'platform.grant.create',
    method: 'POST',
    path: '/records/:id/grants',
    access: { permission: 'platform.grant:write' },
    summary:
      'Shares one record with a person or a role, until an instant: what they may do with it and its parts.',
    params: itemParams,
    body: NewGrant,
    creates: kind,
    example: {
      body: {
        to: { user: 'usr_01kapx0000000000000000000a' },
        permissions: ['calibration.customer:read'],
        reason: 'Asked by the auditor.',
        expiresAt: '2027-01-29T17:00:00Z',
      },
    },
    replies: { 201: { description: 'Shared, at once.', schema: GrantView } },
    faults: [
      'platform.grant_unfit',
      'platform.grant_limit',
      'platform.grants_held',
      'platform.grantee_unknown',
      'platform.permission_beyond',
    ],
    handle: async ({ caller, params, body, newKey }, platform) => {
      const record = await recordOf(platform, caller, kinds, params.id);
      assertFit(platform, caller, record, body);
      await assertThere(platform, caller, body.to);
      const scope = platform.records.for(caller).scope(record.scope);
      const over = await makingRoom(scope, platform.now());
      const id = newRecordId(kind, newKey(), record.scope);
      const expiresAt = timestamp(new Date(body.expiresAt));
      const data: GrantData = { ...body, expiresAt, record: record.id, maker: caller.user };
      const location = `/api/v1/grants/${id}`;
      const { reply } = await committingGrant(platform, caller, body.to, { id, scope: scope.name }, claims =>
        scope.commit({
          action: 'platform.grant.created',
          reason: body.reason,
          create: [{ kind, id, data }],
          remove: over,
          claims,
          reply: saved => created(location, grantView(saved.get(id) as Saved<GrantData>), saved.get(id)),
        }),
      );
      return reply ?? created(location, undefined);
    },
  });
}

function listEndpoint(kinds: Kinds): Endpoint {
  return defineEndpoint({
    id: 'platform.grant.of_record',
    method: 'GET',
    path: '/records/:id/grants',
    access: { permission: grantKind.readPermission },
    summary: 'With whom a record is shared, those included whose time is up.',
    params: itemParams,
    replies: { 200: { description: 'The grants, oldest first.', schema: Grants } },
    handle: async ({ caller, params }, platform) => {
      const record = await recordOf(platform, caller, kinds, params.id);
      const grants = await platform.records.for(caller).scope(record.scope).all(grantKind);
      return ok({ items: grants.filter(({ data }) => data.record === record.id).map(grantView) });
    },
  });
}

/** A grant, for whoever sees the record that it shares. */
async function grantOf(platform: Capabilities, caller: Caller, kinds: Kinds, id: string) {
  const grant = await platform.records.for(caller).get(grantKind, id);
  return { grant, record: await recordOf(platform, caller, kinds, grant.data.record) };
}

function readEndpoint(kinds: Kinds): Endpoint {
  return defineEndpoint({
    id: 'platform.grant.read',
    method: 'GET',
    path: '/grants/:id',
    access: { permission: grantKind.readPermission },
    summary: 'One grant.',
    params: itemParams,
    replies: { 200: { description: 'The grant.', schema: GrantView } },
    handle: async ({ caller, params }, platform) => {
      const { grant } = await grantOf(platform, caller, kinds, params.id);
      return ok(grantView(grant), grant);
    },
  });
}

function endEndpoint(kinds: Kinds): Endpoint {
  return defineEndpoint({
    id: 'platform.grant.end',
    method: 'DELETE',
    path: '/grants/:id',
    access: { permission: 'platform.grant:write' },
    summary: 'Ends a grant at once. Its history stays.',
    params: itemParams,
    ifMatch: true,
    replies: { 204: { description: 'Ended.' } },
    handle: async (request, platform) => {
      const { caller, params } = request;
      const { grant, record } = await grantOf(platform, caller, kinds, params.id);
      assertCurrent(grant, request);
      await platform.records
        .for(caller)
        .scope(record.scope)
        .commit({ action: 'platform.grant.ended', remove: [grant] });
      return { status: 204, headers: {}, body: undefined };
    },
  });
}

const ownGrants = defineEndpoint({
  id: 'platform.grant.own',
  method: 'GET',
  path: '/me/grants',
  access: { permission: 'platform.self:read' },
  summary:
    'Which records are shared with you, by your name or a role of yours. A page leaves out those whose time is up.',
  query: listQuery,
  replies: { 200: { description: 'What is shared with you now.', schema: pageOf(GrantView) } },
  handle: async ({ caller, query, url }, platform) => {
    const records = platform.records.for(caller);
    const user = await records.find(userKind, caller.user);
    const to = { oneOf: [caller.user, ...(user?.data.roles ?? [])] };
    const { items, next } = await records.list(grantKind, { where: { to }, ...query });
    const now = timestamp(platform.now());
    const open = items.filter(({ data }) => data.expiresAt > now);
    return pageReply(url, { items: open, next }, grantView);
  },
});

/** Sharing single records: who lacks a permission, or works in other branches, may all the same do so much with this one. */
export function grantEndpoints(kinds: Kinds): readonly Endpoint[] {
  return [shareEndpoint(kinds), listEndpoint(kinds), readEndpoint(kinds), endEndpoint(kinds), ownGrants];
}
