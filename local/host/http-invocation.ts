import { randomUUID } from 'node:crypto';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { finished } from 'node:stream/promises';
import type { HttpTarget } from './http-routes.ts';
import { traceBelow } from './invocation.ts';
import type { RpcHttpData, RpcInvocationRequest, RpcTypedData } from './rpc.ts';
import {
  joinHeaders,
  joinQuery,
  toBytes,
  toNullable,
  toResponseHeaders,
  toTriggerMetadata,
} from './rpc-data.ts';
import { describe, type Runtime } from './runtime.ts';

export type HttpContext = {
  readonly runtime: Runtime;
  /** The app's own HTTP server, when it asked for HTTP streaming. */
  readonly streamServer: Server | undefined;
  /** How long a connection may be silent; Azure's load balancer cuts after 230 seconds. */
  readonly responseMilliseconds: number;
  /** Bytes of a request's body above which it is refused: FUNCTIONS_REQUEST_BODY_SIZE_LIMIT. */
  readonly maxBodyBytes: number;
};

type Exchange = {
  readonly context: HttpContext;
  readonly target: HttpTarget;
  readonly params: Readonly<Record<string, string>>;
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly headers: Record<string, string>;
  readonly invocationId: string;
};

/** Runs an HTTP function for a request and answers it. Never rejects; resolves when the invocation has ended. */
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
  const stopCutting = cutWhenSilent(request, response, context.responseMilliseconds);
  const headers = readHeaders(request);
  const exchange = { context, target, params, request, response, headers, invocationId };
  let failure: unknown;
  try {
    if (context.streamServer === undefined) await answerByRpc(exchange);
    else await answerByStream(exchange, context.streamServer);
  } catch (error) {
    failure = error;
    const message = describe(error);
    context.runtime.output.log({ level: 'error', category: 'user', message, invocationId, functionName });
    fail(response);
  } finally {
    stopCutting();
  }
  const isAlone = response.destroyed && !response.writableFinished;
  context.runtime.output.finished({
    invocationId,
    functionName,
    milliseconds: performance.now() - started,
    outcome: `${request.method} ${pathOf(request)} ${isAlone ? 'client left' : response.statusCode}`,
    failed: failure !== undefined,
  });
}

async function answerByRpc(exchange: Exchange): Promise<void> {
  const { context, target, params, request, response, headers } = exchange;
  const length = Number(headers['content-length'] ?? 0);
  const url = request.url ?? '/';
  const search = url.indexOf('?');
  const http = {
    method: request.method ?? 'GET',
    url: `${schemeOf(headers)}://${headers['disguised-host'] ?? headers['host'] ?? 'localhost'}${url}`,
    nullableHeaders: toNullable(headers),
    nullableQuery: search < 0 ? {} : toNullable(joinQuery(url.slice(search))),
    nullableParams: toNullable(params),
  };
  // Chunked bodies never reach a worker by RPC (Azure/azure-functions-host#7930, open): only streaming apps see them.
  const input =
    length > 0 ? { ...http, body: { bytes: await readBody(request, length, context.maxBodyBytes) } } : http;
  const reply = await context.runtime.run(target.registered, toRequest(exchange, { http: input }, {}));
  const result = reply.returnValue?.http;
  if (response.headersSent || response.destroyed) return;
  if (result === undefined) response.writeHead(204).end();
  else send(response, result);
}

/** Like the real host: no length unless the app gives one or there is no body, so a body goes in chunks. */
function send(response: ServerResponse, result: RpcHttpData): void {
  // It would write the bytes of the worker as JSON, which no client can want.
  if (result.enableContentNegotiation === true)
    throw new Error('enableContentNegotiation is not supported here');
  const body = toBytes(result.body);
  const headers = toResponseHeaders(result);
  delete headers['transfer-encoding'];
  const status = Number(result.statusCode ?? 200);
  if (body.byteLength === 0 && status !== 204 && status !== 304 && headers['content-length'] === undefined)
    headers['content-length'] = '0';
  response.writeHead(status, headers).end(body);
}

