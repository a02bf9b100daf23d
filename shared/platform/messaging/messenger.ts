import type { TokenCredential } from '@azure/identity';
import type { ServiceBusClient, ServiceBusMessage, ServiceBusSender } from '@azure/service-bus';
import { entityName } from './entities.ts';
import { messagingFault } from './faults.ts';
import { isBusOutage } from './is-bus-outage.ts';
import type { Outgoing } from './messages.ts';

/** A connection string, or the namespace's host name for access by identity. */
export type MessengerOptions =
  | { readonly connectionString: string }
  | { readonly namespace: string; readonly credential: TokenCredential };

/** Sends messages to queues and topics. */
export type Messenger = {
  /** Resolves when Service Bus has all of them; messages of one destination go in as few batches as fit. */
  send(messages: readonly Outgoing[]): Promise<void>;
  probe(): Promise<void>;
  close(): Promise<void>;
};

/**
 * The SDK waits 30 seconds before it connects again unless told otherwise; ours are there again within a minute
 * or say so.
 */
const RETRY = { maxRetries: 3, retryDelayInMs: 500, maxRetryDelayInMs: 4000, timeoutInMs: 20_000 };

/**
 * Opens the messenger. The SDK is loaded and the connection made by the first send. Throttling and outages become
 * `platform.messaging_unavailable`.
 */
export function openMessenger(options: MessengerOptions): Messenger {
  let opened: Promise<ServiceBusClient> | undefined;
  const senders = new Map<string, ServiceBusSender>();
  const client = (): Promise<ServiceBusClient> => {
    opened ??= open(options);
    return opened;
  };
  const senderOf = async (to: string): Promise<ServiceBusSender> => {
    const known = senders.get(to);
    if (known !== undefined) return known;
    const sender = (await client()).createSender(entityName(to));
    senders.set(to, senders.get(to) ?? sender);
    return senders.get(to) ?? sender;
  };
  return {
    send: async messages => {
      const destinations = [...new Set(messages.map(message => message.to))];
      await Promise.all(
        destinations.map(async to => {
          const group = messages.filter(message => message.to === to).map(toMessage);
          const sender = await senderOf(to);
          await guarded(() => sendAll(sender, group));
        }),
      );
    },
    probe: async () => {
      const sender = await senderOf('events');
      await guarded(() => sender.createMessageBatch());
    },
    close: async () => {
      await (await opened)?.close();
    },
  };
}

async function open(options: MessengerOptions): Promise<ServiceBusClient> {
  const { ServiceBusClient } = await import('@azure/service-bus');
  return 'connectionString' in options
    ? new ServiceBusClient(options.connectionString, { retryOptions: RETRY })
    : new ServiceBusClient(options.namespace, options.credential, { retryOptions: RETRY });
}

async function guarded<R>(call: () => Promise<R>): Promise<R> {
  try {
    return await call();
  } catch (error) {
    throw isBusOutage(error) ? messagingFault('platform.messaging_unavailable', {}, error) : error;
  }
}

async function sendAll(sender: ServiceBusSender, messages: readonly ServiceBusMessage[]): Promise<void> {
  const [only] = messages;
  if (messages.length === 1 && only !== undefined) return sender.sendMessages(only);
  let batch = await sender.createMessageBatch();
  for (const message of messages) {
    if (batch.tryAddMessage(message)) continue;
    await sender.sendMessages(batch);
    batch = await sender.createMessageBatch();
    if (!batch.tryAddMessage(message)) throw new Error(`message ${String(message.messageId)} is too large`);
  }
  return batch.count > 0 ? sender.sendMessages(batch) : undefined;
}

function toMessage(message: Outgoing): ServiceBusMessage {
  return {
    messageId: message.id,
    body: message.body,
    contentType: 'application/json',
    applicationProperties: { ...message.properties },
    ...(message.notBefore === undefined ? {} : { scheduledEnqueueTimeUtc: message.notBefore }),
  };
}
