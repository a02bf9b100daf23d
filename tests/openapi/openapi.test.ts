import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import { Validator } from '@seriousme/openapi-schema-validator';
import { openClient } from '../../scripts/demo/client.ts';
import { fullPath } from '../../shared/platform/http/index.ts';
import { app, isSecured } from '../isolation/table.ts';
import { schemaJudge } from '../misuse/published.ts';
import { testStack } from '../stack.ts';

const { endpoints } = app;

type Content = Readonly<Record<string, { readonly schema: object; readonly example?: unknown }>>;
type Operation = {
  readonly operationId: string;
  readonly summary?: string;
  readonly tags: readonly string[];
  readonly security?: readonly object[];
  readonly parameters?: readonly {
    readonly name: string;
    readonly in: string;
    readonly required?: boolean;
  }[];
  readonly requestBody?: { readonly content: Content };
  readonly responses: Readonly<Record<string, { readonly description: string; readonly content?: Content }>>;
};

let document: {
  readonly openapi: string;
  readonly tags: readonly { readonly name: string; readonly description: string }[];
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly webhooks: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: { readonly schemas: Readonly<Record<string, object>> };
};
let operations: readonly Operation[];

before(async () => {
  const answer = await openClient(testStack().urls['api'] ?? '').get('/api/v1/openapi.json');
  assert.equal(answer.status, 200);
  document = answer.body;
  operations = Object.values(document.paths).flatMap(methods => Object.values(methods));
});

/** The schemas of a document refer to each other by its own pointers. */
function whole(schema: object): object {
  return { ...schema, components: document.components };
}

/** OAuth has media types and members of its own (RFC 6749, section 5.2). */
function refusalOf(operationId: string): string {
  const isOAuth = endpoints.find(({ id }) => id === operationId)?.refusesAs === 'oauth';
  return isOAuth ? 'application/json' : 'application/problem+json';
}

