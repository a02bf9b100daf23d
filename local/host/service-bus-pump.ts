import { randomUUID } from 'node:crypto';
import type {
  ProcessErrorArgs,
  ServiceBusClient,
  ServiceBusReceivedMessage,
  ServiceBusReceiver,
  ServiceBusSessionReceiver,
} from '@azure/service-bus';
import type { FunctionApp } from './functions-core.ts';
import type { HostOptions } from './host-json.ts';
import { traceBelow } from './invocation.ts';
import { describe, type Runtime, runAndReport } from './runtime.ts';
import { toInput, toMetadata, traceParentOf } from './service-bus-message.ts';
import {
  type Connection,
  expandSettings,
  findConnection,
  type Settings,
  StartError,
} from './settings-expansion.ts';
import { type Trigger, triggersOf } from './triggers.ts';

/** Where a function's messages come from. */
export type Source = {
  readonly trigger: Trigger;
  readonly connection: Connection;
  readonly entity: { readonly queue: string } | { readonly topic: string; readonly subscription: string };
  readonly sessions: boolean;
  readonly autoComplete: boolean;
};

export type Pump = {
  /** Takes no new message, and resolves when every message in hand is settled. */
  stop(): Promise<void>;
};

type BusOptions = HostOptions['serviceBus'];
type ErrorReport = (args: Pick<ProcessErrorArgs, 'error' | 'errorSource'>) => Promise<void>;

/** The Service Bus triggers of the app, with settings filled in; a StartError tells everything that is wrong. */
export function sourcesOf(app: FunctionApp, options: BusOptions, settings: Settings): Source[] {
  const problems: string[] = [];
  const sources: Source[] = [];
  for (const trigger of triggersOf(app, 'serviceBusTrigger')) {
    try {
      sources.push(readSource(trigger, options, settings));
    } catch (error) {
      if (!(error instanceof StartError)) throw error;
      problems.push(...error.problems);
    }
  }
  if (problems.length > 0) throw new StartError(problems);
  return sources;
}

function readSource(trigger: Trigger, options: BusOptions, settings: Settings): Source {
  const { binding, name } = trigger;
  const where = `function ${name}`;
  const read = (property: string): string | undefined => {
    const value = binding[property];
    return typeof value === 'string' && value !== '' ? expandSettings(value, settings, where) : undefined;
  };
  if (binding['cardinality'] === 'many')
    throw new StartError([`${where}: cardinality "many" is not supported here`]);
  if (trigger.registered.metadata.retryOptions !== undefined) {
    throw new StartError([`${where}: a retry policy does not work with the Service Bus trigger`]);
  }
  const [queue, topic, subscription] = [read('queueName'), read('topicName'), read('subscriptionName')];
  const sessions = binding['isSessionsEnabled'] === true;
  if (sessions && options.maxConcurrentCallsPerSession > 1) {
    throw new StartError([`${where}: maxConcurrentCallsPerSession above 1 is not supported here`]);
  }
  const autoComplete = binding['autoCompleteMessages'] ?? options.autoCompleteMessages;
  const connectionName = typeof binding['connection'] === 'string' ? binding['connection'] : 'ServiceBus';
  const connection = findConnection(settings, connectionName, ['fullyQualifiedNamespace'], where);
  const common = { trigger, connection, sessions, autoComplete: autoComplete === true };
  if (queue !== undefined) return { ...common, entity: { queue } };
  if (topic !== undefined && subscription !== undefined)
    return { ...common, entity: { topic, subscription } };
  throw new StartError([`${where}: the trigger names neither a queue nor a topic with a subscription`]);
}

/** Starts receiving for every source; functions that share a connection share one client. */
export async function startPumps(
  sources: readonly Source[],
  options: BusOptions,
  runtime: Runtime,
): Promise<Pump> {
  if (sources.length === 0) return { stop: async () => undefined };
  const clients = new Map<string, ServiceBusClient>();
  const pumps: Pump[] = [];
  for (const source of sources) {
    const key = source.connection.kind === 'identity' ? source.connection.address : source.connection.value;
    const client = clients.get(key) ?? (await connect(source.connection));
    clients.set(key, client);
    pumps.push(
      source.sessions
        ? pumpSessions(client, source, options, runtime)
        : pumpMessages(client, source, options, runtime),
    );
  }
  return {
    stop: async () => {
      await Promise.all(pumps.map(pump => pump.stop()));
      await Promise.all([...clients.values()].map(client => client.close()));
    },
  };
}

async function connect(connection: Connection): Promise<ServiceBusClient> {
  const { ServiceBusClient } = await import('@azure/service-bus');
  if (connection.kind === 'connectionString') return new ServiceBusClient(connection.value);
  const { ManagedIdentityCredential } = await import('@azure/identity');
  return new ServiceBusClient(connection.address, new ManagedIdentityCredential());
}

/**
 * At most maxConcurrentCalls of this function at once. The SDK renews locks, completes after success and abandons
 * after an error (so the message comes back at once), as the processor of the real extension does. Messages above
 * that wait here with their locks running, which is what prefetching means.
 */
