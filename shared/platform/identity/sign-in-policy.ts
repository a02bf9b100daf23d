import * as z from 'zod';
import { derivedKey, joinId } from '../../kernel/index.ts';
import { defineRecord } from '../records/index.ts';
import { MAX_TOKEN_SECONDS } from './revocation.ts';

/** What a tenant wants of everybody's login. */
export const SignInPolicy = z.strictObject({
  /** Who has no second factor can only enrol one. */
  requireMfa: z.boolean(),
  /** Life of an access token in minutes. */
  accessTokenMinutes: z
    .number()
    .int()
    .min(5)
    .max(MAX_TOKEN_SECONDS / 60),
  /** Days after which a password must be changed; null for never, unless the tenant's regulator wants it. */
  passwordDays: z.number().int().min(30).max(730).nullable(),
});
export type SignInPolicy = z.infer<typeof SignInPolicy>;

export const signInPolicyKind = defineRecord<SignInPolicy>({
  name: 'platform.sign_in_policy',
  prefix: 'pol',
  home: { fixed: 'directory' },
  schema: SignInPolicy,
  indexed: () => ({}),
  wholeTenant: true,
  readPermission: 'platform.sign_in_policy:read',
});

/** `platform.md`: three hours, no second factor, no forced change. */
export const defaultPolicy: SignInPolicy = {
  requireMfa: false,
  accessTokenMinutes: MAX_TOKEN_SECONDS / 60,
  passwordDays: null,
};

/** Operators reach every tenant: each has a second factor, and a token for an hour. */
export const operatorPolicy: SignInPolicy = { requireMfa: true, accessTokenMinutes: 60, passwordDays: null };

/** A tenant has one policy. */
export function policyId(tenant: string): string {
  return joinId(signInPolicyKind.prefix, undefined, derivedKey('sign-in-policy', tenant));
}

/** Whether somebody who proved who they are by these methods (RFC 8176) still lacks the second factor that the tenant wants. */
export function lacksFactor({ requireMfa }: SignInPolicy, methods: readonly string[]): boolean {
  return requireMfa && !methods.includes('mfa');
}
