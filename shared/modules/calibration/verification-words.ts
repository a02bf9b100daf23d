import type { Language } from '../../kernel/languages/index.ts';

/** What the public page says in one language. Places in braces are filled with markup, so these are no user's texts. */
export type PageWords = {
  readonly title: string;
  readonly certificate: string;
  readonly invitation: string;
  readonly notFound: string;
  readonly notFoundText: string;
  readonly number: string;
  readonly code: string;
  readonly verify: string;
  readonly another: string;
  readonly revision: string;
  readonly issuedOn: string;
  readonly issuedBy: string;
  readonly valid: string;
  readonly validText: string;
  readonly superseded: string;
  readonly supersededText: string;
  readonly newer: string;
  readonly revoked: string;
  readonly revokedText: string;
  readonly revokedOnText: string;
  readonly genuine: string;
  readonly genuineText: string;
};

export const pageWords: Readonly<Record<Language, PageWords>> = {
  en: {
    title: 'Verify a calibration certificate',
    certificate: 'Certificate',
    invitation: 'Number and verification code stand on the first page of the certificate.',
    notFound: 'Not found',
    notFoundText:
      'There is no certificate with this number and this code. Please compare both with the print.',
    number: 'Certificate number',
    code: 'Verification code',
    verify: 'Verify',
    another: 'Verify another certificate',
    revision: 'Revision',
    issuedOn: 'Date of issue',
    issuedBy: 'Issued by',
    valid: 'Valid',
    validText: 'This certificate was issued by the laboratory and is valid.',
    superseded: 'Superseded',
    supersededText: 'This certificate was replaced by a newer one and is no longer valid.',
    newer: 'The newer one is {newer}.',
    revoked: 'Revoked',
    revokedText: 'This certificate was revoked by the laboratory and is not valid.',
    revokedOnText: 'This certificate was revoked by the laboratory on {when} and is not valid.',
    genuine: 'Is your PDF file the genuine one?',
    genuineText:
      'It is when its SHA-256 is the one below; compute it with {windows} on Windows, {mac} on macOS or {linux} on Linux.',
  },
  fa: {
    title: 'بررسی اصالت گواهی کالیبراسیون',
    certificate: 'گواهی',
    invitation: 'شماره و کد بررسی در صفحهٔ نخست گواهی آمده است.',
    notFound: 'پیدا نشد',
    notFoundText: 'گواهی‌ای با این شماره و این کد وجود ندارد. لطفاً هر دو را با نسخهٔ چاپی مقایسه کنید.',
    number: 'شمارهٔ گواهی',
    code: 'کد بررسی',
    verify: 'بررسی',
    another: 'بررسی گواهی دیگر',
    revision: 'ویرایش',
    issuedOn: 'تاریخ صدور',
    issuedBy: 'صادرکننده',
    valid: 'معتبر',
    validText: 'این گواهی را آزمایشگاه صادر کرده و معتبر است.',
    superseded: 'جایگزین‌شده',
    supersededText: 'گواهی جدیدتری جایگزین این گواهی شده و این گواهی دیگر معتبر نیست.',
    newer: 'گواهی جدیدتر {newer} است.',
    revoked: 'باطل‌شده',
    revokedText: 'آزمایشگاه این گواهی را باطل کرده و این گواهی معتبر نیست.',
    revokedOnText: 'آزمایشگاه این گواهی را در {when} باطل کرده و این گواهی معتبر نیست.',
    genuine: 'آیا فایل PDF شما اصل است؟',
    genuineText:
      'اگر SHA-256 آن همان باشد که در زیر آمده، اصل است؛ آن را در ویندوز با {windows}، در macOS با {mac} و در لینوکس با {linux} حساب کنید.',
  },
};
