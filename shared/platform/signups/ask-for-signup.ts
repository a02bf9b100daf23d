import { AppError, type Caller, timestamp } from '../../kernel/index.ts';
import type { Capabilities } from '../capabilities/index.ts';
import { askForJob } from '../jobs/index.ts';
import { isFreeName, tenancyFault } from '../tenancy/index.ts';
import { signupFault } from './faults.ts';
import {
  QUIET_SECONDS,
  SIGNUP_SECONDS,
  SIGNUPS,
  type SignupWish,
  sealWish,
  signupIdOf,
  signupState,
} from './signup.ts';
import { SIGNUP_MAIL_JOB } from './signup-letter.ts';
import { closedPolicy, type SignupPolicy, signupPolicyId, signupPolicyKind } from './signup-policy.ts';

/** What operators decided of self-signup; refuses while it is closed. */
export async function openPolicy(
  { records }: Pick<Capabilities, 'records'>,
  caller: Caller,
): Promise<SignupPolicy> {
  const policy = await records.for(caller).find(signupPolicyKind, signupPolicyId);
  const { data = closedPolicy } = policy ?? {};
  if (!data.open) throw signupFault('platform.signup_closed');
  return data;
}

/**
 * Keeps a stranger's wish and mails a link to the address. Whether the address, or the name, is known is told to nobody:
 * that is said to who has proved the address.
 */
export async function askForSignup(platform: Capabilities, caller: Caller, wish: SignupWish): Promise<void> {
  await openPolicy(platform, caller);
  if (!isFreeName(wish.slug)) throw tenancyFault('platform.slug_reserved', { slug: wish.slug });
  const { identityKeys, records } = platform;
  const scope = records.for(caller).scope(SIGNUPS);
  const id = await signupIdOf(identityKeys, wish.email);
  const now = platform.now();
  const before = await scope.state(signupState, id);
  const age = (now.getTime() - Date.parse(before?.data.askedAt ?? timestamp(new Date(0)))) / 1000;
  if (before !== undefined && (before.data.tenant !== null || age < QUIET_SECONDS)) return;
  const request = { name: SIGNUP_MAIL_JOB, queue: 'jobs', subject: id, scope: SIGNUPS };
  const job = askForJob(caller, platform.newKey(), now, request);
  const data = { sealed: await sealWish(identityKeys, wish), askedAt: timestamp(now), tenant: null };
  const write = { kind: signupState, id, data, etag: before?.etag, ttlSeconds: SIGNUP_SECONDS };
  try {
    await scope.commit({
      action: 'platform.signup.asked',
      events: [],
      states: [write],
      create: [job.create],
      jobs: [job.call],
    });
  } catch (error) {
    // The same address at the same time: one mail is enough.
    if (!(error instanceof AppError) || (error.fault.status !== 409 && error.fault.status !== 412))
      throw error;
  }
}
