import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Environment } from './environment.ts';
import { requiredVariables } from './required-variables.ts';
import { type Scope, SUBSCRIPTION, scopeId } from './scope.ts';
import { isEmpty, isRecord, Later, memberOf } from './values.ts';

type Callback = (...values: unknown[]) => unknown;
type Values = readonly unknown[];

const list = (value: unknown): readonly unknown[] => {
  if (!Array.isArray(value)) throw new Error(`not an array: ${JSON.stringify(value)}`);
  return value;
};
const entries = (value: unknown): [string, unknown][] => Object.entries(value as Record<string, unknown>);
const lambda = (value: unknown): Callback => value as Callback;
const digest = (values: Values): string => createHash('sha256').update(values.join('\n')).digest('hex');

const functions: Readonly<Record<string, (values: Values) => unknown>> = {
  any: ([value]) => value,
  cidrSubnet: ([addresses, size, index]) => subnet(String(addresses), Number(size), Number(index)),
  concat: values =>
    values.every(Array.isArray) ? values.flatMap(value => list(value)) : values.map(String).join(''),
  contains: ([whole, part]) =>
    typeof whole === 'string' || Array.isArray(whole)
      ? whole.includes(part as string)
      : isRecord(whole) && String(part) in whole,
  empty: ([value]) => isEmpty(value),
  fail: ([message]) => {
    throw new Error(String(message));
  },
  filter: ([items, keep]) => list(items).filter((item, index) => lambda(keep)(item, index) === true),
  first: ([items]) => list(items)[0] ?? null,
  flatten: ([items]) => list(items).flat(),
  guid: values => digest(values).replace(/^(.{8})(.{4})(.{4})(.{4})(.{12}).*$/, '$1-$2-$3-$4-$5'),
  items: ([record]) =>
    entries(record)
      .toSorted(([left], [right]) => (left < right ? -1 : 1))
      .map(([key, value]) => ({ key, value })),
  join: ([items, between]) => list(items).map(String).join(String(between)),
  length: ([value]) =>
    isRecord(value) ? Object.keys(value).length : (value as { readonly length: number }).length,
  map: ([items, work]) => list(items).map((item, index) => lambda(work)(item, index)),
  mapValues: ([record, work]) =>
    Object.fromEntries(entries(record).map(([key, value]) => [key, lambda(work)(value)])),
  range: ([start, count]) => Array.from({ length: Number(count) }, (_, index) => Number(start) + index),
  readEnvironmentVariable: ([name, fallback]) => {
    const value = fallback ?? requiredVariables[String(name)];
    if (value === undefined) throw new Error(`the variable ${name} has no default`);
    return value;
  },
  last: ([values]) => (Array.isArray(values) ? values.at(-1) : String(values).at(-1)),
  replace: ([text, from, to]) => String(text).replaceAll(String(from), String(to)),
  split: ([text, between]) => String(text).split(String(between)),
  startsWith: ([text, start]) => String(text).toLowerCase().startsWith(String(start).toLowerCase()),
  string: ([value]) => (typeof value === 'string' ? value : JSON.stringify(value)),
  take: ([value, count]) => (value as string | unknown[]).slice(0, Number(count)),
  toLower: ([text]) => String(text).toLowerCase(),
  toObject: ([items, key, value]) =>
    Object.fromEntries(
      list(items).map(item => [String(lambda(key)(item)), value === undefined ? item : lambda(value)(item)]),
    ),
  uniqueString: values =>
    BigInt(`0x${digest(values).slice(0, 20)}`)
      .toString(32)
      .slice(0, 13)
      .padEnd(13, 'a'),
  union: values => (values.every(Array.isArray) ? [...new Set(values.flat())] : merge(values)),
  environment: () => ({ suffixes: { storage: 'core.windows.net' } }),
  deployment: () => ({ location: 'westeurope' }),
  utcNow: () => new Date().toISOString().replace(/\d\dT.*$/, '01'),
  subscription: () => ({ id: SUBSCRIPTION }),
  tenant: () => ({ tenantId: new Later('tenant.tenantId') }),
  subscriptionResourceId: ([type, ...names]) => `${SUBSCRIPTION}${typedPath(String(type), names)}`,
  tenantResourceId: ([type, ...names]) => typedPath(String(type), names),
};

/** Calls one of Bicep's own functions. Throws for one that is not known here: it must be added. */
export function builtIn(name: string, values: Values, environment: Environment): unknown {
  const folder = String(environment.get('$folder'));
  const scope = environment.get('$scope') as Scope;
  if (name === 'loadJsonContent') return JSON.parse(readFileSync(join(folder, String(values[0])), 'utf8'));
  if (name === 'loadTextContent') return readFileSync(join(folder, String(values[0])), 'utf8');
  if (name === 'resourceGroup') {
    const inner: Scope = values.length === 0 ? scope : { group: String(values[0]) };
    return { id: scopeId(inner), name: inner.group };
  }
  if (name === 'resourceId') return `${scopeId(scope)}${typedPath(String(values[0]), values.slice(1))}`;
  const known = functions[name];
  if (known === undefined) throw new Error(`the function ${name} is not known here`);
  return known(values);
}

/** `/providers/A/b/<name>/c/<name>` of type `A/b/c` and its names, which may be joined by slashes. */
export function typedPath(type: string, names: Values): string {
  const [provider, ...kinds] = type.split('/');
  const parts = names.flatMap(name => String(name).split('/'));
  return `/providers/${provider}${kinds.map((kind, index) => `/${kind}/${parts[index]}`).join('')}`;
}

/** Objects merged as `union` does: inner objects, too. */
function merge(values: Values): Record<string, unknown> {
  const merged: Record<string, unknown> = {};
  for (const [key, value] of values.flatMap(entries)) {
    const present = memberOf(merged, key, true);
    merged[key] = isRecord(present) && isRecord(value) ? merge([present, value]) : value;
  }
  return merged;
}

/** The `index`th network of `size` bits inside IPv4 `addresses`. */
function subnet(addresses: string, size: number, index: number): string {
  const [first = ''] = addresses.split('/');
  const start = first.split('.').reduce((sum, part) => sum * 256 + Number(part), 0);
  const at = start + index * 2 ** (32 - size);
  return `${[24, 16, 8, 0].map(shift => Math.floor(at / 2 ** shift) % 256).join('.')}/${size}`;
}
