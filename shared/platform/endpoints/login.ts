import * as z from 'zod';
import { type Caller, defineFaults } from '../../kernel/index.ts';
import type { Capabilities } from '../capabilities/index.ts';
import { defineEndpoint, ok } from '../http/index.ts';
import { emailClaim, hashPassword, type UserData, userKind, verifyPassword } from '../identity/index.ts';
import type { Saved } from '../records/index.ts';

export const loginFault = defineFaults({ 'platform.login_refused': { status: 401, retry: 'never' } });

/** `platform.md`: three hours by default. */
const TOKEN_SECONDS = 3 * 60 * 60;

/** A hash that no password has: unknown addresses take as long as wrong passwords. */
let decoy: Promise<string> | undefined;

export const login = defineEndpoint({
  id: 'platform.auth.login',
  method: 'POST',
  path: '/auth/login',
  access: 'public',
  limit: 'login',
  summary: 'E-mail and password for an access token.',
  body: z.strictObject({ email: z.email().max(254), password: z.string().min(1).max(256) }),
  example: { body: { email: 'tess@lab.example', password: 'correct horse battery staple' } },
  replies: {
    200: {
      description: 'Logged in.',
      schema: z.strictObject({
        accessToken: z.string(),
        tokenType: z.literal('Bearer'),
        expiresIn: z.number().int(),
        user: z.strictObject({ id: z.string(), name: z.string(), roles: z.array(z.string()) }),
      }),
    },
  },
  faults: ['platform.login_refused'],
  handle: async ({ caller, body }, platform) => {
    const user = await findUser(platform, caller, body.email);
    decoy ??= hashPassword('no password has this hash');
    const right = await verifyPassword(body.password, user?.data.passwordHash ?? (await decoy));
    if (user === undefined || !right || user.data.status !== 'active')
      throw loginFault('platform.login_refused');
    const { name, roles } = user.data;
    const claims = { user: user.id, tenant: caller.tenant, name, roles };
    const accessToken = await platform.identity.issue(claims, TOKEN_SECONDS);
    return ok({
      accessToken,
      tokenType: 'Bearer',
      expiresIn: TOKEN_SECONDS,
      user: { id: user.id, name, roles },
    });
  },
});

const NOBODY = `usr_${'0'.repeat(26)}`;

async function findUser(
  platform: Capabilities,
  caller: Caller,
  email: string,
): Promise<Saved<UserData> | undefined> {
  const directory = platform.records.for(caller).scope('directory');
  const id = await directory.claimOwner(emailClaim(email));
  // Nobody learns from the time of the answer whether the address is known.
  return directory.find(userKind, id ?? NOBODY);
}
