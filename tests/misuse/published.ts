import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import type { Client } from '../../scripts/demo/client.ts';

type Operation = {
  readonly operationId: string;
  readonly parameters: readonly { readonly name: string; readonly in: string; readonly schema: object }[];
  readonly requestBody?: { readonly content: Readonly<Record<string, { readonly schema: object }>> };
};

/** What the API says of itself, for tests that hold it to its word. */
export type Published = {
  readonly bodyOf: (operationId: string) => object;
  /** Judges a request body by the published schema. */
  readonly allowsBody: (operationId: string) => (body: unknown) => boolean;
  readonly queryOf: (operationId: string) => Readonly<Record<string, Readonly<Record<string, unknown>>>>;
};

export async function readPublished(client: Client): Promise<Published> {
  const { body: document } = await client.get('/api/v1/openapi.json');
  const operations = new Map<string, Operation>();
  for (const methods of Object.values<Record<string, Operation>>(document.paths))
    for (const operation of Object.values(methods)) operations.set(operation.operationId, operation);
  const judge = schemaJudge();
  const bodyOf = (id: string): object => {
    const schema = Object.values(operations.get(id)?.requestBody?.content ?? {})[0]?.schema;
    if (schema === undefined) throw new Error(`${id} publishes no body`);
    return schema;
  };
  return {
    bodyOf,
    allowsBody: id => {
      const validate = judge(bodyOf(id));
      return body => validate(body);
    },
    queryOf: id => {
      const parameters = operations.get(id)?.parameters ?? [];
      return Object.fromEntries(
        parameters
          .filter(({ in: place }) => place === 'query')
          .map(({ name, schema }) => [name, { ...schema }]),
      );
    },
  };
}

/** Compiles JSON Schema 2020-12 with formats. */
export function schemaJudge(): (schema: object) => ValidateFunction {
  const ajv = new Ajv2020({ strict: false, allErrors: false });
  addFormats.default(ajv);
  return schema => ajv.compile(schema);
}
