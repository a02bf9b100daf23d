import type { CosmosClientOptions, Database } from '@azure/cosmos';

export type DatabaseOptions = {
  readonly endpoint: string;
  readonly database: string;
  readonly credential: NonNullable<CosmosClientOptions['aadCredentials']>;
};

/**
 * A client for the account. The SDK is loaded here, when the first request needs it. Throttled requests are
 * repeated by the SDK for at most ten seconds; queries and writes end after thirty (`targets.md`).
 */
export async function openDatabase(options: DatabaseOptions): Promise<Database> {
  const { CosmosClient } = await import('@azure/cosmos');
  const client = new CosmosClient({
    endpoint: options.endpoint,
    aadCredentials: options.credential,
    connectionPolicy: {
      requestTimeout: 30_000,
      enableEndpointDiscovery: false,
      retryOptions: {
        maxRetryAttemptCount: 9,
        fixedRetryIntervalInMilliseconds: 0,
        maxWaitTimeInSeconds: 10,
      },
    },
  });
  return client.database(options.database);
}
