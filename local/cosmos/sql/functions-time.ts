import type { Value } from '../json.ts';
import type { SqlFunction } from './functions-text.ts';

const ticksPerMillisecond = 10_000;
const unixEpochTicks = 621_355_968_000_000_000n;

function instant(value: Value): number | undefined {
  if (typeof value !== 'string' || !/^\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d(\.\d{1,7})?)?Z?)?$/.test(value))
    return undefined;
  const text = value.includes('T')
    ? `${value.replace(/Z$/, '').replace(/(\.\d{3})\d+$/, '$1')}Z`
    : `${value}T00:00:00Z`;
  const time = Date.parse(text);
  return Number.isNaN(time) ? undefined : time;
}

/** The service writes seven digits of a second. */
function format(time: number): Value {
  const date = new Date(time);
  return Number.isNaN(date.getTime()) ? undefined : date.toISOString().replace('Z', '0000Z');
}

const unitNames: Readonly<Record<string, string>> = {
  year: 'year',
  yyyy: 'year',
  yy: 'year',
  month: 'month',
  mm: 'month',
  m: 'month',
  day: 'day',
  dd: 'day',
  d: 'day',
  hour: 'hour',
  hh: 'hour',
  minute: 'minute',
  mi: 'minute',
  n: 'minute',
  second: 'second',
  ss: 'second',
  s: 'second',
  millisecond: 'millisecond',
  ms: 'millisecond',
  microsecond: 'microsecond',
  mcs: 'microsecond',
  nanosecond: 'nanosecond',
  ns: 'nanosecond',
  weekday: 'weekday',
  dw: 'weekday',
  w: 'weekday',
};

const unitMilliseconds: Readonly<Record<string, number>> = {
  day: 86_400_000,
  hour: 3_600_000,
  minute: 60_000,
  second: 1000,
  millisecond: 1,
  microsecond: 1e-3,
  nanosecond: 1e-6,
};

function unitOf(value: Value): string | undefined {
  return typeof value === 'string' ? unitNames[value.toLowerCase()] : undefined;
}

function add(args: readonly Value[]): Value {
  const unit = unitOf(args[0]);
  const amount = args[1];
  const time = instant(args[2]);
  if (unit === undefined || typeof amount !== 'number' || time === undefined) return undefined;
  const milliseconds = unitMilliseconds[unit];
  if (milliseconds !== undefined) return format(time + amount * milliseconds);
  const date = new Date(time);
  const day = date.getUTCDate();
  date.setUTCDate(1);
  date.setUTCMonth(date.getUTCMonth() + amount * (unit === 'year' ? 12 : 1));
  const last = new Date(Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1, 0)).getUTCDate();
  date.setUTCDate(Math.min(day, last));
  return format(date.getTime());
}

/** Boundaries crossed between two instants. */
function difference(args: readonly Value[]): Value {
  const unit = unitOf(args[0]);
  const from = instant(args[1]);
  const to = instant(args[2]);
  if (unit === undefined || from === undefined || to === undefined) return undefined;
  const months = (time: number): number =>
    new Date(time).getUTCFullYear() * 12 + new Date(time).getUTCMonth();
  if (unit === 'month') return months(to) - months(from);
  if (unit === 'year') return new Date(to).getUTCFullYear() - new Date(from).getUTCFullYear();
  const milliseconds = unitMilliseconds[unit];
  return milliseconds === undefined
    ? undefined
    : Math.floor(to / milliseconds) - Math.floor(from / milliseconds);
}

const parts: Readonly<Record<string, (date: Date) => number>> = {
  year: date => date.getUTCFullYear(),
  month: date => date.getUTCMonth() + 1,
  day: date => date.getUTCDate(),
  hour: date => date.getUTCHours(),
  minute: date => date.getUTCMinutes(),
  second: date => date.getUTCSeconds(),
  millisecond: date => date.getUTCMilliseconds(),
  microsecond: date => date.getUTCMilliseconds() * 1000,
  nanosecond: date => date.getUTCMilliseconds() * 1_000_000,
  weekday: date => date.getUTCDay() + 1,
};

function part(args: readonly Value[]): Value {
  const time = instant(args[1]);
  const read = parts[unitOf(args[0]) ?? ''];
  return time === undefined || read === undefined ? undefined : read(new Date(time));
}

function fromNumbers(args: readonly Value[]): Value {
  if (!args.every(arg => typeof arg === 'number')) return undefined;
  const [year = 1, month = 1, day = 1, hour = 0, minute = 0, second = 0, fraction = 0] = args;
  const time = Date.UTC(
    year,
    month - 1,
    day,
    hour,
    minute,
    second,
    Math.floor(fraction / ticksPerMillisecond),
  );
  return new Date(time).getUTCDate() === day ? format(time) : undefined;
}

function bin(args: readonly Value[]): Value {
  const time = instant(args[0]);
  const milliseconds = unitMilliseconds[unitOf(args[1]) ?? ''];
  const count = args[2] ?? 1;
  const origin = args[3] === undefined ? 0 : instant(args[3]);
  if (
    time === undefined ||
    milliseconds === undefined ||
    typeof count !== 'number' ||
    origin === undefined ||
    count <= 0
  )
    return undefined;
  const width = milliseconds * count;
  return format(Math.floor((time - origin) / width) * width + origin);
}

function ticks(time: number): number {
  return Number(BigInt(time) * BigInt(ticksPerMillisecond) + unixEpochTicks);
}

/** The date and time functions. https://learn.microsoft.com/azure/cosmos-db/nosql/query/date-time-functions */
export const timeFunctions: Readonly<Record<string, SqlFunction>> = {
  DATETIMEADD: add,
  DATETIMEBIN: bin,
  DATETIMEDIFF: difference,
  DATETIMEFROMPARTS: fromNumbers,
  DATETIMEPART: part,
  DATETIMETOTICKS: args => {
    const time = instant(args[0]);
    return time === undefined ? undefined : ticks(time);
  },
  DATETIMETOTIMESTAMP: args => instant(args[0]),
  GETCURRENTDATETIME: () => format(Date.now()),
  GETCURRENTTICKS: () => ticks(Date.now()),
  GETCURRENTTIMESTAMP: () => Date.now(),
  TICKSTODATETIME: args =>
    typeof args[0] === 'number'
      ? format(Number((BigInt(Math.trunc(args[0])) - unixEpochTicks) / BigInt(ticksPerMillisecond)))
      : undefined,
  TIMESTAMPTODATETIME: args => (typeof args[0] === 'number' ? format(args[0]) : undefined),
};
