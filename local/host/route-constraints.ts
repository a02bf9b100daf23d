import { isDateTime } from './date-time.ts';

/** Whether a route value, already decoded, is what its constraint asks for. */
export type RouteConstraint = (value: string) => boolean;

const integer = /^\s*[+-]?\d+\s*$/;
// What double.TryParse takes with Float and AllowThousands, and decimal.TryParse with Number, both in the invariant culture:
// commas anywhere after a digit, and for decimals a sign at the end, too.
const real = /^\s*[+-]?(?:(?:\d[\d,]*\.?\d*|\.\d+)(?:e[+-]?\d+)?|infinity|nan)\s*$/i;
const decimal = /^\s*(?:[+-]?(?:\d[\d,]*\.?\d*|\.\d+)|(?:\d[\d,]*\.?\d*|\.\d+)[+-])\s*$/;
const dashed = '[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}';
const guid = new RegExp(`^(?:[0-9a-f]{32}|${dashed}|\\{${dashed}\\}|\\(${dashed}\\))$`, 'i');

const plain: Readonly<Record<string, RouteConstraint>> = {
  int: value => isWithin(value, -(2n ** 31n), 2n ** 31n - 1n),
  long: value => isWithin(value, -(2n ** 63n), 2n ** 63n - 1n),
  bool: value => /^\s*(true|false)\s*$/i.test(value),
  alpha: value => /^[a-z]*$/i.test(value),
  decimal: value => decimal.test(value),
  double: value => real.test(value),
  float: value => real.test(value),
  guid: value => guid.test(value),
  datetime: isDateTime,
  required: value => value !== '',
  file: isFileName,
  nonfile: value => !isFileName(value),
};

/** How many numbers each constraint with arguments takes, and what it asks of the value. */
const numbered: Readonly<Record<string, Readonly<Record<number, (...bounds: number[]) => RouteConstraint>>>> =
  {
    length: {
      1: exact => value => value.length === exact,
      2: (least, most) => value => value.length >= (least ?? 0) && value.length <= (most ?? 0),
    },
    minlength: { 1: least => value => value.length >= (least ?? 0) },
    maxlength: { 1: most => value => value.length <= (most ?? 0) },
    min: { 1: least => value => plain['long']?.(value) === true && Number(value) >= (least ?? 0) },
    max: { 1: most => value => plain['long']?.(value) === true && Number(value) <= (most ?? 0) },
    range: {
      2: (least, most) => value =>
        plain['long']?.(value) === true && Number(value) >= (least ?? 0) && Number(value) <= (most ?? 0),
    },
  };

/** An inline constraint of ASP.NET Core, such as `int` or `length(1,5)`; undefined when there is none of that name. */
export function readConstraint(text: string): RouteConstraint | undefined {
  const match = /^(\w+)(?:\((.*)\))?$/s.exec(text);
  if (match === null) return undefined;
  const [, rawName = '', argument] = match;
  const name = rawName.toLowerCase();
  if (argument === undefined) return plain[name];
  if (name === 'regex') {
    const expression = new RegExp(argument, 'i');
    return value => expression.test(value);
  }
  const numbers = argument.split(',').map(part => Number(part.trim()));
  return numbers.some(Number.isNaN) ? undefined : numbered[name]?.[numbers.length]?.(...numbers);
}

function isWithin(value: string, least: bigint, most: bigint): boolean {
  if (!integer.test(value)) return false;
  const number = BigInt(value.trim().replace(/^\+/, ''));
  return number >= least && number <= most;
}

function isFileName(value: string): boolean {
  return /\.[^./]/.test(value.slice(value.lastIndexOf('/') + 1));
}
