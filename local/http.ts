import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';

/** A name or address as a Host header may have it, with or without a port. */
const hostPattern = /^(?:[\w.-]+|\[[\da-f:.]+\])(?::\d+)?$/i;

/**
 * Gives a request whose target is a whole URL the target of a path and query, as servers see it behind a proxy. False for what
 * Kestrel answers with 400: a Host that can be none, one that is not that of the URL, and a path with a null character.
 */
export function takesOriginForm(request: IncomingMessage): boolean {
  const { url = '/', headers } = request;
  const { host = '' } = headers;
  if (host !== '' && !hostPattern.test(host)) return false;
  const [, authority, path] = /^https?:\/\/([^/?#]*)([^#]*)/i.exec(url) ?? [];
  if (authority !== undefined) {
    if (authority.toLowerCase() !== host.toLowerCase()) return false;
    request.url = path?.startsWith('/') === true ? path : `/${path ?? ''}`;
  }
  return !/^[^?]*%00/.test(url);
}

/**
 * The URL that a request asks for; undefined when its target and its Host header make none. A target of `//` is a path
 * here, while `new URL(target, base)` would take it for the begin of a host.
 */
export function requestUrl(
  { url = '/', headers }: IncomingMessage,
  scheme: 'http' | 'https',
): URL | undefined {
  const { host = 'localhost' } = headers;
  if (!hostPattern.test(host)) return undefined;
  const parsed = URL.parse(url.startsWith('/') ? `${scheme}://${host}${url}` : url);
  return parsed === null || !/^https?:$/.test(parsed.protocol) ? undefined : parsed;
}

/** Undoes the percent encoding of a path; undefined when it is none. */
export function decodedPath(path: string): string | undefined {
  try {
    return decodeURIComponent(path);
  } catch {
    return undefined;
  }
}

/**
 * The door of every HTTP server here: an error that its listener throws, or that its promise rejects with, is a 500 and
 * lines on stderr, never the end of the process. What a server refuses in its own words it must catch itself.
 */
export function answering(
  server: string,
  listener: (request: IncomingMessage, response: ServerResponse) => unknown,
): RequestListener {
  return (request, response) => {
    const fail = (error: unknown): void => {
      // Whoever left while it was read gets no answer.
      if (error === request.errored) return;
      const what = error instanceof Error ? error.stack : String(error);
      process.stderr.write(`${server}: ${request.method} ${request.url?.split('?')[0]}: ${what}\n`);
      if (response.headersSent) response.destroy();
      else response.writeHead(500, { 'content-length': '0' }).end();
    };
    try {
      const work = listener(request, response);
      if (work instanceof Promise) work.catch(fail);
    } catch (error) {
      fail(error);
    }
  };
}
