import type { Endpoint } from '../../shared/platform/http/index.ts';
import { exampleBody } from '../isolation/example-body.ts';
import { type Belongings, placeOf } from '../isolation/make-one-of-everything.ts';
import { idNames, pathWith } from '../isolation/table.ts';
import { bodyAbuses } from './body-abuses.ts';
import type { Refusal } from './problem.ts';
import type { Published } from './published.ts';

/** A request that must be refused, and how. */
export type Abuse = {
  readonly why: string;
  readonly path: string;
  /** Text is sent as it is, anything else as JSON. */
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  readonly expected: Refusal;
};

type Normal = {
  readonly path: string;
  readonly body: unknown;
  readonly headers: Readonly<Record<string, string>>;
};

const MOST_BYTES = 1_048_576;
const INVALID = { status: 400, code: 'platform.input_invalid' } as const;
const NOT_FOUND = { status: 404 } as const;

/** Everything that can be wrong with a request to this endpoint but who sends it. */
export function abusesOf(endpoint: Endpoint, own: Belongings, published: Published): readonly Abuse[] {
  const normal = normalRequest(endpoint, own);
  return [
    ...queryAbuses(endpoint, normal, published),
    ...idAbuses(endpoint, own, normal),
    ...ifMatchAbuses(endpoint, normal),
    ...keyAbuses(endpoint, normal),
    ...jsonAbuses(endpoint, normal),
    ...fieldAbuses(endpoint, normal, published),
  ];
}

/** A request that would be served, or refused by a rule at most. */
function normalRequest(endpoint: Endpoint, own: Belongings): Normal {
  const [fitting] = own.fits.get(placeOf(endpoint)) ?? own.ids;
  return {
    path: pathWith(endpoint, fitting ?? ''),
    body: endpoint.body === undefined ? undefined : exampleBody(endpoint, own.book),
    headers: endpoint.ifMatch === true ? { 'if-match': '"1"' } : {},
  };
}

function queryAbuses(endpoint: Endpoint, normal: Normal, published: Published): readonly Abuse[] {
  const known = published.queryOf(endpoint.id);
  const wrong = (query: string, name: string): Abuse => ({
    ...normal,
    why: `query ${query.slice(0, 60)}`,
    path: `${normal.path}?${query}`,
    expected: { ...INVALID, pointer: `#/query/${name}` },
  });
  const limits = 'limit' in known ? ['0', '101', '-1', 'x', '1.5', ''] : [];
  return [
    ...(isOpen(endpoint) ? [] : ['surprise', '__proto__', 'constructor', 'tenant']).map(name =>
      wrong(`${name}=1`, name),
    ),
    ...limits.map(value => wrong(`limit=${value}`, 'limit')),
    ...Object.keys(known).map(name => wrong(`${name}=1&${name}=2`, name)),
    ...Object.keys(known).map(name => wrong(`${name}=${'9'.repeat(3000)}`, name)),
    ...Object.entries(known).flatMap(([name, { enum: values }]) =>
      values === undefined ? [] : [wrong(`${name}=no-such-value`, name)],
    ),
    ...('cursor' in known ? ['x', 'bm90IGEgY3Vyc29y', 'WyJhIiwiYiJd', '%00'] : []).map(cursor => ({
      ...wrong(`cursor=${cursor}`, 'cursor'),
      expected: { status: 400, code: 'platform.cursor_invalid' },
    })),
  ];
}

/** OAuth and OpenID Connect want what is not known to be ignored. */
function isOpen({ query }: Endpoint): boolean {
  const issues = query?.safeParse({ surprise: '1' }).error?.issues ?? [];
  return query !== undefined && issues.every(({ code }) => code !== 'unrecognized_keys');
}

