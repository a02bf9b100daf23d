import * as z from 'zod';
import { type PermissionTable, roles } from '../../kernel/index.ts';
import {
  accountFault,
  assertMayChange,
  beginEnrolment,
  confirmEnrolment,
  removeSecondFactor,
  renewRecoveryCodes,
  secondFactorOf,
  stepUp,
} from '../accounts/index.ts';
import { ACCESS_COOKIE, defineEndpoint, ok, sessionCookies } from '../http/index.ts';
import { userKind } from '../identity/index.ts';
import { itemParams } from './lists.ts';

export const secondFactorPermissions: PermissionTable = { 'platform.self:enrol': roles };

const access = { permission: 'platform.self:enrol' };
const Code = z
  .string()
  .length(6)
  .regex(/^\d{6}$/);
const RecoveryCodes = z.strictObject({ recoveryCodes: z.array(z.string()) });
const nothing = { status: 204, headers: {}, body: undefined } as const;

const read = defineEndpoint({
  id: 'platform.mfa.read',
  method: 'GET',
  path: '/me/second-factor',
  access,
  summary: 'Whether you have a second factor, and how many recovery codes are left.',
  replies: {
    200: {
      description: 'Your second factor.',
      schema: z.strictObject({
        totp: z.boolean(),
        since: z.string().nullable(),
        recoveryCodes: z.number().int(),
      }),
    },
  },
  handle: async ({ caller }, platform) => ok(await secondFactorOf(platform, caller, caller.user)),
});

const enrol = defineEndpoint({
  id: 'platform.mfa.enrol',
  method: 'POST',
  path: '/me/second-factor',
  access,
  whileSuspended: true,
  stepUp: true,
  repliesSecret: true,
  summary:
    'Shows a new authenticator, once. It counts when a code of it comes back within a quarter of an hour.',
  replies: {
    200: {
      description: 'What the authenticator reads.',
      schema: z.strictObject({
        uri: z.string(),
        qrSvg: z.string().meta({ description: 'The address as a QR code, an SVG image.' }),
      }),
    },
  },
  faults: ['platform.mfa_enrolled'],
  handle: async ({ caller }, platform) => {
    const { uri } = await beginEnrolment(platform, caller);
    const { default: QRCode } = await import('qrcode');
    return ok({ uri, qrSvg: await QRCode.toString(uri, { type: 'svg', errorCorrectionLevel: 'M' }) });
  },
});

const confirm = defineEndpoint({
  id: 'platform.mfa.confirm',
  method: 'POST',
  path: '/me/second-factor/confirmation',
  access,
  whileSuspended: true,
  limit: 'login',
  repliesSecret: true,
  summary: 'The first code of a new authenticator. Gives ten recovery codes, which nobody can read again.',
  body: z.strictObject({ code: Code }),
  example: { body: { code: '123456' } },
  proofFields: ['code'],
  replies: { 200: { description: 'The second factor counts from now on.', schema: RecoveryCodes } },
  faults: ['platform.mfa_enrolled', 'platform.mfa_missing', 'platform.proof_refused'],
  handle: async ({ caller, body }, platform) =>
    ok({ recoveryCodes: await confirmEnrolment(platform, caller, body.code) }),
});

const renewCodes = defineEndpoint({
  id: 'platform.mfa.renew_codes',
  method: 'POST',
  path: '/me/second-factor/recovery-codes',
  access,
  stepUp: true,
  repliesSecret: true,
  summary: 'Ten other recovery codes; the old ones are no longer good.',
  replies: { 200: { description: 'The codes, shown once.', schema: RecoveryCodes } },
  faults: ['platform.mfa_missing'],
  handle: async ({ caller }, platform) => ok({ recoveryCodes: await renewRecoveryCodes(platform, caller) }),
});

const remove = defineEndpoint({
  id: 'platform.mfa.remove',
  method: 'DELETE',
  path: '/me/second-factor',
  access,
  stepUp: true,
  summary:
    'Takes your second factor away, unless the tenant wants everybody to have one. You are logged out everywhere.',
  replies: { 204: { description: 'Taken away.' } },
  faults: ['platform.mfa_missing', 'platform.mfa_required'],
  handle: async ({ caller }, platform) => {
    const { policy } = await platform.directory.of(caller.tenant);
    if (policy.requireMfa) throw accountFault('platform.mfa_required');
    await removeSecondFactor(platform, caller, caller.user);
    return { ...nothing, cookies: sessionCookies(undefined) };
  },
});

const removeOfUser = defineEndpoint({
  id: 'platform.user.remove_second_factor',
  method: 'DELETE',
  path: '/users/:id/second-factor',
  access: { permission: 'platform.user:write' },
  stepUp: true,
  summary: 'Takes a lost second factor away from a person and logs them out everywhere.',
  params: itemParams,
  replies: { 204: { description: 'Taken away.' } },
  faults: ['platform.mfa_missing', 'platform.role_privileged', 'platform.branches_beyond'],
  handle: async ({ caller, params }, platform) => {
    const user = await platform.records.for(caller).get(userKind, params.id);
    await assertMayChange(platform, caller, user, {});
    await removeSecondFactor(platform, caller, user.id);
    return nothing;
  },
});

const proveAgain = defineEndpoint({
  id: 'platform.auth.step_up',
  method: 'POST',
  path: '/auth/step-up',
  access: { permission: 'platform.self:session' },
  whileSuspended: true,
  limit: 'login',
  repliesSecret: true,
  summary: 'Proves once more who is there, for what wants a fresh proof (RFC 9470). The session goes on.',
  body: z.strictObject({
    password: z.string().min(1).max(256).optional(),
    code: Code.optional(),
    recoveryCode: z.string().min(16).max(40).optional(),
  }),
  example: { body: { code: '123456' } },
  proofFields: ['password', 'code', 'recoveryCode'],
  replies: {
    200: {
      description: 'An access token that is fresh.',
      schema: z.strictObject({
        accessToken: z.string().optional().meta({ description: 'Absent when a cookie carries it.' }),
        tokenType: z.literal('Bearer'),
        expiresIn: z.number().int(),
      }),
    },
  },
  faults: ['platform.proof_refused', 'platform.second_factor_needed', 'platform.login_locked'],
  handle: async ({ caller, body, header }, platform) => {
    const { password, code, recoveryCode } = body;
    const evidence =
      code !== undefined
        ? { code }
        : recoveryCode !== undefined
          ? { recoveryCode }
          : { password: password ?? '' };
    const { accessToken, expiresIn } = await stepUp(platform, caller, evidence);
    const lives = { tokenType: 'Bearer', expiresIn };
    if (header('authorization') !== undefined) return ok({ accessToken, ...lives });
    const cookie = {
      name: ACCESS_COOKIE,
      value: accessToken,
      path: '/',
      maxAgeSeconds: expiresIn,
      httpOnly: true,
    };
    return { ...ok(lives), cookies: [cookie] };
  },
});

export const secondFactorEndpoints = [read, enrol, confirm, renewCodes, remove, removeOfUser, proveAgain];
