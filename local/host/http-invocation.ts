import { randomUUID } from 'node:crypto';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { RegisteredFunction } from './functions-core.ts';
import { traceBelow } from './invocation.ts';
import type { RpcInvocationRequest, RpcTypedData } from './rpc.ts';
import {
  joinHeaders,
  joinQuery,
  toBytes,
  toNullable,
  toResponseHeaders,
  toTriggerMetadata,
} from './rpc-data.ts';
import { describe, type Runtime } from './runtime.ts';

/** Request bodies above this are refused (FUNCTIONS_REQUEST_BODY_SIZE_LIMIT's default). */
const maxBodyBytes = 104_857_600;

export type HttpContext = {
  readonly runtime: Runtime;
  /** The app's own HTTP server, when it asked for HTTP streaming. */
  readonly streamServer: Server | undefined;
  /** How long a client waits for an answer; Azure's load balancer cuts after 230 seconds. */
  readonly responseMilliseconds: number;
};

export type HttpTarget = { readonly registered: RegisteredFunction; readonly bindingName: string };

/** Runs an HTTP function for a request and answers it. Never rejects; calls `done` when the invocation has ended. */
export async function answer(
  context: HttpContext,
  target: HttpTarget,
  params: Readonly<Record<string, string>>,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const started = performance.now();
  const invocationId = randomUUID();
  const functionName = target.registered.metadata.name;
  const cut = setTimeout(() => cutOff(response), context.responseMilliseconds);
  const headers = readHeaders(request);
  let failure: unknown;
  try {
    const streaming = context.streamServer;
    if (streaming === undefined)
      await answerByRpc(context, target, params, request, response, headers, invocationId);
    else await answerByStream(context, streaming, target, params, request, response, headers, invocationId);
  } catch (error) {
    failure = error;
    context.runtime.output.log({
      level: 'error',
      category: 'user',
      message: describe(error),
      invocationId,
      functionName,
    });
    fail(response, error instanceof BodyError ? error.status : 500);
  } finally {
    clearTimeout(cut);
  }
  context.runtime.output.finished({
    invocationId,
    functionName,
    milliseconds: performance.now() - started,
    outcome: `${request.method} ${pathOf(request)} ${response.statusCode}`,
    failed: failure !== undefined,
  });
}

class BodyError extends Error {
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

async function answerByRpc(
  context: HttpContext,
  target: HttpTarget,
  params: Readonly<Record<string, string>>,
  request: IncomingMessage,
  response: ServerResponse,
  headers: Record<string, string>,
  invocationId: string,
): Promise<void> {
  const length = Number(headers['content-length'] ?? 0);
  const url = request.url ?? '/';
  const search = url.indexOf('?');
  const http = {
    method: request.method ?? 'GET',
    url: `http://${headers['host'] ?? 'localhost'}${url}`,
    nullableHeaders: toNullable(headers),
    nullableQuery: search < 0 ? {} : toNullable(joinQuery(url.slice(search))),
    nullableParams: toNullable(params),
  };
  // Chunked bodies never reach a worker by RPC (Azure/azure-functions-host#7930, open): only streaming apps see them.
  const input = length > 0 ? { ...http, body: { bytes: await readBody(request, length) } } : http;
  const reply = await context.runtime.run(
    target.registered,
    toRequest(target, { http: input }, {}, headers, invocationId),
  );
  const result = reply.returnValue?.http;
  if (response.headersSent || response.destroyed) return;
  if (result === undefined) {
    response.writeHead(204).end();
    return;
  }
  const body = toBytes(result.body);
  const replyHeaders = toResponseHeaders(result);
  delete replyHeaders['transfer-encoding'];
  const status = Number(result.statusCode ?? 200);
  if (status !== 204 && status !== 304) replyHeaders['content-length'] = String(body.byteLength);
  response.writeHead(status, replyHeaders).end(body);
}

/**
 * HTTP streaming: in Azure the host forwards the request to a server inside the worker, marked with the invocation's
 * id, and sends the rest by RPC. Here both are one process, so the request is handed to that server without a
 * second connection; everything that `@azure/functions` sees is the same.
 */
async function answerByStream(
  context: HttpContext,
  streamServer: Server,
  target: HttpTarget,
  params: Readonly<Record<string, string>>,
  request: IncomingMessage,
  response: ServerResponse,
  headers: Record<string, string>,
  invocationId: string,
): Promise<void> {
  const url = request.url ?? '/';
  const search = url.indexOf('?');
  const query = search < 0 ? {} : joinQuery(url.slice(search));
  // As in the real host the metadata mix query and route values; routes win.
  const metadata = toTriggerMetadata({ ...query, ...params, Query: query, Headers: headers });
  request.headers['x-ms-invocation-id'] = invocationId;
  request.headers['x-forwarded-host'] = headers['host'] ?? 'localhost';
  request.headers['x-forwarded-proto'] = 'http';
  if (Number(headers['content-length'] ?? 0) > maxBodyBytes)
    throw new BodyError(413, 'The request body is too large.');
  streamServer.emit('request', request, response);
  await context.runtime.run(
    target.registered,
    toRequest(target, { http: {} }, metadata, headers, invocationId),
  );
}

function toRequest(
  target: HttpTarget,
  data: RpcTypedData,
  triggerMetadata: Record<string, RpcTypedData>,
  headers: Readonly<Record<string, string>>,
  invocationId: string,
): RpcInvocationRequest {
  return {
    invocationId,
    functionId: target.registered.id,
    inputData: [{ name: target.bindingName, data }],
    triggerMetadata,
    traceContext: traceBelow(headers['traceparent'], headers['tracestate']),
  };
}

function readHeaders(request: IncomingMessage): Record<string, string> {
  const headers = joinHeaders(request.rawHeaders);
  // App Service's front end adds the client's address and port; there is none here, so the host does.
  const client = `${request.socket.remoteAddress ?? '127.0.0.1'}:${request.socket.remotePort ?? 0}`;
  const earlier = headers['x-forwarded-for'];
  headers['x-forwarded-for'] = earlier === undefined ? client : `${earlier}, ${client}`;
  return headers;
}

async function readBody(request: IncomingMessage, length: number): Promise<Uint8Array> {
  if (length > maxBodyBytes) throw new BodyError(413, 'The request body is too large.');
  const chunks: Buffer[] = [];
  let received = 0;
  for await (const chunk of request) {
    // An IncomingMessage without an encoding yields buffers.
    const bytes = chunk as Buffer;
    chunks.push(bytes);
    received += bytes.byteLength;
  }
  if (received !== length) throw new BodyError(400, 'The request body ended early.');
  const [only] = chunks;
  return chunks.length === 1 && only !== undefined ? only : Buffer.concat(chunks);
}

function cutOff(response: ServerResponse): void {
  if (response.headersSent) response.destroy();
  else response.writeHead(504, { 'content-length': '0', connection: 'close' }).end();
}

function fail(response: ServerResponse, status: number): void {
  if (response.headersSent) response.destroy();
  else response.writeHead(status, { 'content-length': '0' }).end();
}

function pathOf(request: IncomingMessage): string {
  const url = request.url ?? '/';
  const search = url.indexOf('?');
  return search < 0 ? url : url.slice(0, search);
}