function idAbuses(endpoint: Endpoint, own: Belongings, normal: Normal): readonly Abuse[] {
  if (idNames(endpoint).length === 0) return [];
  const fits = own.fits.get(placeOf(endpoint)) ?? [];
  const absent = fits.map(id => id.replace(/[0-9a-z]{26}$/, '0'.repeat(26)));
  const otherKinds = [...own.book.values()].flatMap(ids => ids.slice(0, 1)).filter(id => !fits.includes(id));
  // A zero byte is not among them: the host refuses it in a path before it comes to us.
  const malformed = ['nonsense', '1', 'cus_', 'CUS_01', "' OR 1=1 --", '../users', '\u0001', 'é', '%'];
  const asked = [
    ...absent.slice(0, 1),
    ...otherKinds,
    ...malformed,
    'x'.repeat(200),
    'x'.repeat(201),
    'x'.repeat(4000),
  ];
  return [
    ...asked.map(id => ({
      ...normal,
      why: `the id ${id.slice(0, 60)}`,
      path: pathWith(endpoint, id),
      expected: NOT_FOUND,
    })),
    ...['%', '%ff', '%c0%af', '%01', '%2e%2e%2f'].map(raw => ({
      ...normal,
      why: `the id ${raw} as it stands`,
      path: pathWith(endpoint, 'RAW').replace('RAW', raw),
      expected: { status: [400, 404] },
    })),
  ];
}

function ifMatchAbuses(endpoint: Endpoint, normal: Normal): readonly Abuse[] {
  if (endpoint.ifMatch !== true) return [];
  const malformed = ['1', '*', 'W/"1"', '"abc"', '""', '"-1"', '"1", "2"', '"99999999999999999999"'];
  return [
    {
      ...normal,
      why: 'no If-Match',
      headers: {},
      expected: { status: 428, code: 'platform.version_missing' },
    },
    ...malformed.map(value => ({
      ...normal,
      why: `If-Match: ${value}`,
      headers: { 'if-match': value },
      expected: { status: 400, code: 'platform.if_match_invalid' },
    })),
    {
      ...normal,
      why: 'If-Match of another version',
      headers: { 'if-match': '"987654"' },
      expected: { status: 412, code: 'platform.version_stale' },
    },
  ];
}

function keyAbuses(endpoint: Endpoint, normal: Normal): readonly Abuse[] {
  if (endpoint.method !== 'POST') return [];
  return ['', '""', 'k'.repeat(256), 'ké'].map(key => ({
    ...normal,
    why: `Idempotency-Key: ${key.slice(0, 20)}`,
    headers: { ...normal.headers, 'idempotency-key': key },
    expected: { status: 400, code: 'platform.idempotency_key_invalid' },
  }));
}

/** What is no JSON object at all. */
function jsonAbuses(endpoint: Endpoint, normal: Normal): readonly Abuse[] {
  if (endpoint.body === undefined) return [];
  const wrong = (why: string, body: unknown, expected: Refusal, type = 'application/json'): Abuse => ({
    ...normal,
    why,
    body,
    headers: { ...normal.headers, 'content-type': type },
    expected,
  });
  const malformed = { status: 400, code: 'platform.body_malformed' };
  const unsupported = { status: 415, code: 'platform.media_type_unsupported' };
  const text = JSON.stringify(normal.body);
  return [
    wrong('an empty body', '', malformed),
    wrong('an empty body without a type', '', malformed, 'text/plain'),
    wrong('half of the JSON', text.slice(0, -1), malformed),
    wrong('JSON with a comment', `${text} // so`, malformed),
    wrong('NaN', '{"value": NaN}', malformed),
    wrong('deep nesting', '['.repeat(200_000), malformed),
    wrong('deep nesting that is whole', `${'['.repeat(100_000)}${']'.repeat(100_000)}`, { status: 400 }),
    wrong('null', 'null', { ...INVALID, pointer: '#' }),
    wrong('a list', `[${text}]`, { ...INVALID, pointer: '#' }),
    wrong('a text', JSON.stringify(text), { ...INVALID, pointer: '#' }),
    wrong('a prototype', '{"__proto__": {"roles": ["tenant-owner"]}}', INVALID),
    wrong('plain text', text, unsupported, 'text/plain'),
    wrong('a form', 'name=x', unsupported, 'application/x-www-form-urlencoded'),
    wrong('XML', '<a/>', unsupported, 'application/xml'),
    wrong('more than 1 MiB', JSON.stringify({ pad: 'x'.repeat(MOST_BYTES) }), {
      status: 413,
      code: 'platform.body_too_large',
    }),
  ];
}

function fieldAbuses(endpoint: Endpoint, normal: Normal, published: Published): readonly Abuse[] {
  if (endpoint.body === undefined) return [];
  return bodyAbuses(normal.body, published.allowsBody(endpoint.id))
    .filter(({ pointer }) => pointer !== '#')
    .map(({ why, body, pointer }) => ({ ...normal, why, body, expected: { ...INVALID, pointer } }));
}
