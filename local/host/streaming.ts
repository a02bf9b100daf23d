import type { createServer, Server } from 'node:http';
import { createRequire } from 'node:module';
import type { FunctionApp } from './functions-core.ts';

/**
 * Ends the start of the app, as the worker does: asks the programming model for its capabilities. With HTTP streaming
 * it then opens a server of its own; we keep it on this computer and return it.
 */
export async function startStreaming(app: FunctionApp): Promise<Server | undefined> {
  const http = createRequire(import.meta.url)('node:http') as { createServer: typeof createServer };
  const original = http.createServer;
  let captured: Server | undefined;
  http.createServer = Object.assign((...parameters: Parameters<typeof createServer>) => {
    const server = original(...parameters);
    const listen = server.listen.bind(server) as (port: number, address: string, callback: unknown) => Server;
    server.listen = ((callback: unknown) => listen(0, '127.0.0.1', callback)) as Server['listen'];
    captured = server;
    return server;
  });
  try {
    const capabilities = await app.programmingModel?.getCapabilities?.({
      RawHttpBodyBytes: 'true',
      RpcHttpTriggerMetadataRemoved: 'true',
      RpcHttpBodyOnly: 'true',
      IgnoreEmptyValuedRpcHttpHeaders: 'true',
      UseNullableValueDictionaryForHttp: 'true',
      WorkerStatus: 'true',
      TypedDataCollection: 'true',
      HandlesWorkerTerminateMessage: 'true',
    });
    return capabilities?.['HttpUri'] === undefined ? undefined : captured;
  } finally {
    http.createServer = original;
  }
}
