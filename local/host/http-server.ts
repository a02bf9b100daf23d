import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { FunctionApp } from './functions-core.ts';
import { answer, type HttpContext, type HttpTarget } from './http-invocation.ts';
import { createRouter, type RouteDefinition, type Router } from './router.ts';
import { StartError } from './settings-expansion.ts';
import { type Trigger, triggersOf } from './triggers.ts';

export type HttpFront = {
  readonly port: number;
  /** Stops accepting, and resolves when every invocation has ended. */
  close(): Promise<void>;
};

/** The routes of the app's HTTP functions; a StartError tells which trigger cannot be served. */
export function routesOf(app: FunctionApp, prefix: string): Router<HttpTarget> {
  const problems: string[] = [];
  const definitions: RouteDefinition<HttpTarget>[] = [];
  for (const trigger of triggersOf(app, 'httpTrigger')) {
    const { name, binding } = trigger;
    const level = String(binding['authLevel'] ?? 'anonymous').toLowerCase();
    if (level !== 'anonymous')
      problems.push(
        `function ${name}: authLevel "${level}" needs function keys, which are not supported here`,
      );
    definitions.push({
      name,
      template: templateOf(trigger),
      methods: methodsOf(trigger),
      target: { registered: trigger.registered, bindingName: trigger.bindingName },
    });
  }
  let router: Router<HttpTarget> | undefined;
  try {
    router = createRouter(prefix, definitions);
  } catch (error) {
    problems.push(error instanceof Error ? error.message : String(error));
  }
  if (router === undefined || problems.length > 0) throw new StartError(problems);
  return router;
}

/** Serves the functions on 127.0.0.1 until closed. */
export async function serveHttp(
  context: HttpContext,
  router: Router<HttpTarget>,
  port: number,
): Promise<HttpFront> {
  const running = new Set<Promise<void>>();
  // Kestrel takes headers of 32 KB; Node would stop at 16.
  const server = createServer({ maxHeaderSize: 32_768 }, (request, response) => {
    const url = request.url ?? '/';
    const search = url.indexOf('?');
    const path = search < 0 ? url : url.slice(0, search);
    if (isReserved(path)) {
      answerReserved(path, response);
      return;
    }
    const match = router(request.method ?? 'GET', path);
    if (match === undefined) {
      notFound(request, response, path);
      return;
    }
    const invocation = answer(context, match.target, match.params, request, response);
    running.add(invocation);
    void invocation.finally(() => running.delete(invocation));
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

/** Waits until the server accepts connections on this computer only. */
export function listen(server: Server, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', () => {
      server.off('error', reject);
      resolve();
    });
  });
}

function templateOf(trigger: Trigger): string | undefined {
  const route = trigger.binding['route'];
  return typeof route === 'string' ? route : undefined;
}

function methodsOf(trigger: Trigger): string[] | undefined {
  const methods = trigger.binding['methods'];
  return Array.isArray(methods) ? methods.map(method => String(method).toUpperCase()) : undefined;
}

// These belong to the host itself, whatever routes an app has.
function isReserved(path: string): boolean {
  return /^\/(admin|runtime)(\/|$)/i.test(path);
}

function answerReserved(path: string, response: ServerResponse): void {
  const status = path === '/admin/host/ping' ? 200 : path.startsWith('/admin') ? 401 : 404;
  response.writeHead(status, { 'content-length': '0' }).end();
}

function notFound(request: IncomingMessage, response: ServerResponse, path: string): void {
  request.resume();
  // An app without a route for / shows a page that says it runs.
  response.writeHead(path === '/' && request.method === 'GET' ? 200 : 404, { 'content-length': '0' }).end();
}
