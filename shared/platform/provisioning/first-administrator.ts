import { AppError, type Caller, derivedKey, joinId } from '../../kernel/index.ts';
import { letterTo } from '../accounts/index.ts';
import type { Capabilities } from '../capabilities/index.ts';
import { emailClaim, userKind } from '../identity/index.ts';
import type { TenantAccount } from '../tenancy/index.ts';

/** The first administrator's id follows from the tenant, so that making them again finds them. */
function firstAdministratorId(tenant: string): string {
  return joinId(userKind.prefix, undefined, derivedKey('first administrator', tenant));
}

/** Makes the tenant's first owner, who has no password yet. Running it again changes nothing. */
export async function makeFirstAdministrator(
  { records, blindIndex }: Pick<Capabilities, 'records' | 'blindIndex'>,
  { beginnings }: TenantAccount,
  owner: Caller,
): Promise<void> {
  const id = firstAdministratorId(owner.tenant);
  const directory = records.for(owner).scope('directory');
  if (beginnings === null || (await directory.find(userKind, id)) !== undefined) return;
  const { email, name } = beginnings.administrator;
  const data = { email, name, roles: ['tenant-owner'], status: 'invited' };
  await directory.commit({
    action: 'platform.user.created',
    create: [{ kind: userKind, id, data }],
    claims: [{ id: emailClaim(await blindIndex(owner.tenant), email), owner: id }],
  });
}

/**
 * Asks for the letter that brings the first owner their link. The job's id follows from the tenant, so there is one
 * letter however often this runs; the next ones are asked for by people.
 */
export async function inviteFirstAdministrator(
  { records, now }: Pick<Capabilities, 'records' | 'now'>,
  owner: Caller,
): Promise<void> {
  const id = firstAdministratorId(owner.tenant);
  const directory = records.for(owner).scope('directory');
  const user = await directory.find(userKind, id);
  if (user?.data.status !== 'invited') return;
  const newKey = () => derivedKey('first invitation', owner.tenant);
  const letter = letterTo({ now, newKey }, owner, 'invitation', id, 'directory');
  try {
    await directory.commit({ action: 'platform.user.invited', ...letter });
  } catch (error) {
    if (!(error instanceof AppError) || error.code !== 'platform.already_exists') throw error;
  }
}
