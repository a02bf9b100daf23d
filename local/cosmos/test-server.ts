import { createHmac } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import type {
  Container,
  ContainerRequest,
  CosmosClientOptions,
  CosmosHeaders,
  PluginConfig,
} from '@azure/cosmos';
import { CosmosClient } from '@azure/cosmos';
import { faults, type ServerFaults } from '../faults/client.ts';
import { startServer } from './server.ts';

/** What goes over the wire, as far as tests change it. */
type Sent = { readonly headers: CosmosHeaders; readonly body: unknown };

type TestServer = {
  readonly endpoint: string;
  readonly key: string;
  readonly client: CosmosClient;
  /** Makes a container in a database of its own. */
  readonly container: (request: ContainerRequest) => Promise<Container>;
  /** A client whose requests are changed before they are sent. */
  readonly altered: (change: (request: Sent) => Partial<Sent>) => CosmosClient;
  readonly faults: ServerFaults<'cosmos'>;
  /** Moves the server's clock forward. */
  readonly wait: (seconds: number) => void;
};

/** A new folder that goes with the test. */
export function testFolder(test: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'cosmos-'));
  test.after(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** Starts a server without TLS on a free port that ends with the test. */
export async function testServer(
  test: TestContext,
  { queryMs }: { readonly queryMs?: number | undefined } = {},
): Promise<TestServer> {
  const server = await startServer({
    port: 0,
    data: testFolder(test),
    topology: undefined,
    tls: undefined,
    jwks: undefined,
    partitions: 4,
    faultsToken: 'test',
    queryMs,
  });
  const { endpoint, key } = server;
  const client = new CosmosClient({ endpoint, key });
  test.after(async () => {
    client.dispose();
    await server.close();
  });
  return {
    endpoint,
    key,
    client,
    container: async request => {
      const { database } = await client.databases.createIfNotExists({ id: 'tests' });
      const { container } = await database.containers.create(request);
      return container;
    },
    altered: change => {
      const plugin: PluginConfig['plugin'] = (context, _, next) => {
        // The SDK sends the context that it made, whatever is handed on.
        return next(Object.assign(context, change({ headers: context.headers ?? {}, body: context.body })));
      };
      // Plugins are an option that the SDK does not declare.
      const options: CosmosClientOptions & { plugins: PluginConfig[] } = {
        endpoint,
        key,
        plugins: [{ on: 'request', plugin }],
      };
      const altering = new CosmosClient(options);
      test.after(() => altering.dispose());
      return altering;
    },
    faults: faults({ settings: { FAULTS_TOKEN: 'test', FAULTS_COSMOS_URL: endpoint } }).on('cosmos'),
    wait: seconds => server.clock.jump(seconds * 1000, true),
  };
}

/**
 * Asks the server about a resource or, without its own link, about the feed of its owner, as a client of its key that is
 * not the SDK. https://learn.microsoft.com/rest/api/cosmos-db/access-control-on-cosmosdb-resources
 */
export async function signedFetch(
  { endpoint, key }: Pick<TestServer, 'endpoint' | 'key'>,
  type: string,
  link: string,
  request: { method: string; headers?: Readonly<Record<string, string>>; body?: string; feed?: boolean },
): Promise<Response> {
  const { method, feed, headers, ...rest } = request;
  const date = new Date().toUTCString().toLowerCase();
  const signature = createHmac('sha256', Buffer.from(key, 'base64'))
    .update(`${method.toLowerCase()}\n${type}\n${link}\n${date}\n\n`)
    .digest('base64');
  const authorization = encodeURIComponent(`type=master&ver=1.0&sig=${signature}`);
  return await fetch(`${endpoint}/${feed === true ? `${link}/${type}` : link}`, {
    ...rest,
    method,
    headers: { ...headers, authorization, 'x-ms-date': date, 'x-ms-version': '2020-07-15' },
  });
}

/** The definition of a container with a tenant and a scope as its hierarchical key. */
export function tenantContainer(more: Partial<ContainerRequest> = {}): ContainerRequest {
  // The SDK's kind is an enum of the same text.
  const partitionKey = { paths: ['/tenant', '/scope'], kind: 'MultiHash', version: 2 } as NonNullable<
    ContainerRequest['partitionKey']
  >;
  return { id: 'things', partitionKey, ...more };
}

/** The status with which a call is refused, or undefined when it is not. */
export async function refusal(
  call: Promise<unknown>,
): Promise<{ code: number; substatus: number | undefined; message: string } | undefined> {
  try {
    await call;
    return undefined;
  } catch (error) {
    // The SDK throws its ErrorResponse, which has these members.
    const { code, substatus, message } = error as {
      code: number;
      substatus: number | undefined;
      message: string;
    };
    return { code, substatus, message };
  }
}
