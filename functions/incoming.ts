import type { InvocationContext } from '@azure/functions';
import type { Incoming } from '../shared/platform/messaging/index.ts';

/** A Service Bus message in our own words; `queue` is the key of the queue or topic it came from. */
export function toIncoming(queue: string, body: unknown, context: InvocationContext): Incoming {
  const metadata = context.triggerMetadata ?? {};
  const properties = metadata['applicationProperties'] ?? metadata['userProperties'];
  return {
    queue,
    messageId: String(metadata['messageId'] ?? context.invocationId),
    body: typeof body === 'string' ? JSON.parse(body) : body,
    properties: typeof properties === 'object' && properties !== null ? { ...properties } : {},
  };
}
