import type { Json } from './openapi-schema.ts';

/** The last part of an id. */
const KEY = '01hzx3k9v2m4q8r6t0w5y7a1b3';

/** What names of members stand for, where their schema says no more than that they are texts. */
const BY_NAME: readonly (readonly [name: RegExp, example: string])[] = [
  [/^(at|.*At|.*Since|since|until|time|timestamp)$/, '2026-11-25T12:00:00.000Z'],
  [/^(.*On|day|date|validUntil)$/, '2026-11-25'],
  [/^(type|eventType)$/, 'calibration.certificate.issued'],
  [/^permission$/, 'calibration.srf:read'],
  [/email/i, 'tess@lab.example'],
  [/^(url|href|web|.*Url)$/, 'https://lab.example/'],
  [/hash|sha256|digest/i, 'b94d27b9934d3e08a52e52d7da7dabfac484efe37a5380ee9088f7ace2efcde9'],
  [/^(id|.*Id|subject)$/, `srf_${KEY}`],
  [/locale/i, 'en-GB'],
  [/timeZone/i, 'Europe/London'],
  [/currency/i, 'GBP'],
  [/colour/i, '#16324f'],
  [/hostname/i, 'calibration.northgate.example'],
];
const BY_FORMAT: Readonly<Record<string, string>> = {
  'date-time': '2026-11-25T12:00:00.000Z',
  date: '2026-11-25',
  email: 'tess@lab.example',
  uri: 'https://lab.example/',
  uuid: '018f0000-0000-7000-8000-000000000000',
};

/**
 * A value that the schema allows, as an example: every member, one element of each list, the first of each choice. What the
 * schema itself names as example, default or constant goes first. Undefined where a text must fit a pattern and the schema
 * names no example.
 */
export function exampleOf(schema: Json, name = ''): unknown {
  const given = givenIn(schema);
  if (given !== undefined) return given;
  const { anyOf, oneOf, allOf } = schema as Readonly<Record<string, readonly Json[] | undefined>>;
  const choices = anyOf ?? oneOf;
  if (choices !== undefined) return exampleOf(choices.find(({ type }) => type !== 'null') ?? {}, name);
  if (allOf !== undefined) return Object.assign({}, ...allOf.map(part => exampleOf(part, name)));
  const { type } = schema;
  switch (Array.isArray(type) ? type.find(one => one !== 'null') : type) {
    case 'object':
      return objectOf(schema);
    case 'array':
      return listOf(schema, name);
    case 'string':
      return textOf(schema, name);
    case 'integer':
    case 'number':
      return numberOf(schema);
    case 'boolean':
      return true;
    case 'null':
      return null;
    default:
      return {};
  }
}

function givenIn(schema: Json): unknown {
  const { const: constant, example, examples, enum: values, default: standing } = schema;
  if (constant !== undefined) return constant;
  if (example !== undefined) return example;
  if (Array.isArray(examples)) return examples[0];
  return Array.isArray(values) ? values[0] : standing;
}

function objectOf({ properties = {}, additionalProperties, propertyNames }: Json): unknown {
  const members = Object.entries(properties as Readonly<Record<string, Json>>);
  if (members.length > 0)
    return Object.fromEntries(members.map(([key, part]) => [key, exampleOf(part, key)]));
  if (typeof additionalProperties !== 'object' || additionalProperties === null) return {};
  const key = propertyNames === undefined ? 'name' : String(exampleOf(propertyNames as Json));
  return { [key]: exampleOf(additionalProperties as Json, key) };
}

function listOf({ items, prefixItems, minItems = 1 }: Json, name: string): unknown {
  if (Array.isArray(prefixItems)) return prefixItems.map(part => exampleOf(part, name));
  if (typeof items !== 'object' || items === null) return [];
  const length = Math.max(1, Number(minItems));
  return Array.from({ length }, () => exampleOf(items as Json, name.replace(/s$/, '')));
}

function textOf({ format, pattern, minLength = 0, maxLength = 500 }: Json, name: string): unknown {
  const byFormat = BY_FORMAT[String(format)];
  if (byFormat !== undefined) return byFormat;
  const byName = BY_NAME.find(([known]) => known.test(name))?.[1];
  if (typeof pattern === 'string') {
    const fits = (text: string): boolean => new RegExp(pattern, 'u').test(text);
    const prefix = /^\^([a-z]{3}_)/.exec(pattern)?.[1] ?? '';
    return [byName, `${prefix}${KEY}`, name, 'A', '1', '0.001'].find(
      text => text !== undefined && fits(text),
    );
  }
  const text = byName ?? (name === '' ? 'text' : name.replaceAll(/([A-Z])/g, ' $1').toLowerCase());
  return text.slice(0, Number(maxLength)).padEnd(Number(minLength), '.');
}

/** Whole seconds, counts and versions are at home at one. */
function numberOf({ minimum, maximum, exclusiveMinimum }: Json): number {
  const least = Number(minimum ?? (exclusiveMinimum === undefined ? 1 : Number(exclusiveMinimum) + 1));
  return Math.min(Math.max(1, least), Number(maximum ?? Number.MAX_SAFE_INTEGER));
}
