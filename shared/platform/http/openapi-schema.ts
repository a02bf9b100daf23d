import type { ZodType } from 'zod';
import * as z from 'zod';

export type Json = Readonly<Record<string, unknown>>;

/** The versions of OpenAPI that the API is described in; 3.0 is for generators that know no other. */
export type OpenApiVersion = '3.1' | '3.0';

const TARGETS = { '3.1': 'draft-2020-12', '3.0': 'openapi-3.0' } as const;

/** A schema of ours in the dialect of JSON Schema that the version of OpenAPI speaks. */
export function jsonSchema(schema: ZodType, io: 'input' | 'output', version: OpenApiVersion): Json {
  const { $schema: _dialect, ...rest } = z.toJSONSchema(schema, {
    target: TARGETS[version],
    io,
    unrepresentable: 'any',
    override: ({ jsonSchema: node }) => extend(node as Record<string, unknown>), // plain JSON, as zod says
  });
  return rest;
}

/** What we say of a field beyond JSON Schema (`meta`) stands under names that OpenAPI leaves to its users. */
function extend(node: Record<string, unknown>): void {
  for (const name of ['personal', 'kept', 'person', 'unit']) {
    if (!(name in node)) continue;
    node[`x-${name}`] = node[name];
    delete node[name];
  }
}
