import { createHash } from 'node:crypto';
import * as z from 'zod';
import { roles } from '../../kernel/index.ts';
import { defineRecord } from '../records/index.ts';

/** A person of a tenant, who logs in with an e-mail address. */
export const User = z.strictObject({
  email: z.email().meta({ personal: true }),
  name: z.string().meta({ personal: true }),
  title: z.string().optional(),
  roles: z.array(z.enum(roles)),
  status: z.enum(['active', 'disabled']),
  passwordHash: z.string(),
});
export type UserData = z.infer<typeof User>;

/** All users of a tenant share one scope, so that uniqueness of addresses is part of the commit. */
export const userKind = defineRecord<UserData>({
  name: 'platform.user',
  prefix: 'usr',
  home: { fixed: 'directory' },
  schema: User,
  indexed: user => ({ status: user.status }),
  readPermission: 'platform.user:read',
});

/** The claim that makes an address belong to one user; the address itself is not in it. */
export function emailClaim(email: string): string {
  return `email:${createHash('sha256').update(email.trim().toLowerCase()).digest('hex')}`;
}
