import { timingSafeEqual } from 'node:crypto';
import * as z from 'zod';
import { derivedKey } from '../../kernel/index.ts';
import type { IdentityKeys } from '../identity/index.ts';
import { defineState } from '../records/index.ts';
import { Currency, Locale, PLATFORM, Slug, TimeZone } from '../tenancy/index.ts';
import { lineText } from '../texts/index.ts';

/** What somebody who is nobody yet wants. */
export const SignupWish = z.strictObject({
  organization: lineText(200),
  slug: Slug,
  name: lineText(200).meta({ personal: true }),
  email: z.email().max(254).meta({ personal: true }),
  locale: Locale,
  currency: Currency,
  timeZone: TimeZone,
});
export type SignupWish = z.infer<typeof SignupWish>;

/** A wish that waits for its address to be proved. It ends by itself, with all that it says of a person. */
export const Signup = z.strictObject({
  /** The wish, under a key of the platform's own. */
  sealed: z.string(),
  askedAt: z.string(),
  /** The tenant that came of it. */
  tenant: z.string().nullable(),
});
export type Signup = z.infer<typeof Signup>;

export const signupState = defineState<Signup>({ name: 'platform.signup', schema: Signup });

/** How many asked in a day, which its id names. */
export const signupCountState = defineState({
  name: 'platform.signup_count',
  schema: z.strictObject({ count: z.int() }),
});

/** All wishes stand in one scope of the platform's own partition. */
export const SIGNUPS = 'signups';
/** So long a link is good. */
export const SIGNUP_SECONDS = 24 * 60 * 60;
/** An address gets no second mail within. */
export const QUIET_SECONDS = 10 * 60;
const PURPOSE = 'signup';

/** One wish for each address, so that nobody's mailbox is filled by others. The address cannot be told from it. */
export async function signupIdOf(keys: IdentityKeys, email: string): Promise<string> {
  const mark = await keys.mark(`${PURPOSE}-address`, PLATFORM, email.toLowerCase());
  return `signup_${derivedKey(mark.toString('base64url'))}`;
}

/** The token of a mail: for one wish, as it was last made. Nothing of it is stored. */
export async function signupToken(
  keys: IdentityKeys,
  id: string,
  { askedAt }: Pick<Signup, 'askedAt'>,
): Promise<string> {
  const mark = await keys.mark(`${PURPOSE}-mail`, PLATFORM, `${id}.${askedAt}`);
  return `tss_${id}.${mark.toString('base64url')}`;
}

/** The wish that a token claims to be for; undefined when it does not look like one. */
export function signupIdIn(token: string): string | undefined {
  return /^tss_(signup_[0-9a-z]{26})\.[\w-]{43}$/.exec(token)?.[1];
}

/** Whether a token is the one that was mailed last, and still good. */
export async function isTokenOf(
  keys: IdentityKeys,
  token: string,
  id: string,
  signup: Signup,
  now: Date,
): Promise<boolean> {
  const expected = Buffer.from(await signupToken(keys, id, signup));
  const given = Buffer.from(token);
  const age = (now.getTime() - Date.parse(signup.askedAt)) / 1000;
  return age <= SIGNUP_SECONDS && expected.length === given.length && timingSafeEqual(expected, given);
}

/** The wish, so that nobody reads it in the database. */
export function sealWish(keys: IdentityKeys, wish: SignupWish): Promise<string> {
  return keys.seal(PURPOSE, PLATFORM, JSON.stringify(wish));
}

export async function openWish(keys: IdentityKeys, { sealed }: Pick<Signup, 'sealed'>): Promise<SignupWish> {
  return SignupWish.parse(JSON.parse(await keys.open(PURPOSE, PLATFORM, sealed)));
}
