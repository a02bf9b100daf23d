import type { Value } from '../json.ts';
import type { SqlFunction } from './functions-text.ts';

// An instant is a count of ticks of 100 nanoseconds since 1970, as the service counts them.
// https://learn.microsoft.com/azure/cosmos-db/nosql/query/datetimetoticks
const perMillisecond = 10_000n;
const pattern = /^(\d{4}-\d\d-\d\d)(?:T(\d\d:\d\d(?::\d\d)?)(?:\.(\d{1,7}))?Z?)?$/;
const first = BigInt(Date.parse('0001-01-01T00:00:00Z')) * perMillisecond;
const last = BigInt(Date.parse('9999-12-31T23:59:59.999Z')) * perMillisecond + 9_999n;

function instant(value: Value): bigint | undefined {
  const match = typeof value === 'string' ? pattern.exec(value) : null;
  if (match === null) return undefined;
  const [, day = '', clock = '00:00:00', fraction = ''] = match;
  const time = Date.parse(`${day}T${clock.length === 5 ? `${clock}:00` : clock}Z`);
  if (Number.isNaN(time) || new Date(time).toISOString().slice(0, 10) !== day) return undefined;
  return BigInt(time) * perMillisecond + BigInt(fraction.padEnd(7, '0'));
}

// Not all of these can be computed with: a time after a space is a time to this test only.
const wellFormed = /^(\d{4}-\d\d-\d\d)(?:[ T](\d\d:\d\d:\d\d(?:\.\d{1,7})?))?Z?$/;

/** Whether a value is a text that the service takes for a date and time. https://learn.microsoft.com/azure/cosmos-db/nosql/query/is-datetime */
export function isDateTime(value: Value): boolean {
  const match = typeof value === 'string' ? wellFormed.exec(value) : null;
  return match !== null && instant(`${match[1]}T${match[2] ?? '00:00:00'}Z`) !== undefined;
}

/** Whole units below an instant, also before 1970. */
function floorDivide(value: bigint, by: bigint): bigint {
  const quotient = value / by;
  return value % by < 0n ? quotient - 1n : quotient;
}

function dateOf(ticks: bigint): Date {
  return new Date(Number(floorDivide(ticks, perMillisecond)));
}

/** The service writes seven digits of a second; outside of the years 1 to 9999 there is no text. */
function format(ticks: bigint): Value {
  if (ticks < first || ticks > last) return undefined;
  const below = ticks - floorDivide(ticks, perMillisecond) * perMillisecond;
  return dateOf(ticks)
    .toISOString()
    .replace('Z', `${String(below).padStart(4, '0')}Z`);
}

const units: Readonly<Record<string, readonly string[]>> = {
  year: ['yyyy', 'yy'],
  month: ['mm', 'm'],
  day: ['dd', 'd'],
  hour: ['hh'],
  minute: ['mi', 'n'],
  second: ['ss', 's'],
  millisecond: ['ms'],
  microsecond: ['mcs'],
  nanosecond: ['ns'],
  weekday: ['dw', 'w'],
};
const unitNames = new Map(
  Object.entries(units).flatMap(([unit, short]) => [unit, ...short].map(name => [name, unit] as const)),
);

// In nanoseconds.
const unitLength: Readonly<Record<string, bigint>> = {
  day: 86_400_000_000_000n,
  hour: 3_600_000_000_000n,
  minute: 60_000_000_000n,
  second: 1_000_000_000n,
  millisecond: 1_000_000n,
  microsecond: 1000n,
  nanosecond: 1n,
};

function unitOf(value: Value): string {
  return (typeof value === 'string' ? unitNames.get(value.toLowerCase()) : undefined) ?? '';
}

function addMonths(ticks: bigint, months: number): bigint {
  const date = dateOf(ticks);
  const rest = ticks - BigInt(date.getTime()) * perMillisecond;
  const day = date.getUTCDate();
  date.setUTCDate(1);
  date.setUTCMonth(date.getUTCMonth() + months);
  const lastDay = new Date(Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1, 0)).getUTCDate();
  date.setUTCDate(Math.min(day, lastDay));
  return Number.isNaN(date.getTime()) ? last + 1n : BigInt(date.getTime()) * perMillisecond + rest;
}

function moved(part: Value, amount: Value, time: bigint): Value {
  const unit = unitOf(part);
  if (typeof amount !== 'number' || !Number.isSafeInteger(amount)) return undefined;
  if (unit === 'year' || unit === 'month')
    return format(addMonths(time, unit === 'year' ? amount * 12 : amount));
  const length = unitLength[unit];
  return length === undefined ? undefined : format(time + (BigInt(amount) * length) / 100n);
}

function add([part, amount, text]: readonly Value[]): Value {
  const time = instant(text);
  return time === undefined ? undefined : moved(part, amount, time);
}

function ago([part, amount]: readonly Value[]): Value {
  return moved(part, typeof amount === 'number' ? -amount : undefined, nowTicks());
}

