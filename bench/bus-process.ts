/** Sends messages through the official SDK and completes each, from a process of its own. */
import { randomUUID } from 'node:crypto';
import { ServiceBusClient, type ServiceBusSender } from '@azure/service-bus';
import { answerOrder } from './child-process.ts';

export type BusOrder = {
  readonly connectionString: string;
  readonly queue: string;
  readonly messages: number;
  /** Messages that go before the counted ones. */
  readonly warm: number;
  readonly perBatch: number;
  readonly concurrency: number;
  readonly bodyBytes: number;
};

export type BusReport = {
  /** From the first send to the end of the last complete. */
  readonly perSecond: number;
  /** Messages that came more than once. */
  readonly again: number;
};

answerOrder(async (order: BusOrder): Promise<BusReport> => {
  const client = new ServiceBusClient(order.connectionString);
  const sender = client.createSender(order.queue);
  try {
    await sendAndComplete(client, sender, order, order.warm);
    const startedAt = performance.now();
    const again = await sendAndComplete(client, sender, order, order.messages);
    return { perSecond: order.messages / ((performance.now() - startedAt) / 1000), again };
  } finally {
    await client.close();
  }
});

async function sendAndComplete(
  client: ServiceBusClient,
  sender: ServiceBusSender,
  order: BusOrder,
  count: number,
): Promise<number> {
  const waiting = new Set<string>(Array.from({ length: count }, () => randomUUID()));
  // A relay gives no lock that could be renewed, and nothing here lasts as long as one.
  const receiver = client.createReceiver(order.queue, { maxAutoLockRenewalDurationInMs: 0 });
  let again = 0;
  const allCompleted = new Promise<void>((resolve, reject) => {
    const { concurrency: maxConcurrentCalls } = order;
    receiver.subscribe(
      {
        processMessage: async message => {
          await receiver.completeMessage(message);
          if (!waiting.delete(String(message.messageId))) again += 1;
          if (waiting.size === 0) resolve();
        },
        processError: async ({ error }) => reject(error),
      },
      { autoCompleteMessages: false, maxConcurrentCalls },
    );
  });
  await Promise.all([sendAll(sender, [...waiting], order), allCompleted]);
  await receiver.close();
  return again;
}

async function sendAll(sender: ServiceBusSender, ids: readonly string[], order: BusOrder): Promise<void> {
  const body = 'x'.repeat(order.bodyBytes);
  for (let from = 0; from < ids.length; from += order.perBatch) {
    const messages = ids.slice(from, from + order.perBatch).map(messageId => ({ messageId, body }));
    await sender.sendMessages(messages);
  }
}
