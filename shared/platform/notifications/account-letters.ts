import type { Language } from '../../kernel/languages/index.ts';
import type { Letter } from './layout.ts';

/** What the letters about accounts tell. */
export type LetterData = { readonly name: string; readonly tenant: string; readonly url: string };
export type LetterName =
  | 'invitation'
  | 'password_reset'
  | 'account_locked'
  | 'password_changed'
  | 'mfa_changed'
  | 'email_change'
  | 'email_change_asked'
  | 'email_changed'
  | 'email_taken';

type Make = (data: LetterData) => Letter;
type Letters = Readonly<Record<LetterName, Make>>;

const en: Letters = {
  invitation: ({ name, tenant, url }) => ({
    subject: `Your login at ${tenant}`,
    greeting: `Hello ${name},`,
    paragraphs: [
      `You have been given a login at ${tenant}. Choose a password to begin; the link is good for seven days and for one use.`,
    ],
    action: { label: 'Choose a password', url },
    closing: 'If you did not expect this, ignore it: nothing happens without you.',
  }),
  password_reset: ({ name, tenant, url }) => ({
    subject: `Reset your password at ${tenant}`,
    greeting: `Hello ${name},`,
    paragraphs: [
      `Somebody, you we hope, wants to reset your password at ${tenant}. The link is good for 30 minutes and for one use. You will be logged out everywhere.`,
    ],
    action: { label: 'Choose a new password', url },
    closing: 'If it was not you, ignore this: your password stays as it is.',
  }),
  account_locked: ({ name, tenant, url }) => ({
    subject: `Failed logins at ${tenant}`,
    greeting: `Hello ${name},`,
    paragraphs: [
      `Five logins in a row with your address failed at ${tenant}, so it is locked for a while; each further failure locks it for longer.`,
      'If it was you, wait a minute or reset your password. If it was not, somebody is guessing: a second factor keeps them out.',
    ],
    action: { label: 'Reset your password', url },
    closing: 'Nobody has come in.',
  }),
  password_changed: ({ name, tenant, url }) => ({
    subject: `Your password at ${tenant} was changed`,
    greeting: `Hello ${name},`,
    paragraphs: [`Your password at ${tenant} was changed, and you were logged out everywhere else.`],
    action: { label: 'It was not me: reset my password', url },
    closing: 'If it was you, there is nothing to do.',
  }),
  mfa_changed: ({ name, tenant, url }) => ({
    subject: `Your second factor at ${tenant} was changed`,
    greeting: `Hello ${name},`,
    paragraphs: [`The second factor of your login at ${tenant} was set up, changed or taken away.`],
    action: { label: 'It was not me: reset my password', url },
    closing: 'If it was you, there is nothing to do.',
  }),
  email_change: ({ name, tenant, url }) => ({
    subject: `Confirm your address at ${tenant}`,
    greeting: `Hello ${name},`,
    paragraphs: [
      `You want to log in at ${tenant} with this address. The link is good for an hour and for one use. Your other sessions end.`,
    ],
    action: { label: 'Confirm the address', url },
    closing: 'If it was not you, ignore this: nothing happens without you.',
  }),
  email_change_asked: ({ name, tenant, url }) => ({
    subject: `Another address for your login at ${tenant}`,
    greeting: `Hello ${name},`,
    paragraphs: [
      `Somebody, you we hope, wants to log in at ${tenant} with another address in place of this one. That counts when it is confirmed from there.`,
      'If it was not you, choose another password now: that calls it off, and logs you out everywhere.',
    ],
    action: { label: 'It was not me: reset my password', url },
    closing: 'If it was you, there is nothing to do.',
  }),
  email_changed: ({ name, tenant }) => ({
    subject: `Your address at ${tenant} was changed`,
    greeting: `Hello ${name},`,
    paragraphs: [`Your login at ${tenant} has another address now, and this one is no longer good for it.`],
    closing: `If it was not you, tell whoever administers ${tenant} at once: they can lock the login.`,
  }),
  email_taken: ({ name, tenant, url }) => ({
    subject: `Your address at ${tenant}`,
    greeting: `Hello ${name},`,
    paragraphs: [
      `Somebody with a login at ${tenant} wanted this address for it. It is yours already, so nothing was changed, and nobody was told that it is.`,
    ],
    action: { label: 'I forgot my password', url },
    closing: 'If it was you, log in with this address.',
  }),
};

