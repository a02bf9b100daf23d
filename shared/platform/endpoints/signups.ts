import * as z from 'zod';
import { negotiateLanguage } from '../../kernel/languages/index.ts';
import type { Capabilities } from '../capabilities/index.ts';
import { defineEndpoint } from '../http/index.ts';
import { type Page, pageReply, pageText } from '../pages/index.ts';
import { askForSignup, confirmSignup, SignupWish } from '../signups/index.ts';
import { Slug } from '../tenancy/index.ts';
import { refusalText } from './account-pages.ts';

const Token = z.string().min(1).max(200);
const PAGE = '//signup/confirm';

const ask = defineEndpoint({
  id: 'platform.signup.ask',
  method: 'POST',
  path: '/signups',
  access: 'public',
  onPlatformHost: true,
  limit: 'signup',
  summary:
    'Begins a trial, where operators let strangers do so: a mail with a link goes to the address. Nobody hears what is known of it.',
  body: SignupWish,
  example: {
    body: {
      organization: 'Northgate Calibration',
      slug: 'northgate',
      name: 'Helen Marchetti',
      email: 'helen@northgate.example',
      locale: 'en-GB',
      currency: 'GBP',
      timeZone: 'Europe/London',
    },
  },
  replies: { 202: { description: 'A mail is on its way.' } },
  faults: ['platform.signup_closed', 'platform.signups_over', 'platform.slug_reserved'],
  handle: async ({ caller, body }, platform) => {
    await askForSignup(platform, caller, body);
    return { status: 202, headers: {}, body: undefined };
  },
});

const SignedUp = z.strictObject({
  tenantId: z.string(),
  url: z.string().meta({ description: 'Where the tenant is served within a minute.' }),
});

const confirm = defineEndpoint({
  id: 'platform.signup.confirm',
  method: 'POST',
  path: '/signups/confirm',
  access: 'public',
  onPlatformHost: true,
  limit: 'signup',
  summary:
    'Makes the tenant, by the token of the mail, which is good for one use; under another host name if one is given.',
  body: z.strictObject({ token: Token, slug: Slug.optional() }),
  example: { body: { token: 'tss_signup_01h….…', slug: 'northgate-2' } },
  secretFields: ['token'],
  replies: {
    202: {
      description: 'Being made; its administrator is invited by mail when it is there.',
      schema: SignedUp,
    },
  },
  faults: [
    'platform.signup_closed',
    'platform.signup_link_invalid',
    'platform.slug_reserved',
    'platform.slug_taken',
  ],
  handle: async ({ caller, body }, platform) => {
    const { tenantId, slug } = await confirmSignup(platform, caller, body.token, body.slug);
    return { status: 202, headers: {}, body: { tenantId, url: platform.originOf(slug) } };
  },
});

type Shown = Pick<Page, 'notice' | 'status'> & { readonly token?: string };

function confirmPage(
  platform: Capabilities,
  header: (name: string) => string | undefined,
  shown: (language: Page['language']) => Shown,
): Page {
  const language = negotiateLanguage(header('accept-language'), 'en');
  const { token, ...extra } = shown(language);
  const slug = {
    name: 'slug',
    label: pageText(language, 'signupSlug'),
    type: 'text',
    autocomplete: 'off',
    required: false,
    hint: pageText(language, 'signupSlugHint', { host: platform.baseDomain }),
  } as const;
  const submit = pageText(language, 'signupConfirm');
  return {
    language,
    tenant: 'Touchstone',
    title: pageText(language, 'signupTitle'),
    intro: token === undefined ? '' : pageText(language, 'signupIntro'),
    form:
      token === undefined ? undefined : { action: PAGE.slice(1), submit, hidden: { token }, fields: [slug] },
    ...extra,
  };
}

const page = { 200: { description: 'The page.', mediaType: 'text/html' } };

/** A page with a button, since programs that look at mails follow links. */
const showConfirm = defineEndpoint({
  id: 'platform.signup.confirm_page',
  method: 'GET',
  path: PAGE,
  access: 'public',
  onPlatformHost: true,
  summary: 'The page that the link of the mail leads to.',
  query: z.strictObject({ token: z.string().max(200).default('') }),
  replies: page,
  handle: async ({ query, header }, platform) =>
    pageReply(confirmPage(platform, header, () => ({ token: query.token }))),
});

const takeConfirm = defineEndpoint({
  id: 'platform.signup.confirm_form',
  method: 'POST',
  path: PAGE,
  access: 'public',
  onPlatformHost: true,
  limit: 'signup',
  takes: 'form',
  summary: 'Makes the tenant of the page.',
  body: z.strictObject({ token: Token, slug: z.union([z.literal(''), Slug]).optional() }),
  example: { body: { token: 'tss_signup_01h….…', slug: '' } },
  replies: { ...page, 422: { description: 'The page, with what was wrong.', mediaType: 'text/html' } },
  handle: async ({ caller, body, header }, platform) => {
    try {
      const other = body.slug === '' ? undefined : body.slug;
      const { slug } = await confirmSignup(platform, caller, body.token, other);
      const url = platform.originOf(slug);
      return pageReply(
        confirmPage(platform, header, language => ({
          notice: { tone: 'good', text: pageText(language, 'signupDone', { url }) },
        })),
      );
    } catch (error) {
      return pageReply(
        confirmPage(platform, header, language => ({
          token: body.token,
          notice: { tone: 'bad', text: refusalText(error, language) },
          status: 422,
        })),
      );
    }
  },
});

/** On the platform's own host, before anybody is anybody. */
export const signupEndpoints = [ask, confirm, showConfirm, takeConfirm];