describe('The published description of the API', () => {
  test('is valid OpenAPI 3.1', async () => {
    assert.match(document.openapi, /^3\.1\./);
    const { valid, errors } = await new Validator().validate(structuredClone(document));
    assert.deepEqual([valid, errors], [true, undefined]);
  });

  test('says what every chapter is about, and has no chapter without an operation', () => {
    const webhooks = Object.values(document.webhooks).flatMap(methods => Object.values(methods));
    const used = new Set([...operations, ...webhooks].flatMap(({ tags }) => tags));
    assert.deepEqual(document.tags.map(({ name }) => name).toSorted(), [...used].toSorted());
    assert.deepEqual(
      document.tags.filter(({ description }) => description === ''),
      [],
    );
  });

  test('describes every endpoint of the table under its path and method, and nothing else', () => {
    const described = Object.entries(document.paths).flatMap(([path, methods]) =>
      Object.keys(methods).map(method => `${method.toUpperCase()} ${path}`),
    );
    const there = endpoints.map(
      endpoint => `${endpoint.method} ${fullPath(endpoint).replaceAll(/:(\w+)/g, '{$1}')}`,
    );
    assert.deepEqual(described.toSorted(), there.toSorted());
  });

  test('gives every operation an id of its own and a summary that is a sentence', () => {
    const ids = operations.map(({ operationId }) => operationId);
    assert.equal(new Set(ids).size, ids.length);
    for (const { operationId, summary } of operations) {
      assert.match(operationId, /^[a-z]+(\.[a-z_]+)+$/);
      assert.match(summary ?? '', /^[A-Z].*\.$/, operationId);
    }
  });

  test('names every parameter of a path once, as required', () => {
    for (const [path, methods] of Object.entries(document.paths)) {
      const named = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name);
      for (const { operationId, parameters = [] } of Object.values(methods)) {
        const inPath = parameters.filter(parameter => parameter.in === 'path');
        assert.deepEqual(
          inPath.map(({ name }) => name).toSorted(),
          named.toSorted(),
          `${operationId} describes its path`,
        );
        assert.ok(inPath.every(({ required }) => required === true));
      }
    }
  });

  test('says how every operation refuses, as problem documents', () => {
    for (const { operationId, responses } of operations) {
      const refusals = Object.entries(responses).filter(([status]) => /^[45]/.test(status));
      assert.ok(refusals.length >= 2, operationId);
      const problems = refusals.filter(([, { content }]) => content?.[refusalOf(operationId)] !== undefined);
      for (const status of ['400', '404'])
        assert.ok(
          problems.some(([known]) => known === status),
          operationId,
        );
    }
  });

  test('says each refusal of its own under the status that it has, and how it is written', () => {
    for (const endpoint of endpoints) {
      const operation = operations.find(({ operationId }) => operationId === endpoint.id);
      for (const code of endpoint.faults ?? []) {
        const response = operation?.responses[String(app.faults[code]?.status)];
        assert.ok(response?.description.includes(code), `${endpoint.id}: ${code}`);
        assert.ok(response?.content?.[refusalOf(endpoint.id)] !== undefined, `${endpoint.id}: ${code}`);
      }
    }
    const statuses = (id: string) =>
      Object.keys(operations.find(known => known.operationId === id)?.responses ?? {});
    for (const id of [
      'platform.auth.login',
      'platform.auth.second_factor',
      'platform.auth.refresh',
      'platform.oauth.token',
    ])
      assert.ok(statuses(id).includes('401'), id);
    const page = operations.find(({ operationId }) => operationId === 'calibration.certificate.verify_page');
    assert.ok(page?.responses['404']?.content?.['text/html'] !== undefined);
  });

  test('asks for a token wherever the table does, and says 401 and 403 there', () => {
    for (const endpoint of endpoints) {
      const operation = operations.find(({ operationId }) => operationId === endpoint.id);
      const cookie = endpoint.method === 'GET' ? { cookie: [] } : { cookie: [], csrf: [] };
      const expected = isSecured(endpoint) ? [{ bearer: [] }, cookie] : [];
      assert.deepEqual(operation?.security, expected, endpoint.id);
      const refuses = Object.keys(operation?.responses ?? {});
      for (const status of ['401', '403'])
        assert.ok(!isSecured(endpoint) || refuses.includes(status), endpoint.id);
    }
  });

  test('demands If-Match, and tells of 412 and 428, wherever a record is changed', () => {
    for (const endpoint of endpoints.filter(({ ifMatch }) => ifMatch === true)) {
      const operation = operations.find(({ operationId }) => operationId === endpoint.id);
      const header = operation?.parameters?.find(({ name }) => name === 'If-Match');
      assert.equal(header?.required, true, endpoint.id);
      for (const status of ['412', '428']) assert.ok(operation?.responses[status] !== undefined, endpoint.id);
    }
  });

  test('tells of 413, 415 and 422 wherever a body is taken', () => {
    for (const { operationId, responses } of operations.filter(
      ({ requestBody }) => requestBody !== undefined,
    )) {
      for (const status of ['413', '415', '422']) assert.ok(responses[status] !== undefined, operationId);
    }
  });

  test('describes every success with a media type and a schema that compiles', () => {
    const judge = schemaJudge();
    for (const { operationId, responses, requestBody } of operations) {
      const successes = Object.entries(responses).filter(([status]) => /^[23]/.test(status));
      assert.ok(successes.length > 0, operationId);
      const contents = [requestBody?.content, ...successes.map(([, { content }]) => content)];
      for (const content of contents)
        for (const { schema } of Object.values(content ?? {})) judge(whole(schema));
    }
  });

  test('shows an example for every body, and it is valid', () => {
    const judge = schemaJudge();
    for (const { operationId, requestBody } of operations) {
      for (const { schema, example } of Object.values(requestBody?.content ?? {})) {
        assert.notEqual(example, undefined, `${operationId} has no example`);
        const validate = judge(whole(schema));
        assert.ok(validate(example), `${operationId}: ${JSON.stringify(validate.errors)}`);
      }
    }
  });

  test('shows an example for every answer that has a shape, and it is valid', () => {
    const judge = schemaJudge();
    for (const { operationId, responses } of operations) {
      const successes = Object.entries(responses).filter(([status]) => /^[23]|503/.test(status));
      for (const [, { content = {} }] of successes) {
        for (const [type, { schema, example }] of Object.entries(content)) {
          if (type === 'application/problem+json' || 'format' in schema) continue;
          assert.notEqual(example, undefined, `${operationId} has no example`);
          const validate = judge(whole(schema));
          assert.ok(validate(example), `${operationId}: ${JSON.stringify(validate.errors)}`);
        }
      }
    }
  });

  test('says of every event what is sent: Standard Webhooks headers, and a body with a valid example', () => {
    const judge = schemaJudge();
    assert.deepEqual(Object.keys(document.webhooks).toSorted(), Object.keys(app.events).toSorted());
    for (const [type, { post }] of Object.entries(document.webhooks)) {
      const headers = post?.parameters?.filter(({ required }) => required).map(({ name }) => name);
      assert.deepEqual(headers, ['webhook-id', 'webhook-timestamp', 'webhook-signature'], type);
      assert.match(post?.summary ?? '', /^[A-Z].*\.$/);
      const { schema = {}, example } = post?.requestBody?.content['application/json'] ?? {};
      const validate = judge(whole(schema));
      assert.ok(validate(example), `${type}: ${JSON.stringify(validate.errors)}`);
      assert.equal((example as { type: string }).type, type);
      assert.equal(validate({ ...(example as object), type: 'another.type' }), false);
    }
  });

  test('is what the problem documents look like', async () => {
    const { body } = await openClient(testStack().urls['api'] ?? '').get('/api/v1/no-such-address');
    const validate = schemaJudge()(document.components.schemas['Problem'] ?? {});
    assert.ok(validate(body), JSON.stringify(validate.errors));
  });
});
