import { AppError, type Caller, type Role, secondsAfter, tenantId, timestamp } from '../../kernel/index.ts';
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

/** An impersonation that began, or had begun under the same Idempotency-Key, with a token for what is left of it. */
export type Impersonating = {
  readonly record: Saved<ImpersonationData>;
  readonly accessToken: string;
  readonly expiresIn: number;
  readonly isRepeated: boolean;
};

/**
 * Puts an operator in the place of a tenant's user. The token says so, cannot be renewed, ends with the operator's own
 * session, and opens nothing that is the user's own to do: signing, credentials, rights of others. The token is kept
 * nowhere, so a repeated request gets another one for the same impersonation.
 */
export async function impersonate(
  platform: Capabilities,
  operator: Caller,
  request: ImpersonationRequest,
  newKey: () => string,
): Promise<Impersonating> {
  const own = platform.records.for(operator).scope(operator.user);
  const isKnown = (await own.repeated()) !== undefined;
  const caller = await operatorIn(platform, operator, request.tenant);
  const version = await operatorVersion(platform, operator);
  const user = await platform.records.for(caller).get(userKind, request.user);
  if (user.data.status !== 'active') throw accountFault('platform.user_not_active');
  const { record, isRepeated } = await beginOrMeet(platform, operator, caller, request, newKey());
  if (!isKnown) await own.keepReply({ status: 201, headers: {}, body: { id: record.id } });
  const left = Math.round((Date.parse(record.data.until) - platform.now().getTime()) / 1000);
  const expiresIn = isRepeated ? Math.max(0, left) : request.minutes * 60;
  const accessToken = await platform.identity.issue(
    {
      user: user.id,
      tenant: caller.tenant,
      name: user.data.name,
      roles: user.data.roles,
      branches: user.data.branches ?? undefined,
      session: record.id,
      version: user.version,
      operator: { user: operator.user, name: operator.name, session: operator.via?.id ?? '', version },
    },
    expiresIn,
  );
  return { record, accessToken, expiresIn, isRepeated };
}

/** The record of an impersonation under this key: a new one, or the one that the same request made before. */
async function beginOrMeet(
  platform: Capabilities,
  { user, name }: Caller,
  caller: Caller,
  request: ImpersonationRequest,
  key: string,
): Promise<{ readonly record: Saved<ImpersonationData>; readonly isRepeated: boolean }> {
  const id = newRecordId(impersonationKind, key);
  const data: ImpersonationData = {
    operator: { user, name },
    user: request.user,
    reason: request.reason,
    until: timestamp(secondsAfter(platform.now(), request.minutes * 60)),
    endedAt: null,
  };
  const directory = platform.records.for(caller).scope('directory');
  try {
    const { saved } = await directory.commit({
      action: 'platform.impersonation.begun',
      reason: request.reason,
      create: [{ kind: impersonationKind, id, data }],
    });
    return { record: saved.get(id) as Saved<ImpersonationData>, isRepeated: false }; // the commit made it
  } catch (error) {
    if (!(error instanceof AppError) || error.code !== 'platform.already_exists') throw error;
    return { record: await directory.get(impersonationKind, id), isRepeated: true };
  }
}

/** The version of the operator's own record, by which what they do is taken back when they are changed or disabled. */
async function operatorVersion(platform: Capabilities, operator: Caller): Promise<number> {
  const { data, version } = await platform.records.for(operator).get(userKind, operator.user);
  const stands = data.status === 'active' && data.roles.includes('operator' satisfies Role);
  if (!stands || operator.via?.kind !== 'session') throw accountFault('platform.user_not_active');
  return version;
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
