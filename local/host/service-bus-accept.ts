import { setTimeout as delay } from 'node:timers/promises';
import type { ServiceBusSessionReceiver } from '@azure/service-bus';
import { acceptNextSession, type Delivery } from './service-bus-delivery.ts';

/**
 * The next session that has messages; undefined when none came in the service's time, something failed (which is
 * reported), or `signal` was given.
 */
export async function acceptSession(
  delivery: Delivery,
  renewalMilliseconds: number,
  signal: AbortSignal,
): Promise<ServiceBusSessionReceiver | undefined> {
  try {
    return await unlessAborted(acceptNextSession(delivery, renewalMilliseconds), signal);
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
