import { Refusal } from './refusals.ts';

/** The fields of a request's body by name. */
export type Fields = Readonly<Record<string, unknown>>;

/** A text field of a request. Throws a Refusal when it is missing. */
export function textOf(fields: Fields, name: string): string {
  const value = fields[name];
  if (typeof value !== 'string') throw missing(name);
  return value;
}

/** An optional text field. */
export function optionalText(fields: Fields, name: string): string | undefined {
  const value = fields[name];
  return typeof value === 'string' ? value : undefined;
}

/** A whole number, also one that rhea leaves as eight bytes. Throws a Refusal when it is missing. */
export function integerOf(fields: Fields, name: string): number {
  return toInteger(fields[name], name);
}

/** How many messages are asked for: 1 or more, and no more than `most`. Throws a Refusal. */
export function countOf(fields: Fields, name: string, most = Number.POSITIVE_INFINITY): number {
  const count = integerOf(fields, name);
  if (count >= 1 && count <= most) return count;
  if (!Number.isFinite(most)) {
    throw new Refusal('argument-error', `The value ${count} of '${name}' must be 1 or more.`);
  }
  throw new Refusal(
    'out-of-range',
    `Invalid Message Count : requested ${count}. Message count should be between 1 and ${most}.`,
  );
}

/** A list of whole numbers. */
export function integersOf(fields: Fields, name: string): number[] {
  return listOf(fields, name).map(value => toInteger(value, name));
}

/** A list of lock tokens as hexadecimal. */
export function tokensOf(fields: Fields, name: string): string[] {
  return listOf(fields, name).map(value => {
    if (!Buffer.isBuffer(value)) throw missing(name);
    return value.toString('hex');
  });
}

/** A list of maps. */
export function mapsOf(fields: Fields, name: string): Fields[] {
  return listOf(fields, name).map(value => {
    if (typeof value !== 'object' || value === null) throw missing(name);
    return value as Fields;
  });
}

/** An optional map. */
export function mapOf(fields: Fields, name: string): Fields | undefined {
  const value = fields[name];
  return typeof value === 'object' && value !== null ? (value as Fields) : undefined;
}

function listOf(fields: Fields, name: string): unknown[] {
  const value = fields[name];
  if (!Array.isArray(value)) throw missing(name);
  return value;
}

function toInteger(value: unknown, name: string): number {
  if (Buffer.isBuffer(value) && value.length === 8) return Number(value.readBigInt64BE());
  if (typeof value === 'number' && Number.isSafeInteger(value)) return value;
  throw missing(name);
}

function missing(name: string): Refusal {
  return new Refusal('argument-error', `The request must have a valid '${name}'.`);
}
