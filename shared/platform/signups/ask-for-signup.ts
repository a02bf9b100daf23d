import { AppError, type Caller, timestamp } from '../../kernel/index.ts';
import type { Capabilities } from '../capabilities/index.ts';
import { askForJob } from '../jobs/index.ts';
import { recordFault } from '../records/index.ts';
import { assertSlugAllowed, tenantKind } from '../tenancy/index.ts';
import { signupFault } from './faults.ts';
import {
  QUIET_SECONDS,
  SIGNUP_SECONDS,
  SIGNUPS,
  type Signup,
  type SignupWish,
  sealWish,
  signupCountState,
  signupIdOf,
  signupState,
} from './signup.ts';
import { SIGNUP_MAIL_JOB } from './signup-letter.ts';
import { closedPolicy, type SignupPolicy, signupPolicyId, signupPolicyKind } from './signup-policy.ts';

/** What operators decided of self-signup; refuses while it is closed. */
export async function openPolicy(
  { records, region }: Pick<Capabilities, 'records' | 'region'>,
  caller: Caller,
): Promise<SignupPolicy> {
  const policy = await records.for(caller).find(signupPolicyKind, signupPolicyId);
  const { data = closedPolicy(region) } = policy ?? {};
  if (!data.open) throw signupFault('platform.signup_closed');
  return data;
}

const MOST_TRIES = 8;

/**
 * Keeps a stranger's wish and mails a link to the address. Whether the address, or the name, is known is told to nobody:
 * that is said to who has proved the address. `platform.signups_over` once so many asked today as operators let.
 */
export async function askForSignup(platform: Capabilities, caller: Caller, wish: SignupWish): Promise<void> {
  const { perDay } = await openPolicy(platform, caller);
  assertSlugAllowed(wish.slug);
  const id = await signupIdOf(platform.identityKeys, wish.email);
  for (let tries = 0; tries < MOST_TRIES; tries += 1)
    if (await keepWish(platform, caller, wish, id, perDay)) return;
  throw recordFault('platform.busy');
}

/** Whether the wish stands, this one or one of a moment ago; not when others asked at the same time. */
async function keepWish(
  platform: Capabilities,
  caller: Caller,
  wish: SignupWish,
  id: string,
  perDay: number,
): Promise<boolean> {
  const scope = platform.records.for(caller).scope(SIGNUPS);
  const now = platform.now();
  const day = `signups_${timestamp(now).slice(0, 10)}`;
  const [before, today] = await Promise.all([
    scope.state(signupState, id),
    scope.state(signupCountState, day),
  ]);
  const count = today?.data.count ?? 0;
  if (count >= perDay)
    throw signupFault('platform.signups_over', { retryAfterSeconds: secondsToMidnight(now) });
  if (before !== undefined && (await isStanding(platform, caller, before.data))) return true;
  const request = { name: SIGNUP_MAIL_JOB, queue: 'jobs', subject: id, scope: SIGNUPS };
  const job = askForJob(caller, platform.newKey(), now, request);
  const data = { sealed: await sealWish(platform.identityKeys, wish), askedAt: timestamp(now), tenant: null };
  const states = [
    { kind: signupState, id, data, etag: before?.etag, ttlSeconds: SIGNUP_SECONDS },
    {
      ...{ kind: signupCountState, id: day, data: { count: count + 1 } },
      ...{ etag: today?.etag, ttlSeconds: SIGNUP_SECONDS },
    },
  ];
  try {
    const action = 'platform.signup.asked';
    await scope.commit({ action, events: [], states, create: [job.create], jobs: [job.call] });
    return true;
  } catch (error) {
    if (error instanceof AppError && (error.fault.status === 409 || error.fault.status === 412)) return false;
    throw error;
  }
}

/** Whether nothing is to be done for who asks again: a mail went out a moment ago, or a tenant came of it that was not undone. */
async function isStanding(
  { records, now }: Pick<Capabilities, 'records' | 'now'>,
  caller: Caller,
  { tenant, askedAt }: Signup,
): Promise<boolean> {
  if (tenant === null) return now().getTime() - Date.parse(askedAt) < QUIET_SECONDS * 1000;
  const account = await records.for(caller).find(tenantKind, tenant);
  return account?.data.status !== 'deleted';
}

const DAY_SECONDS = 86_400;

function secondsToMidnight(now: Date): number {
  return Math.max(1, DAY_SECONDS - (Math.floor(now.getTime() / 1000) % DAY_SECONDS));
}