function now([part, amount]: readonly Value[]): Value {
  return part === undefined && amount === undefined ? format(nowTicks()) : moved(part, amount, nowTicks());
}

/** Boundaries crossed between two instants. */
function difference(args: readonly Value[]): Value {
  const unit = unitOf(args[0]);
  const [from, to] = [instant(args[1]), instant(args[2])];
  if (from === undefined || to === undefined) return undefined;
  const months = (time: bigint): number => dateOf(time).getUTCFullYear() * 12 + dateOf(time).getUTCMonth();
  if (unit === 'month') return months(to) - months(from);
  if (unit === 'year') return dateOf(to).getUTCFullYear() - dateOf(from).getUTCFullYear();
  const length = unitLength[unit];
  if (length === undefined) return undefined;
  return Number(floorDivide(to * 100n, length) - floorDivide(from * 100n, length));
}

/** Ticks since the last whole second. */
function fractionOf(ticks: bigint): number {
  return Number(ticks - floorDivide(ticks, 10_000_000n) * 10_000_000n);
}

const parts: Readonly<Record<string, (ticks: bigint) => number>> = {
  year: ticks => dateOf(ticks).getUTCFullYear(),
  month: ticks => dateOf(ticks).getUTCMonth() + 1,
  day: ticks => dateOf(ticks).getUTCDate(),
  hour: ticks => dateOf(ticks).getUTCHours(),
  minute: ticks => dateOf(ticks).getUTCMinutes(),
  second: ticks => dateOf(ticks).getUTCSeconds(),
  millisecond: ticks => Math.floor(fractionOf(ticks) / 10_000),
  microsecond: ticks => Math.floor(fractionOf(ticks) / 10),
  nanosecond: ticks => fractionOf(ticks) * 100,
  weekday: ticks => dateOf(ticks).getUTCDay() + 1,
};

function part(unit: string, value: Value): Value {
  const time = instant(value);
  return time === undefined ? undefined : parts[unit]?.(time);
}

function fromNumbers(args: readonly Value[]): Value {
  const numbers = args.filter(arg => typeof arg === 'number' && Number.isInteger(arg));
  if (numbers.length !== args.length) return undefined;
  const [year = 1, month = 1, day = 1, hour = 0, minute = 0, second = 0, fraction = 0] = numbers as number[];
  const two = (value: number): string => String(value).padStart(2, '0');
  if (numbers.some(value => typeof value === 'number' && value < 0) || fraction > 9_999_999) return undefined;
  const text = `${String(year).padStart(4, '0')}-${two(month)}-${two(day)}T${two(hour)}:${two(minute)}:${two(second)}.${String(fraction).padStart(7, '0')}Z`;
  const time = instant(text);
  return time === undefined ? undefined : format(time);
}

function bin(args: readonly Value[]): Value {
  const time = instant(args[0]);
  const length = unitLength[unitOf(args[1])];
  const [, , count = 1, start] = args;
  const origin = start === undefined ? 0n : instant(start);
  if (time === undefined || length === undefined || origin === undefined) return undefined;
  if (typeof count !== 'number' || !Number.isSafeInteger(count) || count <= 0) return undefined;
  const width = (length * BigInt(count)) / 100n;
  return width === 0n ? format(time) : format(floorDivide(time - origin, width) * width + origin);
}

function onInstant(compute: (ticks: bigint) => number): SqlFunction {
  return args => {
    const time = instant(args[0]);
    return time === undefined ? undefined : compute(time);
  };
}

function fromCount(ticksPer: bigint): SqlFunction {
  return args =>
    typeof args[0] === 'number' && Number.isInteger(args[0]) ? format(BigInt(args[0]) * ticksPer) : undefined;
}

const nowTicks = (): bigint => BigInt(Date.now()) * perMillisecond;

/** The date and time functions. https://learn.microsoft.com/azure/cosmos-db/nosql/query/date-time-functions */
export const timeFunctions: Readonly<Record<string, SqlFunction>> = {
  AGO: ago,
  DATETIMEADD: add,
  DATETIMEBIN: bin,
  DATETIMEDIFF: difference,
  DATETIMEFROMPARTS: fromNumbers,
  DATETIMEPART: args => part(unitOf(args[0]), args[1]),
  DATETIMETOTICKS: onInstant(Number),
  DATETIMETOTIMESTAMP: onInstant(ticks => dateOf(ticks).getTime()),
  GETCURRENTDATETIME: () => format(nowTicks()),
  GETCURRENTDATETIMESTATIC: () => format(nowTicks()),
  GETCURRENTTICKS: () => Number(nowTicks()),
  GETCURRENTTICKSSTATIC: () => Number(nowTicks()),
  GETCURRENTTIMESTAMP: () => Date.now(),
  GETCURRENTTIMESTAMPSTATIC: () => Date.now(),
  NOW: now,
  TICKSTODATETIME: fromCount(1n),
  TIMESTAMPTODATETIME: fromCount(perMillisecond),
  DAY: args => part('day', args[0]),
  MONTH: args => part('month', args[0]),
  YEAR: args => part('year', args[0]),
};
