import { AppError, type Caller, derivedKey } from '../../kernel/index.ts';
import type { Capabilities } from '../capabilities/index.ts';
import { askForJob } from '../jobs/index.ts';
import { draftAccount, PROVISION_JOB } from '../provisioning/index.ts';
import { newRecordId, type State } from '../records/index.ts';
import { assertSlugFree, tenantKind } from '../tenancy/index.ts';
import { openPolicy } from './ask-for-signup.ts';
import { signupFault } from './faults.ts';
import {
  isTokenOf,
  openWish,
  SIGNUP_SECONDS,
  SIGNUPS,
  type Signup,
  type SignupWish,
  signupIdIn,
  signupState,
} from './signup.ts';

/** A tenant that is being made of a wish. */
export type SignedUp = { readonly tenantId: string; readonly slug: string };

/**
 * Orders the tenant of a wish whose address is proved, under another host name if one is given: whether the first one is
 * taken is told here. The tenant's id follows from the wish, so that one link makes one tenant however often it is used.
 */
export async function confirmSignup(
  platform: Capabilities,
  caller: Caller,
  token: string,
  otherSlug: string | undefined,
): Promise<SignedUp> {
  const policy = await openPolicy(platform, caller);
  const signup = await awaited(platform, caller, token);
  const wish = await openWish(platform.identityKeys, signup.data);
  const slug = otherSlug ?? wish.slug;
  const id = newRecordId(tenantKind, derivedKey('signup', signup.id, signup.data.askedAt));
  if (signup.data.tenant !== null) throw signupFault('platform.signup_link_invalid');
  await assertSlugFree(platform.tenants, slug, id);
  await order(platform, caller, id, { ...wish, slug }, policy);
  const scope = platform.records.for(caller).scope(SIGNUPS);
  const data: Signup = { ...signup.data, tenant: id };
  await scope.saveState({
    kind: signupState,
    id: signup.id,
    data,
    etag: signup.etag,
    ttlSeconds: SIGNUP_SECONDS,
  });
  return { tenantId: id, slug };
}

/** The wish that a token is for. Whatever is wrong with a token has one name. */
async function awaited(platform: Capabilities, caller: Caller, token: string): Promise<State<Signup>> {
  const id = signupIdIn(token);
  const scope = platform.records.for(caller).scope(SIGNUPS);
  const signup = id === undefined ? undefined : await scope.state(signupState, id);
  const { identityKeys, now } = platform;
  if (signup === undefined || !(await isTokenOf(identityKeys, token, signup.id, signup.data, now())))
    throw signupFault('platform.signup_link_invalid');
  return signup;
}

async function order(
  platform: Capabilities,
  caller: Caller,
  id: string,
  { organization, slug, name, email, locale, currency, timeZone }: SignupWish,
  { plan, region }: { readonly plan: string; readonly region: string },
): Promise<void> {
  const wanted = { name: organization, slug, plan, region, locale, currency, timeZone };
  const overrides = { limits: {}, quotas: {}, features: [] };
  const administrator = { email, name };
  const data = await draftAccount(platform, caller, id, { ...wanted, overrides, administrator }, 'signup');
  const request = { name: PROVISION_JOB, queue: 'jobs', subject: id, scope: id };
  const job = askForJob(caller, platform.newKey(), platform.now(), request);
  const create = [{ kind: tenantKind, id, data }, job.create];
  try {
    const scope = platform.records.for(caller).scope(id);
    await scope.commit({ action: 'platform.tenant.signed_up', create, jobs: [job.call] });
  } catch (error) {
    const isSecond = error instanceof AppError && error.code === 'platform.already_exists';
    throw isSecond ? signupFault('platform.signup_link_invalid') : error;
  }
}
