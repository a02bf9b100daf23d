import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { Faults } from '../faults/faults.ts';
import { takesOriginForm } from '../http.ts';
import type { Admin } from './admin.ts';
import { guardHttp } from './faults.ts';
import type { FunctionKeys } from './function-keys.ts';
import type { HostOptions } from './host-json.ts';
import { isAuthorized } from './http-authorization.ts';
import { answer, type HttpContext } from './http-invocation.ts';
import type { HttpTarget } from './http-routes.ts';
import { createThrottle } from './http-throttle.ts';
import { decodePath, type RouteMatch, type Router } from './router.ts';
import { describe } from './runtime.ts';

export type HttpFront = {
  readonly port: number;
  /** Stops accepting, and resolves when every invocation has ended. */
  close(): Promise<void>;
};

export type HttpParts = {
  readonly context: HttpContext;
  readonly options: HostOptions['http'];
  readonly router: Router<HttpTarget>;
  /** Undefined when there is no storage to keep keys in. */
  readonly keys: FunctionKeys | undefined;
  readonly admin: Admin;
  readonly faults: Faults<'host'>;
  readonly faultsToken: string | undefined;
};

/** Kestrel's limits: bytes of all header lines, their number, bytes of the request line. */
const maxHeaderBytes = 32_768;
const maxHeaders = 100;
const maxRequestLine = 8192;

/** Serves the functions on 127.0.0.1 until closed. */
export async function serveHttp(parts: HttpParts, port: number): Promise<HttpFront> {
  const running = new Set<Promise<unknown>>();
  const track = (work: Promise<unknown>): void => {
    running.add(work);
    void work.finally(() => running.delete(work));
  };
  const serve = createServe(parts);
  const throttle = createThrottle(parts.options);
  const { faults, faultsToken, router } = parts;
  const listener = guardHttp(faults, faultsToken, router, (request, response) => {
    const refusal = refusalOf(request);
    if (refusal !== undefined) {
      end(request, response, refusal);
    } else if (throttle === undefined || isHosts(request.url ?? '/')) {
      const work = serve(request, response);
      if (work !== undefined) track(work);
    } else {
      const turn = throttle.run(async () => void (await serve(request, response)));
      track(turn.then(isServed => isServed || end(request, response, 429, { 'x-function-scaleout': '1' })));
    }
  });
  const server = createServer({ maxHeaderSize: maxHeaderBytes }, (request, response) => {
    if (takesOriginForm(request)) listener(request, response);
    else end(request, response, 400, { connection: 'close' });
  });
  // Azure's front end keeps idle connections for 4 minutes; Node would close them after 5 seconds.
  server.keepAliveTimeout = 240_000;
  server.requestTimeout = 0;
  await listen(server, port);
  const address = server.address();
  return {
    port: typeof address === 'object' && address !== null ? address.port : port,
    close: async () => {
      const closed = new Promise(resolve => server.close(resolve));
      server.closeIdleConnections();
      while (running.size > 0) await Promise.all(running);
      server.closeAllConnections();
      await closed;
    },
  };
}

type Serve = (request: IncomingMessage, response: ServerResponse) => Promise<void> | undefined;

function createServe({ context, options, router, keys, admin }: HttpParts): Serve {
  const addHeaders = headersOf(options);
  const { output } = context.runtime;
  const run = (
    match: RouteMatch<HttpTarget>,
    request: IncomingMessage,
    response: ServerResponse,
  ): Promise<void> => answer(context, match.target, match.params, request, response);
  const guarded = async (
    match: RouteMatch<HttpTarget>,
    request: IncomingMessage,
    response: ServerResponse,
  ): Promise<void> => {
    const { level, registered, isDisabled } = match.target;
    const { name } = registered.metadata;
    if (!(await isAuthorized(keys, request, level, name))) end(request, response, 401);
    else if (isDisabled && !(await isAuthorized(keys, request, 'admin', name))) end(request, response, 404);
    else await run(match, request, response);
  };
  const failing = (work: Promise<void>, request: IncomingMessage, response: ServerResponse): Promise<void> =>
    work.catch(error => {
      output.host('error', `${request.method} ${request.url?.split('?')[0]}: ${describe(error)}`);
      if (!response.headersSent) end(request, response, 500);
    });
  return (request, response) => {
    const url = request.url ?? '/';
    const search = url.indexOf('?');
    const path = decodePath(search < 0 ? url : url.slice(0, search));
    const method = request.method ?? 'GET';
    addHeaders?.(request, response);
    const own = isHosts(path) ? admin(method, path) : undefined;
    if (own !== undefined) return failing(own(request, response), request, response);
    const match = router(method, path);
    if (match !== undefined) {
      const { level, isDisabled } = match.target;
      if (level === 'anonymous' && !isDisabled) return run(match, request, response);
      return failing(guarded(match, request, response), request, response);
    }
    // An app without a route for / shows a page that says it runs.
    if (path === '/')
      end(request, response, 200, { 'content-type': 'text/html' }, 'The functions are running.');
    else end(request, response, 404);
    return undefined;
  };
}

/** Adds what host.json wants on every response, unless the function says otherwise. */
function headersOf({
  customHeaders,
  hsts,
}: HostOptions['http']): ((request: IncomingMessage, response: ServerResponse) => void) | undefined {
  const custom = Object.entries(customHeaders);
  if (custom.length === 0 && hsts === undefined) return undefined;
  return (request, response) => {
    for (const [name, value] of custom) response.setHeader(name, value);
    const host = (request.headers.host ?? '').replace(/:\d+$/, '').toLowerCase();
    // Only where the front end took the request by HTTPS.
    const isSecure = String(request.headers['x-forwarded-proto'] ?? '').split(',')[0] === 'https';
    if (hsts !== undefined && isSecure && !hsts.excludedHosts.includes(host))
      response.setHeader('strict-transport-security', hsts.value);
  };
}

function refusalOf(request: IncomingMessage): number | undefined {
  if ((request.url?.length ?? 0) > maxRequestLine) return 414;
  return request.rawHeaders.length > 2 * maxHeaders ? 431 : undefined;
}

/** Whether a path may be one of the host's own. */
function isHosts(path: string): boolean {
  return /^\/(admin|runtime)(?=[/?]|$)/i.test(path);
}

function end(
  request: IncomingMessage,
  response: ServerResponse,
  status: number,
  headers: Readonly<Record<string, string>> = {},
  text = '',
): void {
  request.resume();
  response.writeHead(status, { 'content-length': String(Buffer.byteLength(text)), ...headers }).end(text);
}

/** Waits until the server accepts connections on this computer only. */
function listen(server: Server, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', () => {
      server.off('error', reject);
      resolve();
    });
  });
}
