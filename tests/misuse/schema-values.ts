import fc from 'fast-check';
import { ODD_TEXTS } from './odd-texts.ts';

/** The part of JSON Schema that the published document uses. */
type Schema = {
  readonly type?: string;
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly anyOf?: readonly Schema[];
  readonly oneOf?: readonly Schema[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly propertyNames?: Schema;
  readonly additionalProperties?: Schema | boolean;
  readonly items?: Schema;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly pattern?: string;
  readonly format?: string;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly exclusiveMinimum?: number;
  readonly exclusiveMaximum?: number;
};

/** Long texts and lists are tried by the abuses of every field; here many short ones tell more. */
const LONG_TEXT = 60;
const LONG_LIST = 4;

/**
 * Values that a published schema allows, as far as it says so; texts are also taken from `known` (ids that are there), which
 * makes them reach further than random ones would, and from those that are odd as an id.
 */
export function valuesOf(schema: Schema, known: readonly string[]): fc.Arbitrary<unknown> {
  const within = (inner: Schema): fc.Arbitrary<unknown> => valuesOf(inner, known);
  if ('const' in schema) return fc.constant(schema.const);
  if (schema.enum !== undefined) return fc.constantFrom(...schema.enum);
  const choices = schema.anyOf ?? schema.oneOf;
  if (choices !== undefined) return fc.oneof(...choices.map(within));
  switch (schema.type) {
    case 'object':
      return objectsOf(schema, within);
    case 'array':
      return fc.array(within(schema.items ?? {}), {
        minLength: schema.minItems ?? 0,
        maxLength: Math.max(schema.minItems ?? 0, Math.min(schema.maxItems ?? LONG_LIST, LONG_LIST)),
      });
    case 'string':
      return textsOf(schema, known);
    case 'integer':
      return fc.integer(boundsOf(schema, 1));
    case 'number':
      return fc.double({ ...boundsOf(schema, Number.EPSILON), noNaN: true });
    case 'boolean':
      return fc.boolean();
    case 'null':
      return fc.constant(null);
    default:
      return fc.jsonValue({ maxDepth: 2 });
  }
}

function objectsOf(schema: Schema, within: (inner: Schema) => fc.Arbitrary<unknown>): fc.Arbitrary<unknown> {
  const { properties = {}, required = [], propertyNames, additionalProperties } = schema;
  const declared = fc.record(
    Object.fromEntries(Object.entries(properties).map(([name, inner]) => [name, within(inner)])),
    { requiredKeys: [...required], noNullPrototype: true },
  );
  if (typeof additionalProperties !== 'object') return declared;
  const names = within(propertyNames ?? { type: 'string', minLength: 1 }).map(String);
  const further = fc.dictionary(names, within(additionalProperties), { maxKeys: 3, noNullPrototype: true });
  return fc.tuple(declared, further).map(([own, more]) => ({ ...more, ...own }));
}

function textsOf(schema: Schema, known: readonly string[]): fc.Arbitrary<string> {
  const { minLength = 0, maxLength = LONG_TEXT, pattern, format } = schema;
  // Nothing listens there: an address that is asked answers at once.
  if (format === 'uri')
    return fc.constantFrom('https://127.0.0.1:9/hook', 'http://[::1]:9/', 'https://x.invalid/');
  const fits = (text: string): boolean => text.length >= minLength && text.length <= maxLength;
  // The only pattern that looks ahead is that of a path on the same host.
  if (pattern?.includes('(?!') === true)
    return fc.webPath().filter(path => fits(path) && new RegExp(pattern).test(path));
  if (pattern !== undefined) return fc.stringMatching(new RegExp(pattern)).filter(fits);
  const free = fc.string({
    minLength,
    maxLength: Math.max(minLength, Math.min(maxLength, LONG_TEXT)),
    unit: 'grapheme',
  });
  const ids = known.filter(fits);
  const kinds = [free.filter(fits)];
  for (const some of [ids, ODD_TEXTS.filter(fits)]) if (some.length > 0) kinds.push(fc.constantFrom(...some));
  return fc.oneof(...kinds);
}

function boundsOf(schema: Schema, step: number): { readonly min: number; readonly max: number } {
  const { minimum = -1e9, maximum = 1e9, exclusiveMinimum, exclusiveMaximum } = schema;
  const min = exclusiveMinimum === undefined ? minimum : exclusiveMinimum + step;
  const max = exclusiveMaximum === undefined ? maximum : exclusiveMaximum - step;
  return { min, max: Math.max(min, max) };
}
