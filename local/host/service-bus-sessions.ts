import { setTimeout as delay } from 'node:timers/promises';
import type { ServiceBusSessionReceiver } from '@azure/service-bus';
import { type Delivery, runMessage } from './service-bus-delivery.ts';

/**
 * At most maxConcurrentSessions sessions at once, one message at a time in each; a session is given back when
 * no message came for sessionIdleTimeout. Sessions are asked for one after the other.
 */
export function pumpSessions(delivery: Delivery): { stop(): Promise<void> } {
  const stopping = new AbortController();
  const { signal } = stopping;
  const sessions = new Set<Promise<void>>();
  const accepting = (async () => {
    while (!signal.aborted) {
      if (sessions.size >= delivery.options.maxConcurrentSessions) {
        await Promise.race(sessions);
        continue;
      }
      const receiver = await acceptSession(delivery, signal);
      if (receiver === undefined) continue;
      const session = pumpSession(delivery, receiver, signal);
      sessions.add(session);
      void session.then(() => sessions.delete(session));
    }
  })();
  return {
    stop: async () => {
      stopping.abort();
      await accepting;
      await Promise.all(sessions);
    },
  };
}

async function acceptSession(
  delivery: Delivery,
  signal: AbortSignal,
): Promise<ServiceBusSessionReceiver | undefined> {
  const { client, source, options } = delivery;
  const settings = {
    maxAutoLockRenewalDurationInMs: options.maxAutoLockRenewalMilliseconds,
    skipParsingBodyAsJson: true,
  };
  const accepted =
    'queue' in source.entity
      ? client.acceptNextSession(source.entity.queue, settings)
      : client.acceptNextSession(source.entity.topic, source.entity.subscription, settings);
  try {
    return await unlessAborted(accepted, signal);
  } catch (error) {
    // No session has messages: the usual end of waiting.
    if (error instanceof Error && 'code' in error && error.code === 'ServiceTimeout') return undefined;
    await delivery.report(error, 'accept session');
    await delay(1000, undefined, { signal }).catch(() => undefined);
    return undefined;
  }
}

// The SDK does not stop waiting for a session when it is told to; a session that still comes is given back.
async function unlessAborted(
  accepted: Promise<ServiceBusSessionReceiver>,
  signal: AbortSignal,
): Promise<ServiceBusSessionReceiver | undefined> {
  const { promise: aborted, resolve } = Promise.withResolvers<undefined>();
  const abort = (): void => resolve(undefined);
  signal.addEventListener('abort', abort);
  const receiver = await Promise.race([accepted, aborted]).finally(() =>
    signal.removeEventListener('abort', abort),
  );
  if (receiver === undefined) accepted.then(late => late.close()).catch(() => undefined);
  return receiver;
}

async function pumpSession(
  delivery: Delivery,
  receiver: ServiceBusSessionReceiver,
  abortSignal: AbortSignal,
): Promise<void> {
  const { options, source } = delivery;
  try {
    while (!abortSignal.aborted) {
      const wait = { maxWaitTimeInMs: options.sessionIdleMilliseconds, abortSignal };
      const [message] = await receiver.receiveMessages(1, wait);
      if (message === undefined) break;
      const succeeded = await runMessage(delivery, message).then(
        () => true,
        () => false,
      );
      if (!succeeded) await receiver.abandonMessage(message);
      else if (source.autoComplete) await receiver.completeMessage(message);
    }
  } catch (error) {
    if (!abortSignal.aborted) await delivery.report(error, 'receive');
  } finally {
    await receiver.close().catch(() => undefined);
  }
}
