import Negotiator from 'negotiator';

/** The languages that every text exists in. Adding one is adding it here; what lacks its texts no longer compiles. */
export const languages = ['en', 'fa'] as const;
export type Language = (typeof languages)[number];

/** How a language is written: what documents, pages and messages need to know of it. */
export type Script = {
  /** Its own name, for choosing it. */
  readonly name: string;
  readonly direction: 'ltr' | 'rtl';
  /** ISO 8601 number of the day that a week begins with: 1 is Monday, 6 Saturday. */
  readonly firstDayOfWeek: 1 | 6;
  readonly calendar: 'gregorian' | 'jalali';
};

export const scripts: Readonly<Record<Language, Script>> = {
  en: { name: 'English', direction: 'ltr', firstDayOfWeek: 1, calendar: 'gregorian' },
  fa: { name: 'فارسی', direction: 'rtl', firstDayOfWeek: 6, calendar: 'jalali' },
};

/** Whether a text names one of our languages. */
export function isLanguage(text: string): text is Language {
  return (languages as readonly string[]).includes(text);
}

/** Our language of a locale such as `fa-IR`, or undefined when we do not have it. */
export function languageOf(locale: string): Language | undefined {
  const [primary = ''] = locale.toLowerCase().split(/[-_]/);
  return isLanguage(primary) ? primary : undefined;
}

/** The language that an `Accept-Language` header asks for (RFC 9110 section 12.5.4), or `otherwise`. */
export function negotiateLanguage(header: string | undefined, otherwise: Language): Language {
  if (header === undefined || header.trim() === '' || header.trim() === '*') return otherwise;
  const preferred = new Negotiator({ headers: { 'accept-language': header } }).languages([...languages]);
  const [first] = preferred;
  return first !== undefined && isLanguage(first) ? first : otherwise;
}
