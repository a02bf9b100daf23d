export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };
export type JsonObject = { readonly [key: string]: Json };
/** A value inside a query: JSON, or nothing at all. */
export type Value = Json | undefined;

/** Whether a value is a JSON object (not an array, not null). */
export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Whether a value is a JSON array. */
export function isArray(value: Value): value is readonly Json[] {
  return Array.isArray(value);
}

/** Parses JSON text; throws SyntaxError. The result of JSON.parse is JSON by definition. */
export function parseJson(text: string): Json {
  return JSON.parse(text) as Json;
}

/** Whether all numbers in a value are doubles; JSON.parse makes 1e400 infinite. */
export function hasFiniteNumbers(value: Json): boolean {
  if (typeof value === 'number') return Number.isFinite(value);
  return typeof value !== 'object' || value === null || Object.values(value).every(hasFiniteNumbers);
}

/** The member of an object or array that a key names, own members only; undefined where there is none. */
export function member(value: Value, key: Value): Value {
  if (typeof key === 'string' && isObject(value)) return Object.hasOwn(value, key) ? value[key] : undefined;
  if (typeof key === 'number' && isArray(value)) return value[key];
  return undefined;
}

/** The value at a path of property names, or undefined. */
export function valueAt(value: Value, path: readonly string[]): Value {
  let current = value;
  for (const key of path) current = member(current, key);
  return current;
}

// A name in quotes of either kind, with what backslashes escape; the SDK reads it as it stands, backslashes and all.
const quoted = String.raw`"(?:[^"\\]|\\.)+"|'(?:[^'\\]|\\.)+'`;
const part = new RegExp(`/(${quoted}|[^/]*)`, 'g');
const name = new RegExp(String.raw`/(?:${quoted}|[\w\u0080-\uffff]+)`, 'y');
const nameOrElements = new RegExp(String.raw`/(?:${quoted}|\[\]|[\w\u0080-\uffff]+)`, 'y');

/** The names in an index or partition key path such as `/a/"b c"/'d'`. */
export function splitPath(path: string): readonly string[] {
  return [...path.matchAll(part)].map(([, label = '']) => (/^["']/.test(label) ? label.slice(1, -1) : label));
}

/** How far an index or partition key path is made of names: plain ones, others in quotes, and `[]` where elements are allowed. */
export function endOfNames(path: string, elements: boolean): number {
  const label = elements ? nameOrElements : name;
  let end = 0;
  label.lastIndex = 0;
  while (label.test(path)) end = label.lastIndex;
  return end;
}