function pumpMessages(client: ServiceBusClient, source: Source, options: BusOptions, runtime: Runtime): Pump {
  const receiver = openReceiver(client, source, options);
  const limit = createLimit(options.maxConcurrentCalls);
  const running = new Set<Promise<void>>();
  const subscription = receiver.subscribe(
    {
      processMessage: message => {
        const work = limit(() => runMessage(source, runtime, message));
        running.add(work);
        void work.then(
          () => running.delete(work),
          () => running.delete(work),
        );
        return work;
      },
      processError: createErrorReport(runtime, source),
    },
    {
      maxConcurrentCalls: options.maxConcurrentCalls + options.prefetchCount,
      autoCompleteMessages: source.autoComplete,
    },
  );
  return {
    stop: async () => {
      await subscription.close();
      while (running.size > 0) await Promise.allSettled(running);
      await receiver.close();
    },
  };
}

function openReceiver(client: ServiceBusClient, source: Source, options: BusOptions): ServiceBusReceiver {
  const settings = {
    maxAutoLockRenewalDurationInMs: options.maxAutoLockRenewalMilliseconds,
    skipParsingBodyAsJson: true,
  };
  return 'queue' in source.entity
    ? client.createReceiver(source.entity.queue, settings)
    : client.createReceiver(source.entity.topic, source.entity.subscription, settings);
}

/**
 * At most maxConcurrentSessions sessions at once, one message at a time in each; a session is given back when
 * no message came for sessionIdleTimeout, so a flooded session cannot take another's slot.
 */
function pumpSessions(client: ServiceBusClient, source: Source, options: BusOptions, runtime: Runtime): Pump {
  const stopping = new AbortController();
  const report = createErrorReport(runtime, source);
  const sessions = new Set<Promise<void>>();
  const accepting = (async () => {
    while (!stopping.signal.aborted) {
      if (sessions.size >= options.maxConcurrentSessions) {
        await Promise.race(sessions);
        continue;
      }
      const receiver = await acceptSession(client, source, options, stopping.signal, report);
      if (receiver === undefined) continue;
      const session = pumpSession(receiver, source, options, runtime, stopping.signal, report);
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
  client: ServiceBusClient,
  source: Source,
  options: BusOptions,
  abortSignal: AbortSignal,
  report: ErrorReport,
): Promise<ServiceBusSessionReceiver | undefined> {
  const settings = {
    abortSignal,
    maxAutoLockRenewalDurationInMs: options.maxAutoLockRenewalMilliseconds,
    skipParsingBodyAsJson: true,
  };
  try {
    return 'queue' in source.entity
      ? await client.acceptNextSession(source.entity.queue, settings)
      : await client.acceptNextSession(source.entity.topic, source.entity.subscription, settings);
  } catch (error) {
    if (abortSignal.aborted || isTimeout(error)) return undefined;
    await report({
      error: error instanceof Error ? error : new Error(String(error)),
      errorSource: 'receive',
    });
    await new Promise(resolve => setTimeout(resolve, 1000));
    return undefined;
  }
}

async function pumpSession(
  receiver: ServiceBusSessionReceiver,
  source: Source,
  options: BusOptions,
  runtime: Runtime,
  abortSignal: AbortSignal,
  report: ErrorReport,
): Promise<void> {
  try {
    while (!abortSignal.aborted) {
      const [message] = await receiver.receiveMessages(1, {
        maxWaitTimeInMs: options.sessionIdleMilliseconds,
        abortSignal,
      });
      if (message === undefined) break;
      const failed = await runMessage(source, runtime, message).then(
        () => false,
        () => true,
      );
      if (failed) await receiver.abandonMessage(message);
      else if (source.autoComplete) await receiver.completeMessage(message);
    }
  } catch (error) {
    if (!abortSignal.aborted)
      await report({
        error: error instanceof Error ? error : new Error(String(error)),
        errorSource: 'receive',
      });
  } finally {
    await receiver.close().catch(() => undefined);
  }
}

function isTimeout(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ServiceTimeout';
}

async function runMessage(
  source: Source,
  runtime: Runtime,
  message: ServiceBusReceivedMessage,
): Promise<void> {
  const { registered, bindingName, binding } = source.trigger;
  const request = {
    invocationId: randomUUID(),
    functionId: registered.id,
    inputData: [{ name: bindingName, data: toInput(message, binding['dataType']) }],
    triggerMetadata: toMetadata(message),
    traceContext: traceBelow(traceParentOf(message), undefined),
  };
  const reason = `message ${String(message.messageId)} delivery ${(message.deliveryCount ?? 0) + 1}`;
  const failure = await runAndReport(runtime, registered, request, reason);
  // Whatever was thrown: the SDK abandons the message when this promise is rejected.
  if (failure !== undefined) throw failure.error;
}

// The SDK retries for ever and tells each try; one line in five seconds is enough.
function createErrorReport(runtime: Runtime, source: Source): ErrorReport {
  let quietUntil = 0;
  return async ({ error, errorSource }) => {
    // The function's own errors already have their lines.
    if (errorSource === 'processMessageCallback' || Date.now() < quietUntil) return;
    quietUntil = Date.now() + 5000;
    runtime.output.host(
      'warning',
      `${source.trigger.name}: Service Bus ${errorSource}: ${describe(error).split('\n', 1)[0]}`,
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
