import type { EventTable } from '../webhooks/index.ts';
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

const INTRODUCTION = `Backend for businesses that measure, certify and sell by measurement. A tenant is reached by its host.

**First step:** \`POST /api/v1/auth/login\` with e-mail and password gives an access token; press “Authorize” and paste it, or send it
as \`Authorization: Bearer …\`. **Changes** to what exists need the ETag that you were given as \`If-Match\`. **Any POST** may carry an
\`Idempotency-Key\`: sent again, it is answered again and done once. **Problems** are RFC 9457 documents with a stable \`code\` (see [the catalogue](/problems)), in the
language that \`Accept-Language\` asks for (English, Persian). **Quotas** are told in \`RateLimit\`; beyond them 429 with \`Retry-After\`.`;

export type DescribedApi = {
  readonly endpoints: readonly Endpoint[];
  readonly events: EventTable;
  /** What each collection is about, in reading order. */
  readonly chapters: Readonly<Record<string, string>>;
};

/** The description of an API as OpenAPI, from the same schemas that validate. */
export function openApiDocument(
  { endpoints, events, chapters }: DescribedApi,
  product: string,
  version: OpenApiVersion = '3.1',
): Json {
  const paths: Record<string, Record<string, Json>> = {};
  for (const endpoint of endpoints) {
    const path = fullPath(endpoint).replaceAll(/:(\w+)/g, '{$1}');
    paths[path] = {
      ...paths[path],
      [endpoint.method.toLowerCase()]: describeOperation(endpoint, version),
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
      schemas: { Problem: PROBLEM },
      securitySchemes: { bearer: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT' } },
    },
  };
}
