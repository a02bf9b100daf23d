/** A date of the Jalali (Solar Hijri) calendar: month 1 is Farvardin, day 1 its first. */
export type JalaliDate = { readonly year: number; readonly month: number; readonly day: number };

const DAY = 86_400_000;
const FIRST_YEAR = 1200;
const LAST_YEAR = 1600;
/** Farvardin 1st is March 20th, 21st or 22nd of the Gregorian year that is 621 higher. */
const YEARS_APART = 621;

// ICU keeps the calendar, with its leap years; nothing of it is computed here.
const persian = new Intl.DateTimeFormat('en-u-ca-persian-nu-latn', {
  timeZone: 'UTC',
  year: 'numeric',
  month: 'numeric',
  day: 'numeric',
});

/** The Jalali date of a Gregorian day `2026-04-29`. Throws a RangeError when the text is no day. */
export function toJalali(day: string): JalaliDate {
  const time = Date.parse(`${day}T00:00:00Z`);
  if (Number.isNaN(time)) throw new RangeError(`not a day: ${day}`);
  return jalaliAt(time);
}

/** The Gregorian day `2026-04-29` of a Jalali date, or undefined when the calendar has no such date. */
export function fromJalali({ year, month, day }: JalaliDate): string | undefined {
  const known = year >= FIRST_YEAR && year <= LAST_YEAR && month >= 1 && month <= 12 && day >= 1 && day <= 31;
  if (!known || ![year, month, day].every(Number.isInteger)) return undefined;
  const before = month <= 7 ? (month - 1) * 31 : 186 + (month - 7) * 30;
  const near = Date.UTC(year + YEARS_APART, 2, 21) + (before + day - 1) * DAY;
  for (const off of [0, -1, 1]) {
    const found = jalaliAt(near + off * DAY);
    if (found.year === year && found.month === month && found.day === day) {
      return new Date(near + off * DAY).toISOString().slice(0, 10);
    }
  }
  return undefined;
}

function jalaliAt(time: number): JalaliDate {
  const parts = new Map(persian.formatToParts(time).map(({ type, value }) => [type, Number(value)]));
  return { year: parts.get('year') ?? 0, month: parts.get('month') ?? 0, day: parts.get('day') ?? 0 };
}
