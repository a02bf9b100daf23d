import { timingSafeEqual } from 'node:crypto';
import * as z from 'zod';
import type { Caller } from '../../kernel/index.ts';
import type { Capabilities } from '../capabilities/index.ts';
import { userKind } from '../identity/index.ts';
import { accountFault } from './faults.ts';
import { isPasswordOld, ONLY_PASSWORD } from './password-age.ts';
import { type Evidence, prove } from './prove.ts';
import { securityAction } from './security-event.ts';
import { type Device, type LoggedIn, newSession, tokensOf } from './session-tokens.ts';

/** The question for the second factor. It opens nothing by itself. */
export type Challenge = { readonly token: string; readonly expiresIn: number };

const Payload = z.strictObject({ user: z.string(), until: z.number() });
const CHALLENGE_SECONDS = 5 * 60;

/** Says that the password was right, for five minutes. */
export async function makeChallenge(
  platform: Capabilities,
  caller: Caller,
  user: string,
): Promise<Challenge> {
  const until = platform.now().getTime() + CHALLENGE_SECONDS * 1000;
  const body = Buffer.from(JSON.stringify({ user, until })).toString('base64url');
  return { token: `tsc_${body}.${await markOf(platform, caller, body)}`, expiresIn: CHALLENGE_SECONDS };
}

/** The second step of a login: a code of the authenticator, or one of the recovery codes. */
export async function answerChallenge(
  platform: Capabilities,
  caller: Caller,
  token: string,
  evidence: Exclude<Evidence, { password: string }>,
  device: Device,
): Promise<LoggedIn> {
  const id = await userOfChallenge(platform, caller, token);
  const user = id === undefined ? undefined : await platform.records.for(caller).find(userKind, id);
  if (user?.data.status !== 'active') throw accountFault('platform.challenge_invalid');
  const actor = { ...caller, user: user.id, name: user.data.name };
  const { policy } = await platform.directory.of(caller.tenant);
  const session = await prove(
    platform,
    actor,
    user.id,
    evidence,
    'logins',
    async ({ credential, methods }) => {
      const now = platform.now();
      const made = await newSession(platform, actor, user.id, device, {
        methods: ['pwd', ...methods],
        authTime: now,
        permissions: isPasswordOld(policy, credential, now) ? ONLY_PASSWORD : undefined,
      });
      return {
        credential,
        commit: { ...securityAction('login_succeeded'), states: [made.write] },
        outcome: made,
      };
    },
  );
  if (session === undefined) throw accountFault('platform.login_refused');
  return { user, tokens: await tokensOf(platform, caller, user, session) };
}

async function userOfChallenge(
  platform: Capabilities,
  caller: Caller,
  token: string,
): Promise<string | undefined> {
  const [, body = '', mark = ''] = /^tsc_([\w-]{1,200})\.([\w-]{43})$/.exec(token) ?? [];
  if (mark === '') return undefined;
  const expected = Buffer.from(await markOf(platform, caller, body));
  if (!timingSafeEqual(expected, Buffer.from(mark))) return undefined;
  const { user, until } = Payload.parse(JSON.parse(Buffer.from(body, 'base64url').toString('utf8')));
  return until > platform.now().getTime() ? user : undefined;
}

async function markOf(platform: Capabilities, caller: Caller, body: string): Promise<string> {
  return (await platform.identityKeys.mark('mfa-challenge', caller.tenant, body)).toString('base64url');
}
