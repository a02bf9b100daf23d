import * as z from 'zod';
import { type PermissionTable, roles } from '../../kernel/index.ts';
import { askForEmail, confirmEmail } from '../accounts/index.ts';
import { defineEndpoint } from '../http/index.ts';
import { type Page, pageReply, pageText } from '../pages/index.ts';
import { answered, type Extra, linkPage, pageContext, refusalText } from './account-pages.ts';

/** Not that of the password: a session that is good for nothing but another password may not move the account. */
export const emailPermissions: PermissionTable = { 'platform.self:email': roles };

const Token = z.string().min(1).max(200);

const ask = defineEndpoint({
  id: 'platform.email.ask_change',
  method: 'POST',
  path: '/me/email',
  access: { permission: 'platform.self:email' },
  stepUp: true,
  limit: 'login',
  summary:
    'Asks for another address of your own. A mail to it holds the link that makes the change, one to the present address says so. The link is void once you choose another password or the session that asked has ended. At most three in an hour; the newest counts. Nobody hears whether the address is known.',
  body: z.strictObject({ email: z.email().max(254).meta({ personal: true }) }),
  example: { body: { email: 'rana.karimi@lab.example' } },
  replies: { 202: { description: 'A mail is on its way.' } },
  faults: ['platform.email_unchanged', 'platform.email_of_issuer'],
  handle: async ({ caller, body }, platform) => askForEmail(platform, caller, body.email),
});

const confirm = defineEndpoint({
  id: 'platform.email.confirm',
  method: 'POST',
  path: '/auth/email',
  access: 'public',
  limit: 'login',
  summary:
    'Makes the change of an address by the token of a mail. Sessions but the one that asked for it end, and a mail tells the address of before.',
  body: z.strictObject({ token: Token }),
  example: { body: { token: 'tse_usr_01h….…' } },
  replies: { 204: { description: 'Changed. Log in with the new address from now on.' } },
  faults: ['platform.link_invalid'],
  handle: async ({ caller, body }, platform) => {
    await confirmEmail(platform, caller, body.token);
    return { status: 204, headers: {}, body: undefined };
  },
});

const page = { 200: { description: 'The page.', mediaType: 'text/html' } };

function confirmPage(context: Pick<Page, 'language' | 'tenant'>, token: string, extra: Extra = {}): Page {
  const { language } = context;
  const form = {
    action: '/account/confirm-email',
    submit: pageText(language, 'emailConfirm'),
    hidden: { token },
    fields: [],
  };
  const asking = { title: pageText(language, 'emailTitle'), intro: pageText(language, 'emailIntro'), form };
  return linkPage(context, asking, extra);
}

const show = defineEndpoint({
  id: 'platform.email.confirm_page',
  method: 'GET',
  path: '//account/confirm-email',
  access: 'public',
  summary: 'The page that the link of a mail leads to: confirm an address. Looking at it changes nothing.',
  query: z.strictObject({ token: z.string().max(200).default('') }),
  replies: page,
  handle: async ({ caller, query, header }, platform) =>
    pageReply(confirmPage(await pageContext(platform, caller, header), query.token)),
});

const take = defineEndpoint({
  id: 'platform.email.confirm_form',
  method: 'POST',
  path: '//account/confirm-email',
  access: 'public',
  limit: 'login',
  takes: 'form',
  summary: 'Confirms the address of the page.',
  body: z.strictObject({ token: Token }),
  example: { body: { token: 'tse_usr_01h….…' } },
  replies: answered,
  handle: async ({ caller, body, header }, platform) => {
    const context = await pageContext(platform, caller, header);
    try {
      await confirmEmail(platform, caller, body.token);
      const text = pageText(context.language, 'emailDone');
      return pageReply(confirmPage(context, '', { notice: { tone: 'good', text } }));
    } catch (error) {
      const text = refusalText(error, context.language);
      return pageReply(confirmPage(context, body.token, { notice: { tone: 'bad', text }, status: 422 }));
    }
  },
});

/** Another address of one's own. */
export const emailEndpoints = [ask, confirm, show, take];
