import type { ZodType } from 'zod';
import type { FaultRows } from '../../kernel/index.ts';
import { type Endpoint, fullPath, type ReplyShape } from './endpoint.ts';
import { takesKey } from './idempotency.ts';
import { exampleOf } from './openapi-example.ts';
import { type Json, jsonSchema, type OpenApiVersion } from './openapi-schema.ts';

/** One operation of the API as OpenAPI describes it. */
export function describeOperation(endpoint: Endpoint, version: OpenApiVersion, faults: FaultRows): Json {
  const secured = typeof endpoint.access === 'object' || endpoint.access === 'operator';
  return {
    operationId: endpoint.id,
    summary: endpoint.summary,
    tags: [chapterOf(endpoint)],
    ...(typeof endpoint.access === 'object'
      ? { description: `Needs permission ${permissionsOf(endpoint.access)}.` }
      : {}),
    ...(endpoint.deprecated === undefined ? {} : { deprecated: true }),
    security: secured ? waysIn(endpoint) : [],
    parameters: parameters(endpoint, version),
    ...(endpoint.body === undefined ? {} : { requestBody: requestBody(endpoint, endpoint.body, version) }),
    responses: responses(endpoint, secured, version, faults),
  };
}

/** A token, or cookies that a browser got; these vouch for a change with the token against forgery alone. */
function waysIn({ method }: Endpoint): readonly Json[] {
  return [{ bearer: [] }, method === 'GET' ? { cookie: [] } : { cookie: [], csrf: [] }];
}

function permissionsOf({ permission, or = [] }: Exclude<Endpoint['access'], string>): string {
  return [permission, ...or].map(name => `\`${name}\``).join(' or ');
}

/** The chapter of the description: for a collection the first part of its path. */
function chapterOf(endpoint: Endpoint): string {
  const path = fullPath(endpoint);
  const [, collection] = /^\/api\/v1\/([\w-]+)/.exec(path) ?? [];
  if (collection !== undefined) return collection;
  if (/^\/(oauth|\.well-known)\//.test(path)) return 'oauth';
  return path.startsWith('/api/') ? 'health' : 'pages';
}

function parameters(endpoint: Endpoint, version: OpenApiVersion): readonly Json[] {
  const headers: Json[] = [];
  if (endpoint.ifMatch === true) {
    headers.push(
      header(
        'If-Match',
        true,
        'The ETag of the version that the change is made to, as you were given it; only the version in it counts.',
      ),
    );
  }
  if (takesKey(endpoint)) {
    headers.push(
      header('Idempotency-Key', false, 'The same key and body give the same answer for 24 hours.'),
    );
  }
  if (endpoint.method === 'GET') {
    headers.push(
      header('If-None-Match', false, 'An ETag that you have: 304 without a body if it still holds.'),
    );
  }
  return [
    ...fields(endpoint.params, 'path', version),
    ...fields(endpoint.query, 'query', version),
    ...headers,
  ];
}

function header(name: string, required: boolean, description: string): Json {
  return { name, in: 'header', required, description, schema: { type: 'string' } };
}

function fields(
  schema: ZodType | undefined,
  place: 'path' | 'query',
  version: OpenApiVersion,
): readonly Json[] {
  if (schema === undefined) return [];
  const { properties, required } = jsonSchema(schema, 'input', version) as {
    properties?: Record<string, Json>;
    required?: readonly string[];
  };
  return Object.entries(properties ?? {}).map(([name, property]) => ({
    name,
    in: place,
    required: place === 'path' || (required ?? []).includes(name),
    schema: property,
  }));
}

function requestBody(endpoint: Endpoint, body: ZodType, version: OpenApiVersion): Json {
  const example = endpoint.example?.body;
  return {
    required: true,
    content: {
      [endpoint.takes === 'form' ? 'application/x-www-form-urlencoded' : 'application/json']: {
        schema: jsonSchema(body, 'input', version),
        ...(example === undefined ? {} : { example }),
      },
    },
  };
}

const HEADERS = {
  etag: ['ETag', 'The version of what is answered; from a read, with a hash of the answer.'],
  location: ['Location', 'Where the new thing is, or the job that makes it.'],
  link: ['Link', 'The next page (RFC 8288), when there is one.'],
} as const;

const OAUTH_EXAMPLE: Json = {
  type: '/problems/platform.oauth.invalid_client',
  title: 'Unknown client',
  status: 401,
  detail: 'There is no such client, or this is not its secret.',
  instance: '/oauth/token',
  code: 'platform.oauth.invalid_client',
  requestId: '3f1c8a52-0000-4000-8000-000000000000',
  retryable: false,
  error: 'invalid_client',
  error_description: 'There is no such client, or this is not its secret.',
};

function responses(endpoint: Endpoint, secured: boolean, version: OpenApiVersion, faults: FaultRows): Json {
  const refusal =
    endpoint.refusesAs === 'oauth'
      ? {
          'application/json': {
            schema: { $ref: '#/components/schemas/OAuthProblem' },
            example: OAUTH_EXAMPLE,
          },
        }
      : { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } };
  const refused = new Map(problemStatuses(endpoint, secured, faults));
  const own = Object.entries(endpoint.replies).map(([status, reply]) => [
    status,
    {
      description: reply.description,
      ...headersOf(endpoint, Number(status)),
      ...(reply.schema === undefined && reply.mediaType === undefined
        ? {}
        : {
            content: {
              [reply.mediaType ?? 'application/json']: shownReply(reply, version),
              // A page of its own, and what the way to it may refuse.
              ...(refused.has(status) ? refusal : {}),
            },
          }),
    },
  ]);
  const conditional = endpoint.method === 'GET' ? [['304', { description: 'You have this version.' }]] : [];
  const problems = [...refused].map(([status, description]) => [status, { description, content: refusal }]);
  return Object.fromEntries([...problems, ...own, ...conditional]);
}

