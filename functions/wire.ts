import type { HttpRequest, HttpResponseInit } from '@azure/functions';
import type { WireReply, WireRequest } from '../shared/platform/http/index.ts';

/** A request of the Functions host in our own words. Forwarded hosts are believed from our own Front Door only. */
export function toWire(request: HttpRequest, frontDoorIds: readonly string[]): WireRequest {
  const url = new URL(request.url);
  const header = (name: string): string | undefined => request.headers.get(name) ?? undefined;
  const trusted = frontDoorIds.includes(header('x-azure-fdid') ?? '');
  const host = (trusted ? header('x-forwarded-host') : undefined) ?? header('host') ?? url.host;
  return {
    method: request.method.toUpperCase(),
    url,
    host: host.replace(/:\d+$/, '').toLowerCase(),
    address: trusted ? header('x-azure-clientip') : addressOf(header('x-forwarded-for')),
    header,
    bytes: async () => new Uint8Array(await request.arrayBuffer()),
  };
}

/** The hop that the platform's own proxy added, without its port; the ones before it are the client's word. */
function addressOf(forwarded: string | undefined): string | undefined {
  const last = forwarded?.split(',').at(-1)?.trim();
  return last === undefined || last === '' ? undefined : last.replace(/^(\d+\.\d+\.\d+\.\d+):\d+$/, '$1');
}

/** Our reply as the Functions host takes it. */
export function toResponse(reply: WireReply): HttpResponseInit {
  return {
    status: reply.status,
    headers: { ...reply.headers },
    ...(reply.body === undefined ? {} : { body: reply.body }),
    cookies: reply.cookies.map(({ name, value, path, maxAgeSeconds, httpOnly, sameSite }) => ({
      name,
      value,
      path,
      maxAge: maxAgeSeconds,
      httpOnly,
      secure: true,
      sameSite: sameSite ?? 'Strict',
    })),
  };
}
