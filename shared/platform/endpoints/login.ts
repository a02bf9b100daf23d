import * as z from 'zod';
import { accountFault, logIn, refreshSession } from '../accounts/index.ts';
import { assertCsrf, cookieOf, defineEndpoint, REFRESH_COOKIE } from '../http/index.ts';
import { readRefreshToken } from '../identity/index.ts';
import { Carrier, deviceOf, sessionReply, TokensView } from './session-reply.ts';

const UserLine = z.strictObject({ id: z.string(), name: z.string(), roles: z.array(z.string()) });

const login = defineEndpoint({
  id: 'platform.auth.login',
  method: 'POST',
  path: '/auth/login',
  access: 'public',
  whileSuspended: true,
  limit: 'login',
  summary: 'E-mail and password for an access token and a refresh token.',
  body: z.strictObject({
    email: z.email().max(254),
    password: z.string().min(1).max(256),
    carrier: Carrier.default('body').meta({ description: 'Browsers ask for cookies.' }),
  }),
  example: { body: { email: 'tess@lab.example', password: 'correct horse battery staple' } },
  replies: { 200: { description: 'Logged in.', schema: TokensView.extend({ user: UserLine }) } },
  faults: ['platform.login_refused', 'platform.login_locked'],
  handle: async ({ caller, body, header }, platform) => {
    const { email, password, carrier } = body;
    const device = deviceOf({ caller, header });
    const { user, tokens } = await logIn(platform, caller, { email, password, device });
    const { name, roles } = user.data;
    return sessionReply(platform, caller, tokens, carrier, { user: { id: user.id, name, roles } });
  },
});

const refresh = defineEndpoint({
  id: 'platform.auth.refresh',
  method: 'POST',
  path: '/auth/refresh',
  access: 'public',
  whileSuspended: true,
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
      return sessionReply(
        platform,
        caller,
        await refreshSession(platform, caller, refreshToken, undefined),
        'body',
      );
    }
    const kept = cookieOf(header('cookie'), REFRESH_COOKIE) ?? '';
    const keys = platform.identityKeys;
    const token = await readRefreshToken(keys, caller.tenant, kept);
    if (token === undefined) throw accountFault('platform.refresh_invalid');
    await assertCsrf(keys, caller.tenant, token.session, { method: 'POST', header });
    return sessionReply(platform, caller, await refreshSession(platform, caller, kept, undefined), 'cookie');
  },
});

export const loginEndpoints = [login, refresh];
