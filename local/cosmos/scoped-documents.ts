import assert from 'node:assert/strict';
import type { TestContext } from 'node:test';
import type { Container } from '@azure/cosmos';
import { refusal, tenantContainer, testServer } from './test-server.ts';

const key = ['t1', 's1'];
/** The option that keeps a query to the logical partition of `withDocuments`. */
export const inScope = { partitionKey: key };

/** A container of its own server with documents d0, d1, … in one logical partition. */
export async function withDocuments(t: TestContext, ...documents: readonly object[]): Promise<Container> {
  const server = await testServer(t);
  const things = await server.container(tenantContainer());
  for (const [at, document] of documents.entries())
    await things.items.create({ id: `d${at}`, tenant: 't1', scope: 's1', ...document });
  return things;
}

/** What expressions yield over the first document; an undefined one has no member. */
export async function values(
  things: Container,
  expressions: Readonly<Record<string, string>>,
): Promise<unknown> {
  const members = Object.entries(expressions).map(([name, text]) => `"${name}": ${text}`);
  const query = `SELECT VALUE {${members.join(', ')}} FROM c WHERE c.id = 'd0'`;
  return (await things.items.query(query, inScope).fetchAll()).resources[0];
}

/** The message with which a query is refused (400). */
export async function problem(things: Container, query: string): Promise<string> {
  const refused = await refusal(things.items.query(query, inScope).fetchAll());
  assert.equal(refused?.code, 400, query);
  return refused?.message ?? '';
}
