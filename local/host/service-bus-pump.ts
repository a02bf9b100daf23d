import type { ServiceBusClient } from '@azure/service-bus';
import { type Connection, identityOf } from './connections.ts';
import { describe, type Runtime } from './runtime.ts';
import { pumpBatches } from './service-bus-batches.ts';
import { type Delivery, openReceiver, runMessage } from './service-bus-delivery.ts';
import { pumpSessions } from './service-bus-sessions.ts';
import type { BusOptions, Source } from './service-bus-source.ts';

export type Pump = {
  /** Takes no new message, and resolves when every message in hand is settled. */
  stop(): Promise<void>;
};

/** Starts receiving for every source; functions that share a connection share one client. */
export async function startPumps(
  sources: readonly Source[],
  options: BusOptions,
  runtime: Runtime,
): Promise<Pump> {
  const clients = new Map<string, ServiceBusClient>();
  const pumps: Pump[] = [];
  for (const source of sources) {
    const key = JSON.stringify(source.connection);
    const client = clients.get(key) ?? (await connect(source.connection, options));
    clients.set(key, client);
    const delivery = { client, source, options, runtime, report: createReport(runtime, source) };
    pumps.push(startPump(delivery));
  }
  return {
    stop: async () => {
      await Promise.all(pumps.map(pump => pump.stop()));
      await Promise.all([...clients.values()].map(client => client.close()));
    },
  };
}

function startPump(delivery: Delivery): Pump {
  if (delivery.source.isBatch) return pumpBatches(delivery);
  return delivery.source.sessions ? pumpSessions(delivery) : pumpMessages(delivery);
}

async function connect(
  connection: Connection,
  { retry, usesWebSockets }: BusOptions,
): Promise<ServiceBusClient> {
  const { ServiceBusClient, RetryMode } = await import('@azure/service-bus');
  const retryOptions = {
    // The SDK would wait half a minute between attempts to connect again.
    retryDelayInMs: retry.delayMilliseconds ?? 500,
    maxRetryDelayInMs: retry.maxDelayMilliseconds ?? 2000,
    ...(retry.maxRetries === undefined ? {} : { maxRetries: retry.maxRetries }),
    ...(retry.tryTimeoutMilliseconds === undefined ? {} : { timeoutInMs: retry.tryTimeoutMilliseconds }),
    mode: retry.mode === 'fixed' ? RetryMode.Fixed : RetryMode.Exponential,
  };
  const options = usesWebSockets
    ? { retryOptions, webSocketOptions: { webSocket: WebSocket } }
    : { retryOptions };
  if (connection.kind === 'connectionString') return new ServiceBusClient(connection.value, options);
  return new ServiceBusClient(connection.address, await identityOf(connection.clientId), options);
}

/**
 * At most maxConcurrentCalls of this function at once. The SDK renews locks, completes after success and abandons
 * after an error (so the message comes back at once), as the processor of the real extension does. Messages above
 * that wait here with their locks running, which is what prefetching means.
 */
function pumpMessages(delivery: Delivery): Pump {
  const { source, options, report } = delivery;
  const receiver = openReceiver(delivery, options.maxAutoLockRenewalMilliseconds);
  const limit = createLimit(options.maxConcurrentCalls);
  const running = new Set<Promise<void>>();
  let isStopping = false;
  const subscription = receiver.subscribe(
    {
      processMessage: message => {
        const work = limit(() => runMessage(delivery, message));
        running.add(work);
        const forget = (): unknown => running.delete(work);
        work.then(forget, forget);
        return work;
      },
      // A receiver that is closed while it starts says so, which is nobody's concern.
      processError: async ({ error, errorSource }) => {
        if (!isStopping) await report(error, errorSource);
      },
    },
    {
      maxConcurrentCalls: options.maxConcurrentCalls + options.prefetchCount,
      autoCompleteMessages: source.autoComplete,
    },
  );
  return {
    stop: async () => {
      isStopping = true;
      await subscription.close();
      while (running.size > 0) await Promise.allSettled(running);
      await receiver.close();
    },
  };
}

// The SDK retries for ever and tells each try; one line in five seconds is enough.
function createReport(runtime: Runtime, source: Source): Delivery['report'] {
  let quietUntil = 0;
  const { name } = source.trigger;
  const entity = Object.values(source.entity).join('/');
  return async (error, what) => {
    // The function's own errors already have their lines.
    if (what === 'processMessageCallback' || Date.now() < quietUntil) return;
    quietUntil = Date.now() + 5000;
    runtime.output.host(
      'warning',
      `${name}: Service Bus ${what} on ${entity}: ${describe(error).split('\n', 1)[0]}`,
    );
  };
}

function createLimit(most: number): <T>(work: () => Promise<T>) => Promise<T> {
  let active = 0;
  const waiting: (() => void)[] = [];
  return async work => {
    if (active >= most) await new Promise<void>(resolve => waiting.push(resolve));
    else active += 1;
    try {
      return await work();
    } finally {
      const next = waiting.shift();
      if (next === undefined) active -= 1;
      else next();
    }
  };
}
