import { type Caller, derivedKey } from '../../kernel/index.ts';
import { askForJob } from '../jobs/index.ts';

export const ERASE_JOB = 'platform.tenant.erase';

/**
 * The job that erases a tenant whose time it is, as a part of a commit in the tenant's scope of the register. However many ask at
 * once, it is one: its key follows from the tenant, the time, and how many such jobs ended before without an end. Pure.
 */
export function askForErasure(
  caller: Caller,
  now: Date,
  tenant: string,
  eraseAt: string,
  ended = 0,
): ReturnType<typeof askForJob> {
  const key = derivedKey(ERASE_JOB, tenant, eraseAt, String(ended));
  return askForJob(caller, key, now, { name: ERASE_JOB, queue: 'jobs', subject: tenant, scope: tenant });
}
