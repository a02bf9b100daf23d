import { type Language, languageOf } from '../../kernel/languages/index.ts';
import { defineJob } from '../jobs/index.ts';
import { type Letter, letterHtml, letterText } from '../notifications/index.ts';
import { PLATFORM_SLUG, tenantKind } from '../tenancy/index.ts';
import { openWish, SIGNUPS, type SignupWish, signupState, signupToken } from './signup.ts';

export const SIGNUP_MAIL_JOB = 'platform.mail.signup';

const LETTERHEAD = { colour: '#1f2933' };
const SENDER = 'Touchstone';

const letters: Readonly<Record<Language, (wish: SignupWish, url: string) => Letter>> = {
  en: ({ name, organization }, url) => ({
    subject: `Confirm your address for ${organization}`,
    greeting: `Hello ${name},`,
    paragraphs: [
      `Somebody, you we hope, wants to begin a trial for ${organization}. The link is good for 24 hours and for one use.`,
    ],
    action: { label: 'Confirm and begin', url },
    closing:
      'If it was not you, ignore this: nothing happens, and what was written is forgotten after a day.',
  }),
  fa: ({ name, organization }, url) => ({
    subject: `تأیید نشانی شما برای ${organization}`,
    greeting: `${name}، سلام`,
    paragraphs: [
      `کسی، امیدواریم خود شما، می‌خواهد دورهٔ آزمایشی ${organization} را آغاز کند. پیوند ۲۴ ساعت و تنها یک بار اعتبار دارد.`,
    ],
    action: { label: 'تأیید و آغاز', url },
    closing:
      'اگر شما نبودید، این نامه را نادیده بگیرید؛ کاری انجام نمی‌شود و نوشته‌ها پس از یک روز فراموش می‌شوند.',
  }),
};

/** Mails the link of a wish. Running twice, it sends the same link twice. */
export const signupLetterJob = defineJob({
  name: SIGNUP_MAIL_JOB,
  queue: 'jobs',
  about: tenantKind,
  run: async ({ platform, scope, job }) => {
    const signup = await scope.state(signupState, job.data.subject);
    if (signup === undefined || scope.name !== SIGNUPS || signup.data.tenant !== null)
      return { action: 'platform.mail.dropped', events: [], links: [] };
    const wish = await openWish(platform.identityKeys, signup.data);
    const token = await signupToken(platform.identityKeys, signup.id, signup.data);
    const url = `${platform.originOf(PLATFORM_SLUG)}/signup/confirm?token=${token}`;
    const language = languageOf(wish.locale) ?? 'en';
    const letter = letters[language](wish, url);
    await platform.mailer.send({
      id: job.id,
      senderName: SENDER,
      to: wish.email,
      subject: letter.subject,
      text: letterText(letter, LETTERHEAD),
      html: letterHtml(letter, language, LETTERHEAD),
    });
    return { action: 'platform.mail.sent', events: [], links: [] };
  },
});
