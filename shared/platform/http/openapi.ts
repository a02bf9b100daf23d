import type { ZodType } from 'zod';
import * as z from 'zod';
import { type Endpoint, fullPath } from './endpoint.ts';
import { takesKey } from './idempotency.ts';

type Json = Readonly<Record<string, unknown>>;

const PROBLEM: Json = {
  type: 'object',
  description: 'RFC 9457 problem details.',
  required: ['type', 'title', 'status', 'detail', 'instance', 'code', 'requestId', 'retryable'],
  properties: {
    type: { type: 'string', format: 'uri-reference' },
    title: { type: 'string' },
    status: { type: 'integer' },
    detail: { type: 'string' },
    instance: { type: 'string' },
    code: { type: 'string', description: 'Stable, machine readable.' },
    requestId: { type: 'string' },
    retryable: { type: 'boolean', description: 'The same request may succeed later.' },
    errors: {
      type: 'array',
      items: {
        type: 'object',
        required: ['pointer', 'code', 'detail'],
        properties: { pointer: { type: 'string' }, code: { type: 'string' }, detail: { type: 'string' } },
      },
    },
    data: { type: 'object' },
  },
};

const INTRODUCTION = `Backend for businesses that measure, certify and sell by measurement. A tenant is reached by its host.

**First step:** \`POST /api/v1/auth/login\` with e-mail and password gives an access token; press “Authorize” and paste it, or send it
as \`Authorization: Bearer …\`. **Changes** to what exists need the ETag that you were given as \`If-Match\`. **Any POST** may carry an
\`Idempotency-Key\`: sent again, it is answered again and done once. **Problems** are RFC 9457 documents with a stable \`code\`.`;

/** The OpenAPI 3.1 document of these endpoints, from the same schemas that validate. */
export function openApiDocument(endpoints: readonly Endpoint[], version: string): Json {
  const paths: Record<string, Record<string, Json>> = {};
  for (const endpoint of endpoints) {
    const path = fullPath(endpoint).replaceAll(/:(\w+)/g, '{$1}');
    paths[path] = { ...paths[path], [endpoint.method.toLowerCase()]: operation(endpoint) };
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'Touchstone',
      version,
      description: INTRODUCTION,
      license: { name: 'MIT', identifier: 'MIT' },
    },
    servers: [{ url: '/', description: "The tenant's own host" }],
    tags: [...new Set(endpoints.map(tagOf))].map(name => ({ name })),
    paths,
    components: {
      schemas: { Problem: PROBLEM },
      securitySchemes: { bearer: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT' } },
    },
  };
}

/** One group for each collection: the first part of the path says which. */
function tagOf(endpoint: Endpoint): string {
  const path = fullPath(endpoint);
  return /^\/api\/v1\/([\w-]+)/.exec(path)?.[1] ?? 'platform';
}

function operation(endpoint: Endpoint): Json {
  const secured = typeof endpoint.access === 'object' || endpoint.access === 'operator';
  return {
    operationId: endpoint.id,
    summary: endpoint.summary,
    tags: [tagOf(endpoint)],
    ...(typeof endpoint.access === 'object'
      ? { description: `Needs permission \`${endpoint.access.permission}\`.` }
      : {}),
    ...(secured ? { security: [{ bearer: [] }] } : { security: [] }),
    parameters: parameters(endpoint),
    ...(endpoint.body === undefined ? {} : { requestBody: requestBody(endpoint, endpoint.body) }),
    responses: responses(endpoint, secured),
  };
}

function parameters(endpoint: Endpoint): readonly Json[] {
  const headers: Json[] = [];
  if (endpoint.ifMatch === true) {
    headers.push(header('If-Match', true, 'The ETag of the version that the change is made to.'));
  }
  if (takesKey(endpoint)) {
    headers.push(
      header('Idempotency-Key', false, 'The same key and body give the same answer for 24 hours.'),
    );
  }
  return [...fields(endpoint.params, 'path'), ...fields(endpoint.query, 'query'), ...headers];
}

function header(name: string, required: boolean, description: string): Json {
  return { name, in: 'header', required, description, schema: { type: 'string' } };
}

function fields(schema: ZodType | undefined, place: 'path' | 'query'): readonly Json[] {
  if (schema === undefined) return [];
  const { properties, required } = jsonSchema(schema, 'input') as {
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

function requestBody(endpoint: Endpoint, body: ZodType): Json {
  const example = endpoint.example?.body;
  return {
    required: true,
    content: {
      'application/json': {
        schema: jsonSchema(body, 'input'),
        ...(example === undefined ? {} : { example }),
      },
    },
  };
}

function responses(endpoint: Endpoint, secured: boolean): Json {
  const own = Object.entries(endpoint.replies).map(([status, reply]) => [
    status,
    {
      description: reply.description,
      ...(reply.schema === undefined && reply.mediaType === undefined
        ? {}
        : {
            content: {
              [reply.mediaType ?? 'application/json']: {
                schema:
                  reply.schema === undefined
                    ? { type: 'string', format: 'binary' }
                    : jsonSchema(reply.schema, 'output'),
              },
            },
          }),
    },
  ]);
  const problems = problemStatuses(endpoint, secured).map(([status, description]) => [
    status,
    {
      description,
      content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } },
    },
  ]);
  return Object.fromEntries([...own, ...problems]);
}

function problemStatuses(endpoint: Endpoint, secured: boolean): readonly (readonly [string, string])[] {
  const codes = endpoint.faults?.length ? ` Codes: ${endpoint.faults.join(', ')}.` : '';
  return [
    ['400', 'Malformed, or a field is not what it should be.'],
    ...(secured
      ? ([
          ['401', 'No token, or one that is not valid.'],
          ['403', 'Not permitted.'],
        ] as const)
      : []),
    ['404', 'Nothing is there for this tenant.'],
    ...(endpoint.method === 'GET' ? [] : ([['409', `Conflicts with the present state.${codes}`]] as const)),
    ...(endpoint.ifMatch === true
      ? ([
          ['412', 'The version is stale.'],
          ['428', 'If-Match is missing.'],
        ] as const)
      : []),
    ...(endpoint.body === undefined
      ? []
      : ([
          ['413', 'The body is larger than 1 MiB.'],
          ['415', 'The body is not JSON.'],
          ['422', `Breaks a rule.${codes}`],
        ] as const)),
    ['503', 'A part that the request needs is out; try again.'],
  ];
}

function jsonSchema(schema: ZodType, io: 'input' | 'output'): Json {
  const { $schema: _dialect, ...rest } = z.toJSONSchema(schema, {
    target: 'draft-2020-12',
    io,
    unrepresentable: 'any',
  });
  return rest;
}
