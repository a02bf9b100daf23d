import * as z from 'zod';
import { type PermissionTable, roles } from '../../kernel/index.ts';
import { askForReset, changePassword, setPasswordByToken } from '../accounts/index.ts';
import { defineEndpoint } from '../http/index.ts';

export const passwordPermissions: PermissionTable = { 'platform.self:password': roles };

/** How a password is chosen: its length is judged by the rules, which know of the second factor. */
export const NewPassword = z.string().min(1).max(1024);

const RULES = [
  'platform.password_short',
  'platform.password_long',
  'platform.password_digits',
  'platform.password_common',
  'platform.password_personal',
];
const nothing = { status: 204, headers: {}, body: undefined } as const;

const askReset = defineEndpoint({
  id: 'platform.password.ask_reset',
  method: 'POST',
  path: '/auth/password-reset',
  access: 'public',
  whileSuspended: true,
  limit: 'login',
  summary:
    'Sends a mail with a link to choose another password, if the address is known here. Nobody hears whether it is.',
  body: z.strictObject({ email: z.email().max(254) }),
  example: { body: { email: 'tess@lab.example' } },
  replies: { 202: { description: 'If the address is known, a mail is on its way.' } },
  handle: async ({ caller, body }, platform) => {
    await askForReset(platform, caller, body.email);
    return { status: 202, headers: {}, body: undefined };
  },
});

const setByToken = defineEndpoint({
  id: 'platform.password.set',
  method: 'POST',
  path: '/auth/password',
  access: 'public',
  whileSuspended: true,
  limit: 'login',
  summary:
    'Sets a password by the token of a mail: an invitation, unless the tenant is suspended, or a reset. Nobody is logged in by it.',
  body: z.strictObject({ token: z.string().min(1).max(200), password: NewPassword }),
  example: { body: { token: 'tsi_usr_01h….…', password: 'violet kettles at noon' } },
  replies: { 204: { description: 'Set. Log in now.' } },
  faults: ['platform.link_invalid', 'platform.tenant_suspended', ...RULES],
  handle: async ({ caller, body }, platform) => {
    await setPasswordByToken(platform, caller, body.token, body.password);
    return nothing;
  },
});

const changeOwn = defineEndpoint({
  id: 'platform.password.change',
  method: 'POST',
  path: '/me/password',
  access: { permission: 'platform.self:password' },
  whileSuspended: true,
  limit: 'login',
  summary: 'Changes your password. Your other sessions end.',
  body: z.strictObject({ current: z.string().min(1).max(256), password: NewPassword }),
  example: { body: { current: 'correct horse battery staple', password: 'violet kettles at noon' } },
  proofFields: ['current'],
  secretFields: ['password'],
  replies: { 204: { description: 'Changed.' } },
  faults: ['platform.proof_refused', 'platform.login_locked', ...RULES],
  handle: async ({ caller, body }, platform) => {
    await changePassword(platform, caller, body.current, body.password);
    return nothing;
  },
});

export const passwordEndpoints = [askReset, setByToken, changeOwn];
