import * as z from 'zod';
import type { Caller } from '../../../kernel/index.ts';
import { accountFault, commitOnePerson, letterTo, operatorIn } from '../../accounts/index.ts';
import type { Capabilities } from '../../capabilities/index.ts';
import { defineEndpoint } from '../../http/index.ts';
import { emailClaim, type UserData, userKind } from '../../identity/index.ts';
import { newRecordId, type Saved, type StateWrite } from '../../records/index.ts';
import { tenancyFault, tenantKind } from '../../tenancy/index.ts';
import { itemParams } from '../lists.ts';
import { Administrator } from './create-tenant.ts';

const accepted = { status: 202, headers: {}, body: undefined } as const;

/**
 * `POST /tenants/:id/invitation`: until somebody has taken the tenant over, operators send the first owner's link again, or
 * invite somebody else in their place. It stands in the tenant's own history, under the operator's name.
 */
export const inviteOwner = defineEndpoint({
  id: 'platform.tenant.invite',
  method: 'POST',
  path: '/tenants/:id/invitation',
  access: 'operator',
  summary:
    'Sends the first administrator’s invitation again, or to somebody else in their place; until one has accepted.',
  params: itemParams,
  body: z.strictObject({ administrator: Administrator.optional() }),
  example: { body: { administrator: { email: 'helen@northgate.example', name: 'Helen Marchetti' } } },
  replies: { 202: { description: 'A mail is on its way; the link before is no longer good.' } },
  faults: [
    'platform.tenant_transition_not_open',
    'platform.tenant_has_owner',
    'platform.user_not_invited',
    'platform.claim_taken',
    'platform.plan_limit_reached',
  ],
  handle: async ({ caller, params, body }, platform) => {
    const { data } = await platform.records.for(caller).get(tenantKind, params.id);
    if (data.status !== 'active')
      throw tenancyFault('platform.tenant_transition_not_open', {
        action: 'invitation',
        status: data.status,
      });
    const inTenant = await operatorIn(platform, caller, params.id);
    const invited = await invitedOwners(platform, inTenant);
    if (body.administrator === undefined) await inviteAgain(platform, inTenant, invited);
    else await inviteInstead(platform, inTenant, invited, body.administrator);
    return accepted;
  },
});

/** The owners who have not come yet. As soon as one has, a tenant's people invite each other. */
async function invitedOwners(platform: Capabilities, caller: Caller): Promise<readonly Saved<UserData>[]> {
  const query = { where: { owner: true }, limit: 100 };
  const { items } = await platform.records.for(caller).list(userKind, query);
  if (items.some(({ data }) => data.status === 'active')) throw tenancyFault('platform.tenant_has_owner');
  return items.filter(({ data }) => data.status === 'invited');
}

async function inviteAgain(
  platform: Capabilities,
  caller: Caller,
  [user]: readonly Saved<UserData>[],
): Promise<void> {
  if (user === undefined) throw accountFault('platform.user_not_invited');
  const letter = letterTo(platform, caller, 'invitation', user.id, 'directory');
  await platform.records
    .for(caller)
    .scope('directory')
    .commit({ action: 'platform.user.invited', ...letter, expect: [user] });
}

async function inviteInstead(
  platform: Capabilities,
  caller: Caller,
  invited: readonly Saved<UserData>[],
  { email, name }: z.infer<typeof Administrator>,
): Promise<void> {
  const id = newRecordId(userKind, platform.newKey());
  const data: UserData = { email, name, roles: ['tenant-owner'], status: 'invited' };
  const { create = [], jobs = [] } = letterTo(platform, caller, 'invitation', id, 'directory');
  const claims = [{ id: emailClaim(await platform.blindIndex(caller.tenant), email), owner: id }];
  const commit = (states: readonly StateWrite[]) =>
    platform.records
      .for(caller)
      .scope('directory')
      .commit({
        action: 'platform.user.created',
        create: [{ kind: userKind, id, data }, ...create],
        update: invited.map(record => ({ record, data: { ...record.data, status: 'disabled' } })),
        ...{ claims, states, jobs },
      });
  // Whoever makes place for them is counted no more.
  await (invited.length > 0 ? commit([]) : commitOnePerson(platform, caller, commit));
}
