import * as z from 'zod';
import { beginFederation, finishFederation } from '../accounts/index.ts';
import { federationFault } from '../federation/index.ts';
import { cookieOf, defineEndpoint, seeOther } from '../http/index.ts';
import { itemParams } from './lists.ts';
import { deviceOf, sessionReply } from './session-reply.ts';

/** Comes back by a link from another site, so it cannot be `Strict`. */
const COOKIE = '__Secure-touchstone-federation';
const PATH = '/api/v1/auth/federated';
/** What a plan has lost is no way in any more; whoever came so before stays until their session ends, and people have passwords. */
const feature = 'federation';

/** A place on this very host; anything else would lead people to strangers. */
const ReturnTo = z
  .string()
  .max(500)
  .regex(/^\/(?![/\\])[^\\\s]*$/)
  .default('/');

const start = defineEndpoint({
  id: 'platform.auth.federated_start',
  method: 'GET',
  path: '/auth/federated/:id/start',
  access: 'public',
  feature,
  whileSuspended: true,
  summary: 'Leads a browser to the issuer that the tenant trusts.',
  params: itemParams,
  query: z.strictObject({
    returnTo: ReturnTo,
    fresh: z.enum(['true', 'false']).default('false').meta({
      description: 'Whether the issuer shall ask who is there: a fresh proof for what is sensitive.',
    }),
  }),
  replies: { 303: { description: 'To the issuer.' } },
  faults: ['platform.federation_refused', 'platform.issuer_unreachable'],
  handle: async ({ caller, params, query, host }, platform) => {
    const redirectUri = `${platform.originAt(host)}${PATH}/callback`;
    const wish = { returnTo: query.returnTo, fresh: query.fresh === 'true' };
    const begun = await beginFederation(platform, caller, params.id, redirectUri, wish);
    const cookie = {
      name: COOKIE,
      value: begun.cookie,
      path: PATH,
      maxAgeSeconds: begun.seconds,
      httpOnly: true,
      sameSite: 'Lax',
    } as const;
    return { ...seeOther(begun.url), cookies: [cookie] };
  },
});

const finish = defineEndpoint({
  id: 'platform.auth.federated_callback',
  method: 'GET',
  path: '/auth/federated/callback',
  access: 'public',
  feature,
  whileSuspended: true,
  limit: 'login',
  summary:
    'Where the issuer leads the browser back to: a session in cookies, and on to where the person wanted to be.',
  // OpenID Connect Core 3.1.2.5: what is not known is ignored.
  query: z.object({ code: z.string().max(2900).optional(), state: z.string().max(500).optional() }),
  replies: { 303: { description: 'Logged in.' } },
  faults: [
    'platform.federation_refused',
    'platform.federation_state_invalid',
    'platform.federation_unknown_person',
    'platform.federation_email_unverified',
    'platform.plan_limit_reached',
  ],
  handle: async ({ caller, url, host, header }, platform) => {
    const cookie = cookieOf(header('cookie'), COOKIE);
    if (cookie === undefined) throw federationFault('platform.federation_state_invalid');
    const answered = new URL(`${platform.originAt(host)}${PATH}/callback${url.search}`);
    const device = deviceOf({ caller, header });
    const { tokens, returnTo } = await finishFederation(platform, caller, cookie, answered, device);
    const { cookies = [] } = await sessionReply(platform, caller, tokens, 'cookie');
    const gone = { name: COOKIE, value: '', path: PATH, maxAgeSeconds: 0, httpOnly: true } as const;
    return { ...seeOther(returnTo), cookies: [...cookies, gone] };
  },
});

export const federationEndpoints = [start, finish];
