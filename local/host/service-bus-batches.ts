import { setTimeout as delay } from 'node:timers/promises';
import type { ServiceBusReceivedMessage, ServiceBusReceiver } from '@azure/service-bus';
import { acceptSession } from './service-bus-accept.ts';
import { type Delivery, openReceiver, runBatch } from './service-bus-delivery.ts';

const receiveMilliseconds = 60_000;

/**
 * Calls the function with many messages, one call after the other: at most maxMessageBatchSize, at least
 * minMessageBatchSize unless maxBatchWaitTime is over. Locks are not renewed, as in Azure; all messages are completed when
 * the function succeeded and abandoned when it failed. With sessions a batch is of one session, and one session is open.
 */
export function pumpBatches(delivery: Delivery): { stop(): Promise<void> } {
  const stopping = new AbortController();
  const { signal } = stopping;
  const loop = delivery.source.sessions ? pumpSessions(delivery, signal) : pumpQueue(delivery, signal);
  return {
    stop: async () => {
      stopping.abort();
      await loop;
    },
  };
}

async function pumpQueue(delivery: Delivery, signal: AbortSignal): Promise<void> {
  const receiver = openReceiver(delivery, 0);
  await pumpReceiver(delivery, receiver, signal, receiveMilliseconds, false);
  await receiver.close().catch(() => undefined);
}

async function pumpSessions(delivery: Delivery, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    const receiver = await acceptSession(delivery, 0, signal);
    if (receiver === undefined) continue;
    await pumpReceiver(delivery, receiver, signal, delivery.options.sessionIdleMilliseconds, true);
    await receiver.close().catch(() => undefined);
  }
}

/** Until `signal`, or until nothing came for `waitMilliseconds` when `endsWhenIdle`, or, for a session, its link is lost. */
async function pumpReceiver(
  delivery: Delivery,
  receiver: ServiceBusReceiver,
  signal: AbortSignal,
  waitMilliseconds: number,
  endsWhenIdle: boolean,
): Promise<void> {
  const {
    maxMessageBatchSize: most,
    minMessageBatchSize: least,
    maxBatchWaitMilliseconds,
  } = delivery.options;
  const held: ServiceBusReceivedMessage[] = [];
  let dueAt = Number.POSITIVE_INFINITY;
  while (!signal.aborted) {
    const isShort = dueAt - Date.now() < waitMilliseconds;
    const wait = isShort ? Math.max(1, dueAt - Date.now()) : waitMilliseconds;
    const received = await receive(delivery, receiver, most, wait, signal);
    const hasEnded = endsWhenIdle && (received === undefined || (received.length === 0 && !isShort));
    if (held.length === 0) dueAt = Date.now() + maxBatchWaitMilliseconds;
    held.push(...(received ?? []));
    while (held.length >= least || (held.length > 0 && (hasEnded || Date.now() >= dueAt)))
      await runAndSettle(delivery, receiver, held.splice(0, most));
    if (held.length === 0) dueAt = Number.POSITIVE_INFINITY;
    if (hasEnded) return;
  }
  if (held.length > 0) await runAndSettle(delivery, receiver, held);
}

/** Undefined after an error, which is reported. */
async function receive(
  { report }: Delivery,
  receiver: ServiceBusReceiver,
  most: number,
  maxWaitTimeInMs: number,
  abortSignal: AbortSignal,
): Promise<ServiceBusReceivedMessage[] | undefined> {
  try {
    return await receiver.receiveMessages(most, { maxWaitTimeInMs, abortSignal });
  } catch (error) {
    if (abortSignal.aborted) return [];
    await report(error, 'receive');
    await delay(1000, undefined, { signal: abortSignal }).catch(() => undefined);
    return undefined;
  }
}

async function runAndSettle(
  delivery: Delivery,
  receiver: ServiceBusReceiver,
  messages: readonly ServiceBusReceivedMessage[],
): Promise<void> {
  const hasSucceeded = await runBatch(delivery, messages).then(
    () => true,
    () => false,
  );
  if (hasSucceeded && !delivery.source.autoComplete) return;
  const settled = await Promise.allSettled(
    messages.map(message =>
      hasSucceeded ? receiver.completeMessage(message) : receiver.abandonMessage(message),
    ),
  );
  for (const outcome of settled)
    if (outcome.status === 'rejected') await delivery.report(outcome.reason, 'settle');
}
