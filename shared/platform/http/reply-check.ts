import type { ApiReply, Endpoint } from './endpoint.ts';

/** The reply, parsed by its declared shape: an undeclared field never leaves, a wrong one is a bug. */
export function declaredReply(endpoint: Endpoint, reply: ApiReply): ApiReply {
  const shape = endpoint.replies[reply.status];
  if (shape === undefined)
    throw new Error(`${endpoint.id} answered ${reply.status}, which it does not declare`);
  return shape.schema === undefined ? reply : { ...reply, body: shape.schema.parse(reply.body) };
}
