import type { ServiceBusReceivedMessage, ServiceBusSessionReceiver } from '@azure/service-bus';
import { acceptSession } from './service-bus-accept.ts';
import { type Delivery, runMessage } from './service-bus-delivery.ts';

/**
 * At most maxConcurrentSessions sessions at once, maxConcurrentCallsPerSession messages at a time in each; a session is
 * given back when no message came for sessionIdleTimeout. Sessions are asked for one after the other.
 */
export function pumpSessions(delivery: Delivery): { stop(): Promise<void> } {
  const stopping = new AbortController();
  const { signal } = stopping;
  const { maxConcurrentSessions, maxAutoLockRenewalMilliseconds } = delivery.options;
  const sessions = new Set<Promise<void>>();
  const accepting = (async () => {
    while (!signal.aborted) {
      if (sessions.size >= maxConcurrentSessions) {
        await Promise.race(sessions);
        continue;
      }
      const receiver = await acceptSession(delivery, maxAutoLockRenewalMilliseconds, signal);
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

async function pumpSession(
  delivery: Delivery,
  receiver: ServiceBusSessionReceiver,
  signal: AbortSignal,
): Promise<void> {
  const { options, report } = delivery;
  const { promise: ended, resolve: end } = Promise.withResolvers<void>();
  const running = new Set<Promise<void>>();
  let idle = setTimeout(end, options.sessionIdleMilliseconds);
  signal.addEventListener('abort', () => end());
  if (signal.aborted) end();
  const subscription = receiver.subscribe(
    {
      processMessage: message => {
        clearTimeout(idle);
        const work = runAndSettle(delivery, receiver, message).finally(() => {
          running.delete(work);
          if (running.size === 0) idle = setTimeout(end, options.sessionIdleMilliseconds);
        });
        running.add(work);
        return work;
      },
      // The lock of the session or its link is gone: another instance may have it already.
      processError: async ({ error, errorSource }) => {
        if (!signal.aborted) await report(error, errorSource);
        end();
      },
    },
    // Settled here, so that the session is not given back before its last message is.
    { maxConcurrentCalls: options.maxConcurrentCallsPerSession, autoCompleteMessages: false },
  );
  await ended;
  await subscription.close().catch(() => undefined);
  while (running.size > 0) await Promise.all(running);
  clearTimeout(idle);
  await receiver.close().catch(() => undefined);
}

/** Never rejects: a message that could not be settled comes again when its lock is over. */
async function runAndSettle(
  delivery: Delivery,
  receiver: ServiceBusSessionReceiver,
  message: ServiceBusReceivedMessage,
): Promise<void> {
  try {
    const hasSucceeded = await runMessage(delivery, message).then(
      () => true,
      () => false,
    );
    if (!hasSucceeded) await receiver.abandonMessage(message);
    else if (delivery.source.autoComplete) await receiver.completeMessage(message);
  } catch (error) {
    await delivery.report(error, 'settle');
  }
}
