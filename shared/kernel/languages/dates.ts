import { latinDigits, nativeDigits } from './digits.ts';
import { fromJalali, toJalali } from './jalali.ts';
import { type Language, scripts } from './language.ts';

/** A Gregorian day as the language writes it: `2026-04-29`, `۱۴۰۵/۰۲/۰۹`. */
export function formatDay(language: Language, day: string): string {
  if (scripts[language].calendar === 'gregorian') return day;
  const { year, month, date } = padded(day);
  return nativeDigits(language, `${year}/${month}/${date}`);
}

function padded(day: string): Readonly<Record<'year' | 'month' | 'date', string>> {
  const jalali = toJalali(day);
  return {
    year: String(jalali.year).padStart(4, '0'),
    month: String(jalali.month).padStart(2, '0'),
    date: String(jalali.day).padStart(2, '0'),
  };
}

/** An instant in a time zone (IANA name): `2026-04-29 14:05`, `۱۴۰۵/۰۲/۰۹ ۱۴:۰۵`. */
export function formatInstant(language: Language, instant: Date, timeZone: string): string {
  const { day, minute } = wallClock(instant, timeZone);
  return `${formatDay(language, day)} ${nativeDigits(language, minute)}`;
}

/** Day and minute that a clock on the wall shows at an instant. */
export function wallClock(
  instant: Date,
  timeZone: string,
): { readonly day: string; readonly minute: string } {
  const text = new Intl.DateTimeFormat('sv-SE', {
    timeZone,
    dateStyle: 'short',
    timeStyle: 'short',
    numberingSystem: 'latn',
  }).format(instant);
  const [day = '', minute = ''] = text.split(' ');
  return { day, minute };
}

const DAY_TEXT = /^(\d{4})([-/.])(\d{1,2})\2(\d{1,2})$/;

/**
 * The Gregorian day `2026-04-29` that was typed in a calendar, in any digits, with `-`, `/` or `.`; undefined when
 * it is no date of that calendar. The calendar is always said, never guessed from the year.
 */
export function parseDay(typed: string, calendar: 'gregorian' | 'jalali'): string | undefined {
  const [, year, , month, day] = DAY_TEXT.exec(latinDigits(typed.trim())) ?? [];
  if (year === undefined || month === undefined || day === undefined) return undefined;
  if (calendar === 'jalali')
    return fromJalali({ year: Number(year), month: Number(month), day: Number(day) });
  const text = `${year}-${month.padStart(2, '0')}-${day.padStart(2, '0')}`;
  const time = Date.parse(`${text}T00:00:00Z`);
  return !Number.isNaN(time) && new Date(time).toISOString().startsWith(text) ? text : undefined;
}
