import type { Language } from '../../kernel/languages/index.ts';

const en = {
  setTitle: 'Choose a password',
  setIntro:
    'At least 15 characters, or 12 with a second factor. Several words are easy to remember. Not your name, nor a common password.',
  password: 'New password',
  set: 'Set password',
  setDone: 'The password is set. You can log in with it now.',
  forgotTitle: 'Reset your password',
  forgotIntro: 'We send a link to your address, if it is known here.',
  email: 'E-mail address',
  send: 'Send the link',
  sent: 'If the address is known here, a mail with a link is on its way. The link is good for 30 minutes.',
  emailTitle: 'Confirm your address',
  emailIntro: 'One press makes this the address that you log in with. Your other sessions end.',
  emailConfirm: 'Confirm the address',
  emailDone: 'Your address is changed. Log in with the new one from now on.',
  authorizeTitle: 'Log in for {client}',
  authorizeIntro: '{client} asks to act in your name at {tenant}. Log in only if you came here from it.',
  authorizeScopes: 'What {client} may do as you, as far as you may yourself:',
  currentPassword: 'Password',
  authorize: 'Log in and allow',
  code: 'Code of your authenticator, or a recovery code',
  codeHint: 'Only if you have a second factor.',
  badClient: 'This address was not called as it should be; go back to where you came from.',
  signupTitle: 'Begin your trial',
  signupIntro: 'One press makes your tenant. Then a second mail brings you the link to choose a password.',
  signupSlug: 'Another host name',
  signupSlugHint: 'Only if the first one is taken: the part before .{host}',
  signupConfirm: 'Confirm and begin',
  signupDone: 'It is being made and will be at {url} within a minute. Look into your mailbox.',
  problemsTitle: 'Problems',
  problemsIntro:
    'Every refusal is a problem document (RFC 9457) with one of these codes. Codes never change; words may.',
  problemLater: 'The same request may succeed later.',
  failed: 'That did not work: {why}',
  goBack: 'Go back in your browser and try again.',
  refused: 'What to know, or to name when you ask for help:',
};
type Texts = Readonly<Record<keyof typeof en, string>>;

const fa: Texts = {
  setTitle: 'گذرواژه‌ای برگزینید',
  setIntro:
    'دست‌کم ۱۵ نویسه، یا ۱۲ نویسه با عامل دوم. چند واژه را آسان به یاد می‌سپارید. نه نام شما و نه گذرواژه‌ای رایج.',
  password: 'گذرواژهٔ تازه',
  set: 'ثبت گذرواژه',
  setDone: 'گذرواژه ثبت شد. اکنون می‌توانید با آن وارد شوید.',
  forgotTitle: 'بازنشانی گذرواژه',
  forgotIntro: 'اگر نشانی شما شناخته باشد، پیوندی به آن می‌فرستیم.',
  email: 'نشانی رایانامه',
  send: 'فرستادن پیوند',
  sent: 'اگر نشانی شناخته باشد، نامه‌ای با پیوند در راه است. پیوند ۳۰ دقیقه اعتبار دارد.',
  emailTitle: 'نشانی خود را تأیید کنید',
  emailIntro: 'با یک بار فشردن، این نشانی همان می‌شود که با آن وارد می‌شوید. نشست‌های دیگر شما پایان می‌یابند.',
  emailConfirm: 'تأیید نشانی',
  emailDone: 'نشانی شما تغییر کرد. از این پس با نشانی تازه وارد شوید.',
  authorizeTitle: 'ورود برای {client}',
  authorizeIntro: '{client} می‌خواهد در {tenant} به نام شما کار کند. تنها اگر از آنجا آمده‌اید وارد شوید.',
  authorizeScopes: 'آنچه {client} به نام شما می‌تواند بکند، تا جایی که خودتان می‌توانید:',
  currentPassword: 'گذرواژه',
  authorize: 'ورود و اجازه',
  code: 'کد برنامهٔ تأیید، یا یک کد بازیابی',
  codeHint: 'تنها اگر عامل دوم دارید.',
  badClient: 'این نشانی چنان‌که باید فراخوانده نشد؛ به همان‌جا که بودید بازگردید.',
  signupTitle: 'دورهٔ آزمایشی را آغاز کنید',
  signupIntro: 'با یک بار فشردن ساخته می‌شود. سپس نامهٔ دوم پیوندی برای برگزیدن گذرواژه می‌آورد.',
  signupSlug: 'نام میزبان دیگر',
  signupSlugHint: 'تنها اگر نام نخست گرفته شده باشد: بخش پیش از .{host}',
  signupConfirm: 'تأیید و آغاز',
  signupDone: 'در حال ساخته شدن است و تا یک دقیقهٔ دیگر در {url} خواهد بود. صندوق نامه‌هایتان را ببینید.',
  problemsTitle: 'خطاها',
  problemsIntro:
    'هر پاسخ منفی یک سند خطا (RFC 9457) با یکی از این کدهاست. کدها هرگز عوض نمی‌شوند؛ متن‌ها شاید.',
  problemLater: 'همین درخواست شاید دیرتر انجام شود.',
  failed: 'نشد: {why}',
  goBack: 'در مرورگر خود بازگردید و دوباره بکوشید.',
  refused: 'آنچه باید بدانید، یا هنگام درخواست کمک نام ببرید:',
};

const texts: Readonly<Record<Language, Texts>> = { en, fa };

/** A text of our own pages; `{name}` stands for what is put in. */
export function pageText(
  language: Language,
  name: keyof typeof en,
  data: Readonly<Record<string, string>> = {},
): string {
  return texts[language][name].replaceAll(/\{(\w+)\}/g, (whole, key: string) => data[key] ?? whole);
}
