import * as z from 'zod';
import { derivedKey, joinId } from '../../kernel/index.ts';
import { emailForm, languages } from '../../kernel/languages/index.ts';
import { BranchId, MOST_BRANCHES, RoleName } from '../access/index.ts';
import type { BlindIndex } from '../keys/index.ts';
import { defineRecord } from '../records/index.ts';
import { TimeZone } from '../tenancy/index.ts';

/**
 * A person of a tenant, who logs in with an e-mail address. How they prove who they are stands apart, in their
 * credential: the history of a record keeps everything for ever, and a hash of a password should not stand there.
 */
export const User = z.strictObject({
  email: z.email().meta({ personal: true }),
  name: z.string().meta({ personal: true }),
  title: z.string().optional().meta({ personal: true }),
  roles: z.array(RoleName),
  /** The branches that they are limited to; everything when there are none. */
  branches: z.array(BranchId).min(1).max(MOST_BRANCHES).nullable().optional(),
  /** `invited`: has not chosen a password yet. */
  status: z.enum(['invited', 'active', 'disabled']),
  locale: z.enum(languages).optional(),
  theme: z.enum(['light', 'dark']).optional(),
  timeZone: TimeZone.optional(),
});
export type UserData = z.infer<typeof User>;

/** All users of a tenant share one scope, so that uniqueness of addresses is part of the commit. */
export const userKind = defineRecord({
  name: 'platform.user',
  prefix: 'usr',
  home: { fixed: 'directory' },
  schema: User,
  indexed: user => ({
    status: user.status,
    roles: user.roles,
    owner: user.roles.some(role => role === 'tenant-owner' || role === 'operator'),
  }),
  searchable: ({ name, email, title }) => [
    { text: name, personal: true },
    { text: title, personal: true },
    { text: email, personal: true },
  ],
  searchesPersonal: true,
  branches: ({ branches }) => branches ?? undefined,
  blinded: ({ email }) => ({ email: [emailForm(email)] }),
  readPermission: 'platform.user:read',
});

/** The claim that makes an address belong to one user; nobody reads the address from it. */
export function emailClaim(blind: BlindIndex, email: string): string {
  return `email:${blind.value('email', emailForm(email))}`;
}

/**
 * The id that stands for an address that nobody has, by the claim that nobody took. Attempts on it are counted as those on a person's are, so that
 * neither answers nor their times tell which addresses are known.
 */
export function phantomUser(tenant: string, claim: string): string {
  return joinId(userKind.prefix, undefined, derivedKey('phantom', tenant, claim));
}