/**
 * HTTP streaming: in Azure the host forwards the request to a server inside the worker, marked with the invocation's
 * id, and sends the rest by RPC. Here both are one process, so the request is handed to that server without a
 * second connection; everything that `@azure/functions` sees is the same.
 */
async function answerByStream(exchange: Exchange, streamServer: Server): Promise<void> {
  const { context, target, params, request, response, headers, invocationId } = exchange;
  const url = request.url ?? '/';
  const search = url.indexOf('?');
  const query = search < 0 ? {} : joinQuery(url.slice(search));
  // As in the real host the metadata mix query and route values; routes win.
  const metadata = toTriggerMetadata({ ...query, ...params, Query: query, Headers: headers });
  request.headers['x-ms-invocation-id'] = invocationId;
  request.headers['x-forwarded-host'] = headers['disguised-host'] ?? headers['host'] ?? 'localhost';
  request.headers['x-forwarded-proto'] = schemeOf(headers);
  if (Number(headers['content-length'] ?? 0) > context.maxBodyBytes)
    throw new Error('The request body is too large.');
  limitBody(request, response, context.maxBodyBytes);
  streamServer.emit('request', request, response);
  await context.runtime.run(target.registered, toRequest(exchange, { http: {} }, metadata));
  // A function that returns nothing has sent nothing: its client waits until it is cut off.
  await finished(response).catch(() => undefined);
}

function toRequest(
  { target, headers, invocationId }: Exchange,
  data: RpcTypedData,
  triggerMetadata: Record<string, RpcTypedData>,
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

/** What the front end says the client used; the host believes it (`AppServiceHeaderFixupMiddleware`). */
function schemeOf(headers: Readonly<Record<string, string>>): string {
  const forwarded = headers['x-forwarded-proto'];
  return forwarded === undefined ? 'http' : forwarded.split(',')[0] === 'https' ? 'https' : 'http';
}

// Too large is 500, not 413: the host binds the body within the invocation (Azure/azure-functions-host#10519, open).
async function readBody(request: IncomingMessage, length: number, most: number): Promise<Uint8Array> {
  if (length > most) throw new Error(`Request body too large. The max request body size is ${most} bytes.`);
  const chunks: Buffer[] = [];
  // An IncomingMessage without an encoding yields buffers, together as long as its header says, or throws.
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const [only] = chunks;
  return chunks.length === 1 && only !== undefined ? only : Buffer.concat(chunks);
}

/** A body without a length is counted as it comes; what is too large is answered at once, and its reader gets an error. */
function limitBody(request: IncomingMessage, response: ServerResponse, most: number): void {
  const push = request.push.bind(request);
  let received = 0;
  request.push = (chunk: Buffer | null, encoding) => {
    const isOver = received > most;
    received += chunk?.byteLength ?? 0;
    if (received <= most) return push(chunk, encoding);
    if (isOver) return false;
    const failure = new Error(`Request body too large. The max request body size is ${most} bytes.`);
    response.once('close', () => request.destroy(failure));
    if (response.headersSent) response.destroy();
    else response.writeHead(500, { 'content-length': '0', connection: 'close' }).end();
    return false;
  };
}

/** Ends a response on whose connection nothing moved for so long, as the load balancer does. */
function cutWhenSilent(request: IncomingMessage, response: ServerResponse, milliseconds: number): () => void {
  const moved = (): number => request.socket.bytesRead + request.socket.bytesWritten;
  let before = moved();
  let timer = setTimeout(check, milliseconds);
  function check(): void {
    const now = moved();
    if (now === before) {
      if (response.headersSent) response.destroy();
      else response.writeHead(504, { 'content-length': '0', connection: 'close' }).end();
      return;
    }
    before = now;
    timer = setTimeout(check, milliseconds);
  }
  return () => clearTimeout(timer);
}

function fail(response: ServerResponse): void {
  if (response.headersSent) response.destroy();
  else response.writeHead(500, { 'content-length': '0' }).end();
}

function pathOf(request: IncomingMessage): string {
  const url = request.url ?? '/';
  const search = url.indexOf('?');
  return search < 0 ? url : url.slice(0, search);
}