const fa: Letters = {
  invitation: ({ name, tenant, url }) => ({
    subject: `حساب شما در ${tenant}`,
    greeting: `${name}، سلام`,
    paragraphs: [
      `در ${tenant} برای شما حسابی ساخته شده است. برای آغاز، گذرواژه‌ای برگزینید؛ پیوند هفت روز و تنها یک بار اعتبار دارد.`,
    ],
    action: { label: 'برگزیدن گذرواژه', url },
    closing: 'اگر چشم‌به‌راه این نامه نبودید، آن را نادیده بگیرید؛ بی شما کاری انجام نمی‌شود.',
  }),
  password_reset: ({ name, tenant, url }) => ({
    subject: `بازنشانی گذرواژهٔ شما در ${tenant}`,
    greeting: `${name}، سلام`,
    paragraphs: [
      `کسی، امیدواریم خود شما، می‌خواهد گذرواژهٔ شما را در ${tenant} بازنشانی کند. پیوند ۳۰ دقیقه و تنها یک بار اعتبار دارد. از همه جا خارج خواهید شد.`,
    ],
    action: { label: 'برگزیدن گذرواژهٔ تازه', url },
    closing: 'اگر شما نبودید، این نامه را نادیده بگیرید؛ گذرواژهٔ شما همان می‌ماند.',
  }),
  account_locked: ({ name, tenant, url }) => ({
    subject: `ورودهای ناموفق در ${tenant}`,
    greeting: `${name}، سلام`,
    paragraphs: [
      `پنج ورود پیاپی با نشانی شما در ${tenant} ناموفق بود، پس برای مدتی قفل شد؛ هر تلاش ناموفق دیگر آن را طولانی‌تر می‌کند.`,
      'اگر خودتان بودید، یک دقیقه صبر کنید یا گذرواژه را بازنشانی کنید. اگر نبودید، کسی گذرواژه را حدس می‌زند؛ عامل دوم راه او را می‌بندد.',
    ],
    action: { label: 'بازنشانی گذرواژه', url },
    closing: 'کسی وارد نشده است.',
  }),
  password_changed: ({ name, tenant, url }) => ({
    subject: `گذرواژهٔ شما در ${tenant} تغییر کرد`,
    greeting: `${name}، سلام`,
    paragraphs: [`گذرواژهٔ شما در ${tenant} تغییر کرد و از همه جای دیگر خارج شدید.`],
    action: { label: 'من نبودم: بازنشانی گذرواژه', url },
    closing: 'اگر خودتان بودید، کاری لازم نیست.',
  }),
  mfa_changed: ({ name, tenant, url }) => ({
    subject: `عامل دوم ورود شما در ${tenant} تغییر کرد`,
    greeting: `${name}، سلام`,
    paragraphs: [`عامل دوم ورود شما در ${tenant} راه‌اندازی، تغییر یا برداشته شد.`],
    action: { label: 'من نبودم: بازنشانی گذرواژه', url },
    closing: 'اگر خودتان بودید، کاری لازم نیست.',
  }),
  email_change: ({ name, tenant, url }) => ({
    subject: `نشانی خود را در ${tenant} تأیید کنید`,
    greeting: `${name}، سلام`,
    paragraphs: [
      `می‌خواهید در ${tenant} با این نشانی وارد شوید. پیوند یک ساعت و تنها یک بار اعتبار دارد. نشست‌های دیگر شما پایان می‌یابند.`,
    ],
    action: { label: 'تأیید نشانی', url },
    closing: 'اگر شما نبودید، این نامه را نادیده بگیرید؛ بی شما کاری انجام نمی‌شود.',
  }),
  email_change_asked: ({ name, tenant, url }) => ({
    subject: `نشانی دیگری برای ورود شما در ${tenant}`,
    greeting: `${name}، سلام`,
    paragraphs: [
      `کسی، امیدواریم خود شما، می‌خواهد در ${tenant} به جای این نشانی با نشانی دیگری وارد شود. این کار وقتی انجام می‌شود که از آنجا تأیید شود.`,
      'اگر شما نبودید، همین حالا گذرواژهٔ دیگری برگزینید؛ با آن این درخواست لغو می‌شود و از همه جا خارج می‌شوید.',
    ],
    action: { label: 'من نبودم: بازنشانی گذرواژه', url },
    closing: 'اگر خودتان بودید، کاری لازم نیست.',
  }),
  email_changed: ({ name, tenant }) => ({
    subject: `نشانی شما در ${tenant} تغییر کرد`,
    greeting: `${name}، سلام`,
    paragraphs: [`ورود شما در ${tenant} اکنون نشانی دیگری دارد و این نشانی دیگر برای آن به کار نمی‌آید.`],
    closing: `اگر شما نبودید، بی‌درنگ به مدیر ${tenant} خبر دهید؛ او می‌تواند ورود را ببندد.`,
  }),
  email_taken: ({ name, tenant, url }) => ({
    subject: `نشانی شما در ${tenant}`,
    greeting: `${name}، سلام`,
    paragraphs: [
      `کسی که در ${tenant} حسابی دارد این نشانی را برای آن می‌خواست. این نشانی از پیش از آنِ شماست؛ چیزی تغییر نکرد و به کسی گفته نشد که از آنِ شماست.`,
    ],
    action: { label: 'گذرواژه‌ام را فراموش کرده‌ام', url },
    closing: 'اگر خودتان بودید، با همین نشانی وارد شوید.',
  }),
};

const letters: Readonly<Record<Language, Letters>> = { en, fa };

/** A letter in a language. */
export function accountLetter(name: LetterName, language: Language, data: LetterData): Letter {
  return letters[language][name](data);
}
