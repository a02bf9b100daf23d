import * as z from 'zod';
import { derivedKey, joinId } from '../../kernel/index.ts';
import { defineRecord } from '../records/index.ts';

const PER_DAY = 200;

/** Whether and how strangers may make themselves a tenant. Operators decide. */
export const SignupPolicy = z.strictObject({
  open: z.boolean(),
  /** The plan that they begin on; its trial days are theirs. */
  plan: z.string().min(1).max(40),
  /** The deployment that serves them. */
  /** How many strangers may ask in a day (UTC), all together; each gets a mail. */
  perDay: z.int().min(1).max(100_000).default(PER_DAY),
  region: z.string().regex(/^[a-z][a-z0-9-]{1,30}$/),
});
export type SignupPolicy = z.infer<typeof SignupPolicy>;

/** One record, in the platform's own partition. */
export const signupPolicyKind = defineRecord<SignupPolicy>({
  name: 'platform.signup_policy',
  prefix: 'sup',
  home: { fixed: 'signups' },
  schema: SignupPolicy,
  indexed: () => ({}),
  readPermission: 'platform.oversee',
});

export const signupPolicyId = joinId(signupPolicyKind.prefix, undefined, derivedKey('signup-policy'));

/** Nobody decided yet. */
export function closedPolicy(region: string): SignupPolicy {
  return { open: false, plan: 'trial', perDay: PER_DAY, region };
}
