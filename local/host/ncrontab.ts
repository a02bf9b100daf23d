/**
 * NCRONTAB: `{second} {minute} {hour} {day} {month} {day of week}`, as atifaziz/NCrontab reads it for the timer
 * trigger. Unlike Vixie cron, a day must match the day of month AND the day of week.
 */
export type Schedule = {
  /** The expression as it was given. */
  readonly expression: string;
  /** The first occurrence strictly after `after`, in UTC; undefined when there is none within eight years. */
  next(after: Date): Date | undefined;
};

type Field = {
  readonly name: string;
  readonly least: number;
  readonly most: number;
  readonly words: readonly string[];
};

const fields: readonly Field[] = [
  { name: 'second', least: 0, most: 59, words: [] },
  { name: 'minute', least: 0, most: 59, words: [] },
  { name: 'hour', least: 0, most: 23, words: [] },
  { name: 'day', least: 1, most: 31, words: [] },
  {
    name: 'month',
    least: 1,
    most: 12,
    words: [
      'january',
      'february',
      'march',
      'april',
      'may',
      'june',
      'july',
      'august',
      'september',
      'october',
      'november',
      'december',
    ],
  },
  {
    name: 'day of week',
    least: 0,
    most: 6,
    words: ['sunday', 'monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday'],
  },
];
// The 29th of February comes back within eight years, also around a year such as 2100.
const searchYears = 8;

/** Reads an expression of six fields (five mean second 0). Throws a plain Error that says which field is wrong. */
export function parseNcrontab(expression: string): Schedule {
  const parts = expression.trim().split(/\s+/);
  if (parts.length === 5) parts.unshift('0');
  if (parts.length !== 6) throw new Error(`"${expression}" has ${parts.length} fields; a schedule has six`);
  const [seconds, minutes, hours, days, months, weekdays] = parts.map((part, index) => {
    const field = fields[index];
    return field === undefined ? [] : parseField(part, field);
  });
  const sets = {
    seconds: seconds ?? [],
    minutes: minutes ?? [],
    hours: hours ?? [],
    days: new Set(days),
    months: new Set(months),
    weekdays: new Set(weekdays),
  };
  return { expression, next: after => nextOccurrence(sets, after) };
}

/**
 * Whether the schedule can come more than once in a minute: the real host does not persist such a schedule's
 * status (`ShouldDisableScheduleMonitor`).
 */
export function isSubMinute(schedule: Schedule): boolean {
  const parts = schedule.expression.trim().split(/\s+/);
  if (parts.length !== 6 || parts.slice(1).some(part => part !== '*')) return false;
  const first = schedule.next(new Date(0));
  const second = first === undefined ? undefined : schedule.next(first);
  return first !== undefined && second !== undefined && second.getTime() - first.getTime() < 60_000;
}

type Sets = {
  readonly seconds: readonly number[];
  readonly minutes: readonly number[];
  readonly hours: readonly number[];
  readonly days: ReadonlySet<number>;
  readonly months: ReadonlySet<number>;
  readonly weekdays: ReadonlySet<number>;
};

function nextOccurrence(sets: Sets, after: Date): Date | undefined {
  const start = new Date(Math.floor(after.getTime() / 1000) * 1000 + 1000);
  const day = new Date(Date.UTC(start.getUTCFullYear(), start.getUTCMonth(), start.getUTCDate()));
  const lastYear = start.getUTCFullYear() + searchYears;
  let from = (start.getTime() - day.getTime()) / 1000;
  while (day.getUTCFullYear() <= lastYear) {
    if (!sets.months.has(day.getUTCMonth() + 1)) {
      day.setUTCMonth(day.getUTCMonth() + 1, 1);
    } else {
      if (sets.days.has(day.getUTCDate()) && sets.weekdays.has(day.getUTCDay())) {
        const second = firstTimeOfDay(sets, from);
        if (second !== undefined) return new Date(day.getTime() + second * 1000);
      }
      day.setUTCDate(day.getUTCDate() + 1);
    }
    from = 0;
  }
  return undefined;
}

function firstTimeOfDay(sets: Sets, from: number): number | undefined {
  for (const hour of sets.hours) {
    if (hour * 3600 + 3599 < from) continue;
    for (const minute of sets.minutes) {
      const start = hour * 3600 + minute * 60;
      if (start + 59 < from) continue;
      const second = sets.seconds.find(value => start + value >= from);
      if (second !== undefined) return start + second;
    }
  }
  return undefined;
}

function parseField(text: string, field: Field): number[] {
  const values = new Set<number>();
  for (const item of text.split(',')) for (const value of parseItem(item, field)) values.add(value);
  return [...values].sort((a, b) => a - b);
}

function parseItem(item: string, field: Field): number[] {
  const [range = '', stepText, ...more] = item.split('/');
  const step = stepText === undefined ? 1 : Number(stepText);
  if (more.length > 0 || !Number.isInteger(step) || step < 1) throw wrong(item, field);
  const [fromText = '', toText, ...rest] = range.split('-');
  if (rest.length > 0) throw wrong(item, field);
  let from: number;
  let to: number;
  if (range === '*') {
    [from, to] = [field.least, field.most];
  } else {
    from = parseValue(fromText, item, field);
    // `5/15` means from 5 to the end in steps of 15.
    to =
      toText === undefined ? (stepText === undefined ? from : field.most) : parseValue(toText, item, field);
  }
  if (from > to) [from, to] = [to, from];
  const values: number[] = [];
  for (let value = from; value <= to; value += step) values.push(value);
  return values;
}

function parseValue(text: string, item: string, field: Field): number {
  if (/^\d+$/.test(text)) {
    const value = Number(text);
    if (value < field.least || value > field.most) throw wrong(item, field);
    return value;
  }
  const word = text.toLowerCase();
  const index = word.length >= 3 ? field.words.findIndex(known => known.startsWith(word)) : -1;
  if (index < 0) throw wrong(item, field);
  return index + field.least;
}

function wrong(item: string, field: Field): Error {
  return new Error(`"${item}" is not a ${field.name} (${field.least} to ${field.most})`);
}
