const timeOnly = /^(\d{1,2}):(\d{1,2})(?::(\d{1,2})(?:\.\d+)?)?\s*([ap]m?)?$/i;
const dayInText = /\b(sun|mon|tue|wed|thu|fri|sat)[a-z]*\b/i;
const zone = /\s*(?:z|gmt|[+-]\d{1,2}:\d{2})$/i;
const weekdays = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'];

/**
 * Whether `DateTime.TryParse` of .NET takes a text in the invariant culture, as far as the usual forms go: a time alone is one
 * of today, a number alone is none, and a day of the week must be that of the date.
 */
export function isDateTime(value: string): boolean {
  const text = value.trim();
  const time = timeOnly.exec(text);
  if (time !== null) return isTime(time);
  if (!/\d\D+\d/.test(text) || Number.isNaN(Date.parse(text)) || !hasDay(text)) return false;
  const weekday = dayInText.exec(text)?.[1]?.toLowerCase();
  return weekday === undefined || weekdays[new Date(text.replace(zone, '')).getDay()] === weekday;
}

function isTime([, hours, minutes, seconds = '0', half]: readonly (string | undefined)[]): boolean {
  const most = half === undefined ? 23 : 12;
  return Number(hours) <= most && Number(minutes) <= 59 && Number(seconds) <= 59;
}

/** JavaScript takes the 30th of February for the 2nd of March. */
function hasDay(text: string): boolean {
  const numbers =
    /^(\d{4})[-/](\d{1,2})[-/](\d{1,2})(?!\d)/.exec(text)?.slice(1) ??
    /^(\d{1,2})[-/](\d{1,2})[-/](\d{4})(?!\d)/.exec(text)?.slice(1);
  if (numbers === undefined) return true;
  const [first = 0, second = 0, third = 0] = numbers.map(Number);
  const [year, month, day] = first > 31 ? [first, second, third] : [third, first, second];
  return month >= 1 && month <= 12 && day >= 1 && day <= new Date(Date.UTC(year, month, 0)).getUTCDate();
}
