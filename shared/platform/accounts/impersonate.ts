import { type Caller, secondsAfter, tenantId, timestamp } from '../../kernel/index.ts';
import type { Capabilities } from '../capabilities/index.ts';
import { type ImpersonationData, impersonationKind, userKind } from '../identity/index.ts';
import { newRecordId, recordFault, type Saved } from '../records/index.ts';
import { PLATFORM } from '../tenancy/index.ts';
import { revocationWrite } from './end-sessions.ts';
import { accountFault } from './faults.ts';

export type ImpersonationRequest = {
  readonly tenant: string;
  readonly user: string;
  readonly reason: string;
  readonly minutes: number;
};

/** The operator as caller in a tenant. What they do there is written in the tenant's own history, under their name. */
export async function operatorIn(platform: Capabilities, caller: Caller, tenant: string): Promise<Caller> {
  const found = tenant === PLATFORM ? undefined : await platform.tenants.byId(tenant);
  if (found === undefined) throw recordFault('platform.not_found', { id: tenant });
  return { ...caller, tenant: tenantId(found.id), tenantSlug: found.slug, idempotency: undefined };
}

/**
 * Puts an operator in the place of a tenant's user. The token says so, cannot be renewed, and opens nothing that is the
 * user's own to do: signing, credentials, rights of others.
 */
export async function impersonate(
  platform: Capabilities,
  operator: Caller,
  request: ImpersonationRequest,
): Promise<{
  readonly record: Saved<ImpersonationData>;
  readonly accessToken: string;
  readonly expiresIn: number;
}> {
  const caller = await operatorIn(platform, operator, request.tenant);
  const records = platform.records.for(caller);
  const user = await records.get(userKind, request.user);
  if (user.data.status !== 'active') throw accountFault('platform.user_not_active');
  const id = newRecordId(impersonationKind, platform.newKey());
  const expiresIn = request.minutes * 60;
  const acting = { user: operator.user, name: operator.name };
  const data: ImpersonationData = {
    operator: acting,
    user: user.id,
    reason: request.reason,
    until: timestamp(secondsAfter(platform.now(), expiresIn)),
    endedAt: null,
  };
  const { saved } = await records.scope('directory').commit({
    action: 'platform.impersonation.begun',
    reason: request.reason,
    create: [{ kind: impersonationKind, id, data }],
  });
  const accessToken = await platform.identity.issue(
    {
      user: user.id,
      tenant: caller.tenant,
      name: user.data.name,
      roles: user.data.roles,
      branches: user.data.branches ?? undefined,
      session: id,
      version: user.version,
      operator: acting,
    },
    expiresIn,
  );
  return { record: saved.get(id) as Saved<ImpersonationData>, accessToken, expiresIn };
}

/** Ends an impersonation at once; `caller` is the operator in the tenant, or an owner of the tenant. */
export async function endImpersonation(platform: Capabilities, caller: Caller, id: string): Promise<void> {
  const records = platform.records.for(caller);
  const record = await records.get(impersonationKind, id);
  if (record.data.endedAt !== null) return;
  await records.scope('directory').commit({
    action: 'platform.impersonation.ended',
    update: [{ record, data: { ...record.data, endedAt: timestamp(platform.now()) } }],
    states: [revocationWrite(platform, { session: id })],
  });
  platform.directory.forget(caller.tenant);
}
