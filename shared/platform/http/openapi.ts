import type { FaultRows } from '../../kernel/index.ts';
import type { EventTable } from '../webhooks/index.ts';
import { ACCESS_COOKIE, CSRF_COOKIE } from './cookies.ts';
import { type Endpoint, fullPath } from './endpoint.ts';
import { describeOperation } from './openapi-operation.ts';
import type { Json, OpenApiVersion } from './openapi-schema.ts';
import { describeWebhooks } from './openapi-webhooks.ts';

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

const OAUTH_PROBLEM: Json = {
  description: 'The same with the members of RFC 6749, section 5.2.',
  allOf: [
    { $ref: '#/components/schemas/Problem' },
    {
      type: 'object',
      required: ['error', 'error_description'],
      properties: { error: { type: 'string' }, error_description: { type: 'string' } },
    },
  ],
};

const SECURITY: Json = {
  bearer: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT' },
  cookie: { type: 'apiKey', in: 'cookie', name: ACCESS_COOKIE, description: 'For browsers.' },
  csrf: {
    ...{ type: 'apiKey', in: 'header', name: 'X-CSRF-Token' },
    description: `The value of the cookie \`${CSRF_COOKIE}\`, with every change that cookies vouch for.`,
  },
};

const INTRODUCTION = `Backend for businesses that measure, certify and sell by measurement. A tenant is reached by its host.

**First step:** \`POST /api/v1/auth/login\` with e-mail and password gives an access token; press “Authorize” and paste it, or send it
as \`Authorization: Bearer …\`. **Changes** to what exists need the ETag that you were given as \`If-Match\`. **Any POST** of who is
logged in, but those that answer with a secret, may carry an \`Idempotency-Key\`: sent again, it is answered again and done once; with another request, 422. **Browsers** may ask for cookies instead
(\`carrier\` at login); what changes something then needs the cookie \`__Host-touchstone-csrf\` once more as \`X-CSRF-Token\`. **Problems** are RFC 9457 documents with a stable \`code\` (see [the catalogue](/problems)), in the
language that \`Accept-Language\` asks for (English, Persian). **Quotas** are told in \`RateLimit\`; beyond them 429 with \`Retry-After\`.`;

export type DescribedApi = {
  readonly endpoints: readonly Endpoint[];
  readonly events: EventTable;
  /** What each collection is about, in reading order. */
  readonly chapters: Readonly<Record<string, string>>;
  /** Which status each code of a refusal has. */
  readonly faults: FaultRows;
};

/** The description of an API as OpenAPI, from the same schemas that validate. */
export function openApiDocument(
  { endpoints, events, chapters, faults }: DescribedApi,
  product: string,
  version: OpenApiVersion = '3.1',
): Json {
  const paths: Record<string, Record<string, Json>> = {};
  for (const endpoint of endpoints) {
    const path = fullPath(endpoint).replaceAll(/:(\w+)/g, '{$1}');
    paths[path] = {
      ...paths[path],
      [endpoint.method.toLowerCase()]: describeOperation(endpoint, version, faults),
    };
  }
  const license = {
    name: 'MIT',
    ...(version === '3.1' ? { identifier: 'MIT' } : { url: 'https://opensource.org/license/mit' }),
  };
  return {
    openapi: `${version}.${version === '3.1' ? 1 : 4}`,
    info: { title: 'Touchstone', version: product, description: INTRODUCTION, license },
    servers: [{ url: '/', description: "The tenant's own host" }],
    tags: Object.entries(chapters).map(([name, description]) => ({ name, description })),
    paths,
    ...(version === '3.1' ? { webhooks: describeWebhooks(events) } : {}),
    components: {
      schemas: { Problem: PROBLEM, OAuthProblem: OAUTH_PROBLEM },
      securitySchemes: SECURITY,
    },
  };
}
