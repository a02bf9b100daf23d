import * as z from 'zod';
import { AppError, type Caller } from '../../kernel/index.ts';
import {
  answerChallenge,
  type Device,
  endSessions,
  type LoggedIn,
  logIn,
  makeCode,
  oauthFault,
  scopeOf,
} from '../accounts/index.ts';
import type { Capabilities } from '../capabilities/index.ts';
import { defineEndpoint, type Endpoint, httpFault, seeOther } from '../http/index.ts';
import {
  CHALLENGE,
  lacksFactor,
  leadsBack,
  type OAuthClientData,
  oauthClientKind,
  sessionKind,
} from '../identity/index.ts';
import type { PermissionWordings } from '../module/index.ts';
import { type PageField, pageReply, pageText } from '../pages/index.ts';
import { recordFault, type Saved } from '../records/index.ts';
import { pageContext, refusalText } from './account-pages.ts';
import { deviceOf } from './session-reply.ts';

/** RFC 6749 section 4.1.1 with RFC 7636 section 4.3; what is not known is ignored. */
const Authorization = z.object({
  response_type: z.string().max(100).default(''),
  client_id: z.string().max(200).default(''),
  redirect_uri: z.string().max(500).default(''),
  scope: z.string().max(2000).optional(),
  state: z.string().max(1000).optional(),
  code_challenge: z.string().max(200).default(''),
  code_challenge_method: z.string().max(20).default(''),
});
type Authorization = z.infer<typeof Authorization>;

const Submitted = Authorization.extend({
  email: z.email().max(254),
  password: z.string().min(1).max(256),
  code: z.string().max(40).optional(),
});

const html = (description: string) => ({ description, mediaType: 'text/html' });
const replies = {
  200: html('The page.'),
  303: { description: 'Back to the program, with a code or an error.' },
  400: html('The program or its address is not known; nobody is led there.'),
};

type Tools = { readonly platform: Capabilities; readonly titles: PermissionWordings };
type Header = (name: string) => string | undefined;
type Checked = { readonly client: Saved<OAuthClientData>; readonly permissions: readonly string[] };

/** The program that asks, or undefined when neither it nor its address may be trusted with an answer. */
async function clientOf(platform: Capabilities, caller: Caller, asked: Authorization) {
  const client = await platform.records.for(caller).find(oauthClientKind, asked.client_id);
  const isGood =
    client?.data.status === 'active' &&
    client.data.kind === 'public' &&
    leadsBack(client.data, asked.redirect_uri);
  return isGood ? client : undefined;
}

/** What is wrong with the rest of the request, by the names of RFC 6749 section 4.1.2.1. */
function checked(client: Saved<OAuthClientData>, asked: Authorization): Checked | { readonly error: string } {
  if (asked.response_type !== 'code') return { error: 'unsupported_response_type' };
  if (asked.code_challenge_method !== 'S256' || !CHALLENGE.test(asked.code_challenge))
    return { error: 'invalid_request' };
  try {
    return { client, permissions: scopeOf(client.data, asked.scope) };
  } catch (error) {
    if (error instanceof AppError && error.code === 'platform.oauth.invalid_scope')
      return { error: 'invalid_scope' };
    throw error;
  }
}

/** Back to the program (RFC 6749 section 4.1.2), with who answers (RFC 9207). */
function back(platform: Capabilities, caller: Caller, asked: Authorization, answer: Record<string, string>) {
  const url = new URL(asked.redirect_uri);
  const state = asked.state === undefined ? {} : { state: asked.state };
  for (const [name, value] of Object.entries({
    ...answer,
    ...state,
    iss: platform.originOf(caller.tenantSlug),
  }))
    url.searchParams.set(name, value);
  return seeOther(url.href);
}

async function page(
  { platform, titles }: Tools,
  { caller, header }: { readonly caller: Caller; readonly header: Header },
  asked: Authorization,
  checked: Checked | undefined,
  refusal?: unknown,
) {
  const context = await pageContext(platform, caller, header);
  const { language } = context;
  if (checked === undefined) {
    const text = pageText(language, 'badClient');
    return pageReply({ ...context, title: text, intro: '', status: 400 });
  }
  const names = { client: checked.client.data.name, tenant: context.tenant };
  const { email: _e, password: _p, code: _c, ...kept } = asked as Record<string, string | undefined>;
  const hidden = Object.entries(kept).flatMap(([name, value]) =>
    value === undefined ? [] : [[name, value]],
  );
  return pageReply({
    ...context,
    title: pageText(language, 'authorizeTitle', names),
    intro: pageText(language, 'authorizeIntro', names),
    points: {
      title: pageText(language, 'authorizeScopes', names),
      items: checked.permissions.map(code => ({ text: titles[language][code] ?? code, code })),
    },
    notice: refusal === undefined ? undefined : { tone: 'bad', text: refusalText(refusal, language) },
    leadsTo: new URL(asked.redirect_uri).origin,
    status: refusal === undefined ? 200 : 422,
    form: {
      action: '/oauth/authorize',
      submit: pageText(language, 'authorize'),
      hidden: Object.fromEntries(hidden),
      fields: fieldsIn(language),
    },
  });
}

