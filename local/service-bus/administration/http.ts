import { randomUUID } from 'node:crypto';
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { answering, requestUrl } from '../../http.ts';
import { permits } from '../authorizations.ts';
import type { Bus } from '../bus.ts';
import { Refusal } from '../refusals.ts';
import type { Grant } from '../sas.ts';
import { writeError } from './atom.ts';
import type { ForwardSetting } from './operations.ts';
import { type Answer, route } from './routes.ts';

/** Bytes of a request's body; descriptions are small. */
const largestBody = 1_000_000;

/** Where a client shows that it may manage what an entity is to forward to, too. */
const supplementary: Readonly<Record<ForwardSetting, string>> = {
  forwardTo: 'servicebussupplementaryauthorization',
  forwardDeadLettersTo: 'servicebusdlqsupplementaryauthorization',
};

/**
 * The REST interface that the administration client speaks (https://learn.microsoft.com/rest/api/servicebus/service-runtime-rest):
 * Atom over HTTP, on the namespace's own port.
 */
export function administration(bus: Bus): RequestListener {
  return answering('service-bus', async (request, response) => {
    const result = await answer(bus, request).catch((error: unknown) => refuse(request, error));
    bus.store.afterCommit(() => send(response, result));
  });
}

async function answer(bus: Bus, request: IncomingMessage): Promise<Answer> {
  const url = requestUrl(request, 'https');
  if (url === undefined) throw new Refusal('argument-error', 'The address of the request is not valid.');
  const now = bus.clock.tokenNow();
  const grant = bus.authenticator.verifyHeader(request.headers.authorization, url.href, now);
  requireManage(grant);
  return route(bus, {
    method: request.method ?? 'GET',
    url,
    ifMatch: request.headers['if-match'],
    body: await readBody(request),
    authorizeTarget: (setting, target) => {
      const header = request.headers[supplementary[setting]];
      const token = typeof header === 'string' ? header : undefined;
      requireManage(bus.authenticator.verifyHeader(token, `${url.origin}/${target}`, now));
    },
  });
}

function requireManage({ rights }: Grant): void {
  if (!permits(rights, 'Manage')) {
    throw new Refusal('unauthorized', 'Manage,EntityRead claims required for this operation.');
  }
}

async function readBody(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request) {
    chunks.push(Buffer.from(chunk));
    bytes += chunks.at(-1)?.length ?? 0;
    if (bytes > largestBody) throw new Refusal('argument-error', 'The description is too large.');
  }
  return Buffer.concat(chunks).toString();
}

/** The service ends each error with what its support asks for. */
function refuse(request: IncomingMessage, error: unknown): Answer {
  if (!(error instanceof Refusal)) throw error;
  const subcode = error.code === 'argument-error' ? 'SubCode=40000. ' : '';
  const tracking = `TrackingId:${randomUUID()}_G0, SystemTracker:${request.headers.host}:${request.url}, Timestamp:${new Date().toISOString().slice(0, 19)}`;
  return { status: error.status, body: writeError(error.status, `${subcode}${error.message} ${tracking}`) };
}

function send(response: ServerResponse, { status, body, etag }: Answer): void {
  const type = body.startsWith('<Error>')
    ? 'application/xml; charset=utf-8'
    : 'application/atom+xml;type=entry;charset=utf-8';
  response.writeHead(status, {
    ...(body === '' ? {} : { 'content-type': type }),
    ...(etag === undefined ? {} : { etag }),
    server: 'Microsoft-HTTPAPI/2.0',
  });
  response.end(body);
}
