import { randomBytes } from 'node:crypto';
import * as z from 'zod';
import type { Caller } from '../../kernel/index.ts';
import type { Device, SessionTokens } from '../accounts/index.ts';
import type { Capabilities } from '../capabilities/index.ts';
import { type ApiReply, makeCsrfToken, ok, sessionCookies } from '../http/index.ts';

/** How a client wants its tokens: in the body, or in cookies that scripts cannot read. */
export const Carrier = z.enum(['body', 'cookie']);
export type Carrier = z.infer<typeof Carrier>;

/** A session as the body of an answer. With cookies the tokens stand there, and the CSRF token here. */
export const TokensView = z.strictObject({
  accessToken: z.string().optional(),
  tokenType: z.literal('Bearer'),
  expiresIn: z.number().int().meta({ description: 'Seconds for which the access token is good.' }),
  refreshToken: z.string().optional(),
  refreshExpiresIn: z.number().int(),
  csrfToken: z.string().optional().meta({ description: 'To be sent as X-CSRF-Token with unsafe methods.' }),
});

/** The answer that hands a session over, with `more` beside its tokens. */
export async function sessionReply(
  platform: Capabilities,
  caller: Caller,
  tokens: SessionTokens,
  carrier: Carrier,
  more: object = {},
): Promise<ApiReply> {
  const { accessToken, expiresIn, refreshToken, refreshExpiresIn } = tokens;
  const lives = { tokenType: 'Bearer', expiresIn, refreshExpiresIn };
  if (carrier === 'body') return ok({ accessToken, ...lives, refreshToken, ...more });
  const csrf = await makeCsrfToken(platform.identityKeys, caller.tenant, tokens.session, randomBytes(16));
  const cookies = sessionCookies({
    access: accessToken,
    accessSeconds: expiresIn,
    refresh: refreshToken,
    refreshSeconds: refreshExpiresIn,
    csrf,
  });
  return { ...ok({ ...lives, csrfToken: csrf, ...more }), cookies };
}

/** What a request tells of the device that it comes from. */
export function deviceOf(request: {
  readonly caller: Caller;
  readonly header: (name: string) => string | undefined;
}): Device {
  const agent = request.header('user-agent')?.slice(0, 200) ?? null;
  return { agent, address: request.caller.address ?? null };
}
