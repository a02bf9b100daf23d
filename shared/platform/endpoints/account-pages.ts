import * as z from 'zod';
import { AppError, type Caller } from '../../kernel/index.ts';
import { type Language, languageOf, negotiateLanguage } from '../../kernel/languages/index.ts';
import { askForReset, setPasswordByToken } from '../accounts/index.ts';
import type { Capabilities } from '../capabilities/index.ts';
import { defineEndpoint } from '../http/index.ts';
import { type Page, pageReply, pageText } from '../pages/index.ts';
import { platformWordings } from './wordings.ts';

/** What every page needs to know: whose it is, and in which language. */
export async function pageContext(
  platform: Capabilities,
  caller: Caller,
  header: (name: string) => string | undefined,
): Promise<{ readonly language: Language; readonly tenant: string }> {
  const tenant = await platform.tenants.byId(caller.tenant);
  const own = languageOf(tenant?.locale ?? '') ?? 'en';
  return {
    language: negotiateLanguage(header('accept-language'), own),
    tenant: tenant?.branding.legalName ?? '',
  };
}

/** What a refusal says on the page whose form was sent: the title of its problem. What may work later is a page of its own. */
export function refusalText(error: unknown, language: Language): string {
  if (!(error instanceof AppError) || error.fault.retry === 'later') throw error;
  const wordings: Readonly<Record<string, readonly [string, string]>> = platformWordings[language];
  return pageText(language, 'failed', { why: wordings[error.code]?.[0] ?? error.code });
}

const page = { 200: { description: 'The page.', mediaType: 'text/html' } };
/** What a page is answered with that was sent in. */
export const answered = {
  ...page,
  422: { description: 'The page, with what was wrong.', mediaType: 'text/html' },
};

type Context = Pick<Page, 'language' | 'tenant'>;
export type Extra = Pick<Page, 'notice' | 'status'>;

/** The page that a link leads to: once what it is for is done, only the notice is left. */
export function linkPage(
  context: Context,
  asking: Pick<Page, 'title' | 'intro' | 'form'>,
  extra: Extra,
): Page {
  const isDone = extra.notice?.tone === 'good';
  return { ...context, ...asking, ...(isDone ? { intro: '', form: undefined } : {}), ...extra };
}

function setPage(context: Context, token: string, extra: Extra = {}): Page {
  const { language } = context;
  const fields = [
    {
      name: 'password',
      label: pageText(language, 'password'),
      type: 'password',
      autocomplete: 'new-password',
      required: true,
    } as const,
  ];
  const form = {
    action: '/account/set-password',
    submit: pageText(language, 'set'),
    hidden: { token },
    fields,
  };
  const asking = { title: pageText(language, 'setTitle'), intro: pageText(language, 'setIntro'), form };
  return linkPage(context, asking, extra);
}

const showSet = defineEndpoint({
  id: 'platform.password.set_page',
  method: 'GET',
  path: '//account/set-password',
  access: 'public',
  whileSuspended: true,
  summary: 'The page that the link of a mail leads to: choose a password.',
  query: z.strictObject({ token: z.string().max(200).default('') }),
  replies: page,
  handle: async ({ caller, query, header }, platform) =>
    pageReply(setPage(await pageContext(platform, caller, header), query.token)),
});

const takeSet = defineEndpoint({
  id: 'platform.password.set_form',
  method: 'POST',
  path: '//account/set-password',
  access: 'public',
  whileSuspended: true,
  limit: 'login',
  takes: 'form',
  summary: 'Sets the password of the page.',
  body: z.strictObject({ token: z.string().min(1).max(200), password: z.string().min(1).max(1024) }),
  example: { body: { token: 'tsi_usr_01h….…', password: 'violet kettles at noon' } },
  replies: answered,
  handle: async ({ caller, body, header }, platform) => {
    const context = await pageContext(platform, caller, header);
    try {
      await setPasswordByToken(platform, caller, body.token, body.password);
      const text = pageText(context.language, 'setDone');
      return pageReply(setPage(context, '', { notice: { tone: 'good', text } }));
    } catch (error) {
      const text = refusalText(error, context.language);
      return pageReply(setPage(context, body.token, { notice: { tone: 'bad', text }, status: 422 }));
    }
  },
});

function forgotPage(context: Context, isSent: boolean): Page {
  const { language } = context;
  const fields = [
    {
      name: 'email',
      label: pageText(language, 'email'),
      type: 'email',
      autocomplete: 'username',
      required: true,
    } as const,
  ];
  const form = { action: '/account/forgot-password', submit: pageText(language, 'send'), hidden: {}, fields };
  return {
    ...context,
    title: pageText(language, 'forgotTitle'),
    intro: isSent ? '' : pageText(language, 'forgotIntro'),
    notice: isSent ? { tone: 'good', text: pageText(language, 'sent') } : undefined,
    form: isSent ? undefined : form,
  };
}

const showForgot = defineEndpoint({
  id: 'platform.password.forgot_page',
  method: 'GET',
  path: '//account/forgot-password',
  access: 'public',
  whileSuspended: true,
  summary: 'The page that asks for the address to reset a password.',
  replies: page,
  handle: async ({ caller, header }, platform) =>
    pageReply(forgotPage(await pageContext(platform, caller, header), false)),
});

const takeForgot = defineEndpoint({
  id: 'platform.password.forgot_form',
  method: 'POST',
  path: '//account/forgot-password',
  access: 'public',
  whileSuspended: true,
  limit: 'login',
  takes: 'form',
  summary: 'Sends the mail that the page asks for; nobody hears whether the address is known.',
  body: z.strictObject({ email: z.email().max(254) }),
  example: { body: { email: 'tess@lab.example' } },
  replies: page,
  handle: async ({ caller, body, header }, platform) => {
    await askForReset(platform, caller, body.email);
    return pageReply(forgotPage(await pageContext(platform, caller, header), true));
  },
});

export const accountPages = [showSet, takeSet, showForgot, takeForgot];
