import { app, type InvocationContext } from '@azure/functions';
import type { ZodType } from 'zod';
import {
  type EntityKey,
  entityName,
  handleMessage,
  type MessageHandlerTools,
  subscriptionName,
} from '../shared/platform/messaging/index.ts';
import { toIncoming } from './incoming.ts';
import { secondsWaited } from './lateness.ts';
import { log } from './log.ts';

/** The setting that says which Service Bus the triggers listen to. */
const CONNECTION = 'SERVICE_BUS';
/** `targets.md`: the oldest message may wait five minutes; what comes near it is told. */
const LATE_SECONDS = 60;

type Work<T> = Parameters<typeof handleMessage<T>>[3];

/** Registers the function that takes a queue's messages; it has the queue's key as its name. */
export function onQueue<T>(
  tools: MessageHandlerTools,
  queue: EntityKey,
  schema: ZodType<T>,
  work: Work<T>,
): void {
  app.serviceBusQueue(queue, {
    connection: CONNECTION,
    queueName: entityName(queue),
    handler: (body, context) => take(tools, queue, schema, work, body, context),
  });
}

/** Registers the function `name` that takes the messages of a topic's subscription. */
export function onTopic<T>(
  tools: MessageHandlerTools,
  name: string,
  { topic, subscription }: { readonly topic: EntityKey; readonly subscription: string },
  schema: ZodType<T>,
  work: Work<T>,
): void {
  app.serviceBusTopic(name, {
    connection: CONNECTION,
    topicName: entityName(topic),
    subscriptionName: subscriptionName(topic, subscription),
    handler: (body, context) => take(tools, topic, schema, work, body, context),
  });
}

async function take<T>(
  tools: MessageHandlerTools,
  entity: EntityKey,
  schema: ZodType<T>,
  work: Work<T>,
  body: unknown,
  context: InvocationContext,
): Promise<void> {
  const message = toIncoming(entity, body, context);
  const waitedSeconds = secondsWaited(context.triggerMetadata, tools.now());
  if (waitedSeconds >= LATE_SECONDS)
    log('warn', 'message taken late', { queue: entity, messageId: message.messageId, waitedSeconds });
  await handleMessage(tools, message, schema, work);
}