/** The shape of a reply, with an example that it allows; files have none. */
function shownReply({ schema, example, mediaType }: ReplyShape, version: OpenApiVersion): Json {
  if (schema === undefined && mediaType === 'application/json')
    return { schema: { type: 'object' }, example: {} };
  if (schema === undefined && mediaType?.startsWith('text/') === true)
    return { schema: { type: 'string' }, example: mediaType === 'text/html' ? '<!doctype html>…' : '…' };
  if (schema === undefined) return { schema: { type: 'string', format: 'binary' } };
  const shape = jsonSchema(schema, 'output', version);
  return { schema: shape, example: example ?? exampleOf(shape) };
}

function headersOf(endpoint: Endpoint, status: number): Json {
  const names: (keyof typeof HEADERS)[] = [];
  if (status === 201 || status === 202) names.push('location');
  if (status < 202) names.push('etag');
  if (fields(endpoint.query, 'query', '3.1').some(({ name }) => name === 'cursor')) names.push('link');
  if (names.length === 0) return {};
  const described = names.map(key => {
    const [name, description] = HEADERS[key];
    return [name, { description, schema: { type: 'string' } }];
  });
  return { headers: Object.fromEntries(described) };
}

type Status = readonly [status: string, description: string];

/** What an operation may refuse with: its own codes, each under the status that it has, and what the way to it refuses. */
function problemStatuses(endpoint: Endpoint, secured: boolean, faults: FaultRows): readonly Status[] {
  const codes = Map.groupBy(endpoint.faults ?? [], code => String(faults[code]?.status ?? 422));
  const described = new Map(usualStatuses(endpoint, secured));
  for (const [status, own] of codes)
    described.set(status, `${described.get(status) ?? 'Refused.'} Codes: ${own.join(', ')}.`);
  return [...described].toSorted(([left], [right]) => left.localeCompare(right));
}

function usualStatuses(endpoint: Endpoint, secured: boolean): readonly Status[] {
  const { method, ifMatch, body, limit } = endpoint;
  const statuses: readonly (Status | false)[] = [
    ['400', 'Malformed, or a field is not what it should be.'],
    secured && ['401', 'No token, or one that is not valid.'],
    secured && ['402', 'The plan of the tenant does not include it, or allows no more.'],
    (secured || method !== 'GET') && ['403', 'Whoever asks may not.'],
    ['404', 'Nothing is there for this tenant.'],
    method !== 'GET' && ['409', 'Conflicts with the present state.'],
    ifMatch === true && ['412', 'The version is stale.'],
    ifMatch === true && ['428', 'If-Match is missing.'],
    body !== undefined && ['413', 'The body is larger than 1 MiB.'],
    body !== undefined && ['415', 'The body is not of the type that is taken here.'],
    body !== undefined && ['422', 'Breaks a rule.'],
    limit !== 'none' && ['429', 'A quota is used up; see `RateLimit`.'],
    ['503', 'A part that the request needs is out; try again.'],
  ];
  return statuses.filter(status => status !== false);
}
