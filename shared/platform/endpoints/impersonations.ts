import * as z from 'zod';
import type { PermissionTable } from '../../kernel/index.ts';
import { endImpersonation, impersonate, operatorIn } from '../accounts/index.ts';
import { defineEndpoint } from '../http/index.ts';
import {
  Impersonation,
  type ImpersonationData,
  impersonationKind,
  MOST_IMPERSONATION_MINUTES,
} from '../identity/index.ts';
import type { Saved } from '../records/index.ts';
import { proseText } from '../texts/index.ts';
import { defineList } from './define-list.ts';
import { Id, itemParams } from './lists.ts';

export const impersonationPermissions: PermissionTable = {
  'platform.impersonation:read': ['tenant-owner'],
  'platform.impersonation:end': ['tenant-owner'],
};

const View = Impersonation.extend({ id: z.string() });
const nothing = { status: 204, headers: {}, body: undefined } as const;

function view({ id, data }: Saved<ImpersonationData>): z.infer<typeof View> {
  return { id, ...data };
}

const begin = defineEndpoint({
  id: 'platform.impersonation.begin',
  method: 'POST',
  path: '/operator/impersonations',
  access: 'operator',
  stepUp: true,
  summary: 'Puts an operator in the place of a tenant’s user, for a reason and for an hour at most.',
  body: z.strictObject({
    tenant: Id,
    user: Id,
    reason: proseText(1000).min(10),
    minutes: z.number().int().min(1).max(MOST_IMPERSONATION_MINUTES).default(30),
  }),
  example: {
    body: {
      tenant: 'tnt_lab',
      user: 'usr_01h',
      reason: 'Ticket 4711: certificate does not print',
      minutes: 30,
    },
  },
  replies: {
    201: {
      description: 'The token is good on the tenant’s host until then, and is not renewed.',
      schema: View.extend({ accessToken: z.string(), tokenType: z.literal('Bearer'), expiresIn: z.number() }),
    },
  },
  faults: ['platform.user_not_active'],
  handle: async ({ caller, body, newKey }, platform) => {
    const made = await impersonate(platform, caller, body, newKey);
    const { record, accessToken, expiresIn, isRepeated } = made;
    return {
      status: 201,
      headers: isRepeated ? { 'idempotency-replayed': 'true' } : {},
      body: { ...view(record), accessToken, tokenType: 'Bearer', expiresIn },
    };
  },
});

const endByOperator = defineEndpoint({
  id: 'platform.impersonation.end_by_operator',
  method: 'DELETE',
  path: '/operator/tenants/:tenant/impersonations/:id',
  access: 'operator',
  summary: 'Ends an impersonation at once.',
  params: z.strictObject({ tenant: Id, id: Id }),
  replies: { 204: { description: 'Ended.' } },
  handle: async ({ caller, params }, platform) => {
    await endImpersonation(platform, await operatorIn(platform, caller, params.tenant), params.id);
    return nothing;
  },
});

const list = defineList({
  id: 'platform.impersonation.list',
  path: '/impersonations',
  summary: 'Which operators acted in the place of whom, until when and why.',
  kind: impersonationKind,
  view: View,
  show: view,
});

const endByOwner = defineEndpoint({
  id: 'platform.impersonation.end',
  method: 'DELETE',
  path: '/impersonations/:id',
  access: { permission: 'platform.impersonation:end' },
  summary: 'Ends an impersonation of one of the tenant’s people at once.',
  params: itemParams,
  replies: { 204: { description: 'Ended.' } },
  handle: async ({ caller, params }, platform) => {
    await endImpersonation(platform, caller, params.id);
    return nothing;
  },
});

export const impersonationEndpoints = [begin, endByOperator, list, endByOwner];
