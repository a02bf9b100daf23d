/** Puts work on the local Cosmos through the official SDK, or on raw SQLite over HTTP, from a process of its own. */
import { Agent, request } from 'node:http';
import { type Container, CosmosClient, type OperationInput } from '@azure/cosmos';
import { answerOrder } from './child-process.ts';
import { batchOf, type Key, keys, PAGE, pageStart, place, stored } from './cosmos-documents.ts';
import { type Lanes, type LanesReport, runLanes } from './lanes.ts';

export type Operation = 'read' | 'batch' | 'page';
type Target = { readonly endpoint: string; readonly key: string } | { readonly port: number };
export type CosmosOrder =
  | { readonly fill: Target }
  | { readonly target: Target; readonly operation: Operation; readonly lanes: Lanes; readonly run: string };

answerOrder(async (order: CosmosOrder): Promise<LanesReport> => {
  if ('fill' in order) return fill(order.fill);
  const { target, operation, lanes, run } = order;
  const work = 'port' in target ? overHttp(target.port, run) : await throughSdk(target, run);
  return runLanes(lanes, work[operation]);
});

type Work = Readonly<Record<Operation, (n: number) => Promise<void>>>;

const PAGE_QUERY = `SELECT * FROM c WHERE c.number >= @from ORDER BY c.number OFFSET 0 LIMIT ${PAGE}`;

async function containerOf(target: Target): Promise<Container> {
  if ('port' in target) throw new Error('raw SQLite has no containers');
  const client = new CosmosClient({ endpoint: target.endpoint, key: target.key });
  const { database } = await client.databases.createIfNotExists({ id: 'bench' });
  const { container } = await database.containers.createIfNotExists({
    id: 'items',
    // The SDK's kind is an enum of the same text.
    partitionKey: { paths: ['/tenantId', '/scope'], kind: 'MultiHash' as never, version: 2 },
    indexingPolicy: { includedPaths: [{ path: '/number/?' }], excludedPaths: [{ path: '/*' }] },
  });
  return container;
}

async function fill(target: Target): Promise<LanesReport> {
  const container = await containerOf(target);
  const all = keys();
  for (const key of all) {
    const documents = stored(key);
    for (let from = 0; from < documents.length; from += 100)
      await batch(container, key, documents.slice(from, from + 100));
  }
  return { perSecond: 0, made: all.length };
}

async function throughSdk(target: Target, run: string): Promise<Work> {
  const container = await containerOf(target);
  return {
    read: async n => {
      const { key, number } = place(n);
      const { resource } = await container.item(`document-${number}`, [...key]).read();
      if (resource === undefined) throw new Error('a document is not there');
    },
    page: async n => {
      const parameters = [{ name: '@from', value: pageStart(n) }];
      const options = { partitionKey: [...place(n).key], maxItemCount: PAGE };
      const { resources } = await container.items
        .query({ query: PAGE_QUERY, parameters }, options)
        .fetchAll();
      if (resources.length !== PAGE) throw new Error(`a page of ${resources.length}`);
    },
    batch: n => {
      const { key, documents } = batchOf(n, run);
      return batch(container, key, documents);
    },
  };
}

async function batch(container: Container, key: Key, documents: readonly object[]): Promise<void> {
  const operations = documents.map(resourceBody => ({ operationType: 'Create', resourceBody }));
  const { code } = await container.items.batch(operations as OperationInput[], [...key]);
  if (code !== 200) throw new Error(`a batch was answered ${code}`);
}

function overHttp(port: number, run: string): Work {
  const agent = new Agent({ keepAlive: true });
  const ask = (path: string, query: Record<string, string>, body?: string): Promise<unknown> =>
    askJson(agent, port, `${path}?${new URLSearchParams(query)}`, body);
  const keyOf = ([tenant, scope]: Key): Record<string, string> => ({ tenant, scope });
  return {
    read: async n => {
      const { key, number } = place(n);
      await ask('/read', { ...keyOf(key), id: `document-${number}` });
    },
    page: async n => {
      const rows = await ask('/page', { ...keyOf(place(n).key), from: String(pageStart(n)) });
      if (!Array.isArray(rows) || rows.length !== PAGE) throw new Error('not a page');
    },
    batch: async n => {
      await ask('/batch', {}, JSON.stringify(batchOf(n, run).documents));
    },
  };
}

function askJson(agent: Agent, port: number, path: string, body?: string): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const method = body === undefined ? 'GET' : 'POST';
    const call = request({ agent, port, path, method, host: '127.0.0.1' }, answer => {
      const chunks: Buffer[] = [];
      answer.on('data', chunk => chunks.push(chunk));
      answer.on('end', () => {
        if (answer.statusCode !== 200) reject(new Error(`${path} was answered ${answer.statusCode}`));
        else resolve(JSON.parse(Buffer.concat(chunks).toString()));
      });
    });
    call.on('error', reject);
    call.end(body);
  });
}
