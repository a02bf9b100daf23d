import * as z from 'zod';
import type { EventTable } from '../webhooks/index.ts';
import { exampleOf } from './openapi-example.ts';
import { type Json, jsonSchema } from './openapi-schema.ts';

/** Standard Webhooks 1.0. */
const HEADERS: readonly (readonly [name: string, description: string, example: string])[] = [
  [
    'webhook-id',
    'The same for every attempt at telling one endpoint of one event: whoever has it already has heard.',
    'msg_01hzx3k9v2m4q8r6t0w5y7a1b3',
  ],
  [
    'webhook-timestamp',
    'Seconds since 1970 of this attempt; refuse what is more than five minutes off.',
    '1764072000',
  ],
  [
    'webhook-signature',
    '`v1,` and the base64 of HMAC-SHA256 over `id.timestamp.body` under the endpoint’s secret; several with spaces between them while a secret is changed.',
    'v1,K5oZfzN95Z9UVu1EsfQmfVNQhnkZ2pj9o9NDN/H/pI4=',
  ],
];

const Touched = z.array(z.object({ id: z.string(), kind: z.string(), version: z.int() }));
const Common = z.object({
  changeId: z.string().meta({ description: 'The commit that the event tells of.' }),
  records: Touched.meta({ description: 'What the commit wrote.' }),
});

/** What is sent to the addresses that hear of events, one operation for each type (OpenAPI 3.1 alone knows such). */
export function describeWebhooks(events: EventTable): Json {
  return Object.fromEntries(
    Object.entries(events).map(([type, event]) => [type, { post: describe(type, event) }]),
  );
}

function describe(type: string, { summary, data }: EventTable[string]): Json {
  const told = data === undefined ? Common : z.intersection(data, Common);
  const schema = jsonSchema(
    z.object({ type: z.literal(type), timestamp: z.iso.datetime(), data: told }),
    'output',
    '3.1',
  );
  return {
    operationId: `webhook.${type}`,
    summary,
    tags: ['webhooks'],
    security: [],
    parameters: HEADERS.map(([name, description, example]) => ({
      ...{ name, in: 'header', required: true, description, example },
      schema: { type: 'string' },
    })),
    requestBody: {
      required: true,
      content: { 'application/json': { schema, example: exampleOf(schema) } },
    },
    responses: {
      '2XX': { description: 'Heard. 410 ends it; anything else is tried again for about a day.' },
    },
  };
}
