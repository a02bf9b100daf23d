import * as z from 'zod';
import { accountFault, answerChallenge, type LoggedIn, logIn, refreshSession } from '../accounts/index.ts';
import type { Capabilities } from '../capabilities/index.ts';
import { type ApiRequest, assertCsrf, cookieOf, defineEndpoint, ok, REFRESH_COOKIE } from '../http/index.ts';
import { readRefreshToken } from '../identity/index.ts';
import { Carrier, deviceOf, sessionReply, TokensView } from './session-reply.ts';

const UserLine = z.strictObject({ id: z.string(), name: z.string(), roles: z.array(z.string()) });
const LoggedInView = TokensView.extend({
  user: UserLine,
  enrolmentNeeded: z
    .literal(true)
    .optional()
    .meta({ description: 'The tenant wants a second factor: nothing but enrolling one is open until then.' }),
});

const ChallengeView = z.strictObject({
  mfaRequired: z.literal(true),
  challenge: z.string().meta({ description: 'To be sent with a code to /auth/login/second-factor.' }),
  expiresIn: z.number().int(),
  methods: z.array(z.enum(['totp', 'recovery_code'])),
});

const carrier = Carrier.default('body').meta({ description: 'Browsers ask for cookies.' });

function loggedInReply(
  platform: Capabilities,
  { caller, body }: Pick<ApiRequest<unknown, unknown, { readonly carrier: Carrier }>, 'caller' | 'body'>,
  { user, tokens }: LoggedIn,
  more: { readonly enrolmentNeeded?: true } = {},
) {
  const { name, roles } = user.data;
  return sessionReply(platform, caller, tokens, body.carrier, {
    user: { id: user.id, name, roles },
    ...more,
  });
}

const login = defineEndpoint({
  id: 'platform.auth.login',
  method: 'POST',
  path: '/auth/login',
  access: 'public',
  whileSuspended: true,
  limit: 'login',
  summary:
    'E-mail and password for an access token and a refresh token, or for the question for a second factor.',
  body: z.strictObject({ email: z.email().max(254), password: z.string().min(1).max(256), carrier }),
  example: { body: { email: 'tess@lab.example', password: 'correct horse battery staple' } },
  replies: {
    200: { description: 'Logged in, or half way.', schema: z.union([LoggedInView, ChallengeView]) },
  },
  faults: ['platform.login_refused', 'platform.login_locked'],
  handle: async ({ caller, body, header }, platform) => {
    const { email, password } = body;
    const outcome = await logIn(platform, caller, { email, password, device: deviceOf({ caller, header }) });
    if ('tokens' in outcome) {
      const { policy } = await platform.directory.of(caller.tenant);
      const more = policy.requireMfa ? ({ enrolmentNeeded: true } as const) : {};
      return loggedInReply(platform, { caller, body }, outcome, more);
    }
    const { token, expiresIn } = outcome.challenge;
    return ok({ mfaRequired: true, challenge: token, expiresIn, methods: ['totp', 'recovery_code'] });
  },
});

const secondFactor = defineEndpoint({
  id: 'platform.auth.second_factor',
  method: 'POST',
  path: '/auth/login/second-factor',
  access: 'public',
  whileSuspended: true,
  limit: 'login',
  summary:
    'The second step of a login: a code of the authenticator, or a recovery code, which is good for one use.',
  body: z.strictObject({
    challenge: z.string().min(1).max(300),
    code: z
      .string()
      .length(6)
      .regex(/^\d{6}$/)
      .optional(),
    recoveryCode: z.string().min(16).max(40).optional(),
    carrier,
  }),
  example: { body: { challenge: 'tsc_….…', code: '123456' } },
  replies: { 200: { description: 'Logged in.', schema: LoggedInView } },
  faults: ['platform.login_refused', 'platform.login_locked', 'platform.challenge_invalid'],
  handle: async ({ caller, body, header }, platform) => {
    const { challenge, code, recoveryCode = '' } = body;
    const evidence = code === undefined ? { recoveryCode } : { code };
    const device = deviceOf({ caller, header });
    return loggedInReply(
      platform,
      { caller, body },
      await answerChallenge(platform, caller, challenge, evidence, device),
    );
  },
});

const refresh = defineEndpoint({
  id: 'platform.auth.refresh',
  method: 'POST',
  path: '/auth/refresh',
  access: 'public',
  whileSuspended: true,
  limit: 'tokens',
  summary: 'A refresh token, which is good for one use, for the next one and a new access token.',
  body: z.strictObject({
    refreshToken: z
      .string()
      .min(1)
      .max(300)
      .optional()
      .meta({ description: 'Absent when a cookie carries it.' }),
  }),
  example: { body: { refreshToken: 'tsr_usr_01h….ses_01h….1.….…' } },
  replies: { 200: { description: 'Renewed.', schema: TokensView } },
  faults: ['platform.refresh_invalid', 'platform.refresh_reused'],
  handle: async ({ caller, body, header }, platform) => {
    const { refreshToken } = body;
    if (refreshToken !== undefined) {
      const tokens = await refreshSession(platform, caller, refreshToken, undefined);
      return sessionReply(platform, caller, tokens, 'body');
    }
    const kept = cookieOf(header('cookie'), REFRESH_COOKIE) ?? '';
    const keys = platform.identityKeys;
    const token = await readRefreshToken(keys, caller.tenant, kept);
    if (token === undefined) throw accountFault('platform.refresh_invalid');
    await assertCsrf(keys, caller.tenant, token.session, { method: 'POST', header });
    return sessionReply(platform, caller, await refreshSession(platform, caller, kept, undefined), 'cookie');
  },
});

export const loginEndpoints = [login, secondFactor, refresh];