function fieldsIn(language: Parameters<typeof pageText>[0]): readonly PageField[] {
  const label = (name: Parameters<typeof pageText>[1]): string => pageText(language, name);
  return [
    { name: 'email', label: label('email'), type: 'email', autocomplete: 'username', required: true },
    {
      name: 'password',
      label: label('currentPassword'),
      type: 'password',
      autocomplete: 'current-password',
      required: true,
    },
    {
      name: 'code',
      label: label('code'),
      type: 'text',
      autocomplete: 'one-time-code',
      required: false,
      hint: label('codeHint'),
    },
  ];
}

const showing = (titles: () => PermissionWordings): Endpoint =>
  defineEndpoint({
    id: 'platform.oauth.authorize_page',
    method: 'GET',
    path: '//oauth/authorize',
    access: 'public',
    summary: 'Where a program sends a person who shall let it act in their name (RFC 6749, RFC 7636).',
    query: Authorization,
    replies,
    handle: async ({ caller, query, header }, platform) => {
      const client = await clientOf(platform, caller, query);
      if (client === undefined)
        return page({ platform, titles: titles() }, { caller, header }, query, undefined);
      const outcome = checked(client, query);
      if ('error' in outcome) return back(platform, caller, query, { error: outcome.error });
      return page({ platform, titles: titles() }, { caller, header }, query, outcome);
    },
  });

const submitting = (titles: () => PermissionWordings): Endpoint =>
  defineEndpoint({
    id: 'platform.oauth.authorize',
    method: 'POST',
    path: '//oauth/authorize',
    access: 'public',
    limit: 'login',
    takes: 'form',
    summary: 'Logs the person in and leads back to the program with a code.',
    body: Submitted,
    example: {
      body: {
        response_type: 'code',
        client_id: 'cli_01h…',
        redirect_uri: 'https://bench.example/callback',
        code_challenge: 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM',
        code_challenge_method: 'S256',
        email: 'tess@lab.example',
        password: 'correct horse battery staple',
      },
    },
    replies: { ...replies, 422: html('The page, with what was wrong.') },
    handle: async ({ caller, body, header }, platform) => {
      const client = await clientOf(platform, caller, body);
      if (client === undefined)
        return page({ platform, titles: titles() }, { caller, header }, body, undefined);
      const outcome = checked(client, body);
      if ('error' in outcome) return back(platform, caller, body, { error: outcome.error });
      try {
        const code = await codeFor(platform, caller, outcome, body, deviceOf({ caller, header }));
        return back(platform, caller, body, { code });
      } catch (error) {
        return page({ platform, titles: titles() }, { caller, header }, body, outcome, error);
      }
    },
  });

/** Logs in by both steps, and gives a code for it. The session of the page itself ends at once: the program gets its own. */
async function codeFor(
  platform: Capabilities,
  caller: Caller,
  { client, permissions }: Checked,
  body: z.infer<typeof Submitted>,
  device: Device,
): Promise<string> {
  const { user, tokens } = await logInWholly(platform, caller, body, device);
  const session = await platform.records.for(caller).scope(user.id).state(sessionKind, tokens.session);
  if (session === undefined) throw recordFault('platform.database_unavailable');
  const actor = { ...caller, user: user.id, name: user.data.name };
  await endSessions(platform, actor, user.id, [tokens.session], 'sessions_ended');
  if (session.data.permissions !== null) throw oauthFault('platform.oauth.unauthorized_client');
  const { policy } = await platform.directory.of(caller.tenant);
  if (lacksFactor(policy, session.data.methods)) throw httpFault('platform.enrolment_needed');
  return makeCode(platform, caller, client.id, {
    user: user.id,
    redirectUri: body.redirect_uri,
    challenge: body.code_challenge,
    permissions: [...permissions],
    methods: session.data.methods,
    authTime: session.data.authTime,
  });
}

async function logInWholly(
  platform: Capabilities,
  caller: Caller,
  { email, password, code = '' }: z.infer<typeof Submitted>,
  device: Device,
): Promise<LoggedIn> {
  const outcome = await logIn(platform, caller, { email, password, device });
  if ('tokens' in outcome) return outcome;
  const evidence = /^\d{6}$/.test(code) ? { code } : { recoveryCode: code };
  return answerChallenge(platform, caller, outcome.challenge.token, evidence, device);
}

/** `titles`: what each permission of all modules lets somebody do. */
export function authorizeEndpoints(titles: () => PermissionWordings): readonly Endpoint[] {
  return [showing(titles), submitting(titles)];
}
