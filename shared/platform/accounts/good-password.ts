import type { Caller } from '../../kernel/index.ts';
import type { Capabilities } from '../capabilities/index.ts';
import { type Credential, commonPasswords, passwordProblem, type UserData } from '../identity/index.ts';
import { accountFault } from './faults.ts';

/** Refuses a password that is too short, too common or too near to its owner. */
export async function assertGoodPassword(
  platform: Capabilities,
  caller: Caller,
  user: Pick<UserData, 'name' | 'email'>,
  credential: Pick<Credential, 'totp'>,
  password: string,
): Promise<void> {
  const tenant = await platform.tenants.byId(caller.tenant);
  const names = tenant === undefined ? [] : [tenant.name, tenant.slug, tenant.branding.legalName];
  const person = { name: user.name, email: user.email, tenant: names, hasMfa: credential.totp !== null };
  const problem = passwordProblem(password, person, await commonPasswords());
  if (problem !== undefined) throw accountFault(problem.code, 'data' in problem ? problem.data : {});
}
