import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { withControl } from '../faults/control.ts';
import type { Faults } from '../faults/faults.ts';
import { requestUrl } from '../http.ts';
import { type MailMessage, parseMessage } from './message.ts';
import { errorPage, listPage, mailPage, STYLE } from './pages.ts';
import type { MailStore, MailSummary } from './store.ts';

export type WebServer = { readonly port: number; close(): Promise<void> };

type Reply = {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | Buffer;
};

const PAGE_POLICY =
  "default-src 'none'; style-src 'self'; frame-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";
/** A mail's own HTML may show its styles and the pictures it brought along, and open links in a new tab. */
const MAIL_POLICY =
  "sandbox allow-popups allow-popups-to-escape-sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-ancestors 'self'";

const DEFAULT_LIMIT = 50;
const MOST_LIMIT = 200;

/** Serves the pages and the JSON interface of the caught mails on 127.0.0.1; see README.md. */
export async function startWeb(
  { port, faultsToken }: { readonly port: number; readonly faultsToken: string | undefined },
  store: MailStore,
  faults: Faults<'mail'>,
): Promise<WebServer> {
  // Faults befall the SMTP side; here they are controlled only.
  const listener = withControl(faults, { token: faultsToken }, async (request, response) => {
    send(response, await answer(request, store));
  });
  const server = createServer(listener);
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject).listen(port, '127.0.0.1', resolve);
  });
  return {
    port: (server.address() as AddressInfo).port, // a TCP server has no other kind of address
    close: () =>
      new Promise(resolve => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function answer(request: IncomingMessage, store: MailStore): Promise<Reply> {
  if (!isOwnOrigin(request)) return problem(403, 'Only pages of this server may ask', request);
  const url = requestUrl(request, 'http');
  if (url === undefined) return problem(400, 'The request is not valid', request);
  const to = url.searchParams.get('to') || undefined;
  const path = `${request.method} ${url.pathname}`;
  if (path === 'GET /style.css') return text(STYLE, 'text/css');
  if (path === 'GET /' || path === 'GET /api/mails') return list(url, to, request, store);
  if (path === 'DELETE /api/mails') return json({ deleted: store.delete(to) });
  if (path === 'POST /delete') {
    store.delete(to);
    return { status: 303, headers: { location: '/' }, body: '' };
  }
  const [, api, id, part] = /^GET (\/api)?\/mails\/(\d+)(?:\/(.+))?$/.exec(path) ?? [];
  const found = id === undefined ? undefined : store.get(Number(id));
  if (found === undefined) return problem(404, 'There is no such page or mail', request);
  const { summary, raw } = found;
  if (part === 'raw') return text(raw, 'text/plain; charset=utf-8');
  const message = await parseMessage(raw);
  if (part !== undefined) return partOf(message, part, request);
  return api === undefined ? page(mailPage(summary, message)) : json(inFull(summary, message));
}

/** A page of another site must not read mails by a name that leads here, nor delete them. */
function isOwnOrigin({ headers }: IncomingMessage): boolean {
  const isLocal = (host: string): boolean => /^(localhost|127\.0\.0\.1)(:\d+)?$/.test(host);
  const origin = headers.origin;
  return (
    isLocal(headers.host ?? '') &&
    (origin === undefined || (URL.canParse(origin) && new URL(origin).host === headers.host))
  );
}

function list(url: URL, to: string | undefined, request: IncomingMessage, store: MailStore): Reply {
  const before = wholeNumber(url, 'before', Number.MAX_SAFE_INTEGER, Number.MAX_SAFE_INTEGER);
  const limit = wholeNumber(url, 'limit', DEFAULT_LIMIT, MOST_LIMIT);
  if (before === undefined || limit === undefined) {
    return problem(400, `before and limit are whole numbers from 1, limit at most ${MOST_LIMIT}`, request);
  }
  const found = store.list(to, before, limit);
  return url.pathname === '/'
    ? page(listPage(found, to))
    : json({ mails: found.mails, next: found.next ?? null });
}

function wholeNumber(url: URL, name: string, absent: number, most: number): number | undefined {
  const given = url.searchParams.get(name);
  const value = given === null ? absent : Number(given);
  return Number.isSafeInteger(value) && value >= 1 && value <= most ? value : undefined;
}

/** What the JSON interface says of one mail. */
export type MailInFull = MailSummary &
  Pick<MailMessage, 'headers'> & {
    readonly text: string | null;
    readonly html: string | null;
    readonly attachments: readonly {
      readonly filename: string;
      readonly contentType: string;
      readonly bytes: number;
      readonly path: string;
    }[];
  };

function inFull(summary: MailSummary, { headers, text: plain, html, attachments }: MailMessage): MailInFull {
  return {
    ...summary,
    headers,
    text: plain ?? null,
    html: html ?? null,
    attachments: attachments.map(({ filename, contentType, content }, index) => ({
      filename,
      contentType,
      bytes: content.length,
      path: `/mails/${summary.id}/attachments/${index}`,
    })),
  };
}

function partOf(message: MailMessage, part: string, request: IncomingMessage): Reply {
  if (part === 'html' && message.html !== undefined) {
    return {
      status: 200,
      headers: { 'content-type': 'text/html; charset=utf-8', 'content-security-policy': MAIL_POLICY },
      body: `<base target="_blank">${message.html}`,
    };
  }
  const index = /^attachments\/(\d+)$/.exec(part)?.[1];
  const attachment = index === undefined ? undefined : message.attachments[Number(index)];
  if (attachment === undefined) return problem(404, 'The mail has no such part', request);
  const name = encodeURIComponent(attachment.filename).replaceAll("'", '%27');
  return {
    status: 200,
    headers: {
      'content-type': attachment.contentType,
      'content-disposition': `attachment; filename*=UTF-8''${name}`,
    },
    body: attachment.content,
  };
}

function problem(status: number, message: string, request: IncomingMessage): Reply {
  return (request.url ?? '').startsWith('/api/')
    ? { ...json({ error: `${message}.` }), status }
    : { ...page(errorPage(message)), status };
}

function json(body: object): Reply {
  return text(JSON.stringify(body), 'application/json; charset=utf-8');
}

function page(body: string): Reply {
  return {
    status: 200,
    headers: { 'content-type': 'text/html; charset=utf-8', 'content-security-policy': PAGE_POLICY },
    body,
  };
}

function text(body: string | Buffer, contentType: string): Reply {
  return { status: 200, headers: { 'content-type': contentType }, body };
}

function send(response: ServerResponse, { status, headers, body }: Reply): void {
  response
    .writeHead(status, {
      'cache-control': 'no-store',
      'content-length': Buffer.byteLength(body),
      'x-content-type-options': 'nosniff',
      ...headers,
    })
    .end(body);
}
