import { randomUUID } from 'node:crypto';
import type {
  ServiceBusClient,
  ServiceBusReceivedMessage,
  ServiceBusReceiver,
  ServiceBusSessionReceiver,
} from '@azure/service-bus';
import { traceBelow } from './invocation.ts';
import type { RpcInvocationRequest, RpcTypedData } from './rpc.ts';
import { type Runtime, runAndReport } from './runtime.ts';
import { toBatchInput, toBatchMetadata, toInput, toMetadata, traceParentOf } from './service-bus-message.ts';
import type { BusOptions, Source } from './service-bus-source.ts';

/** What it takes to bring the messages of one source to their function. */
export type Delivery = {
  readonly client: ServiceBusClient;
  readonly source: Source;
  readonly options: BusOptions;
  readonly runtime: Runtime;
  /** Tells an error of receiving or settling. */
  readonly report: (error: unknown, what: string) => Promise<void>;
};

/** Opens a receiver of the source; `renewalMilliseconds` is how long locks are renewed, 0 for not at all. */
export function openReceiver({ client, source }: Delivery, renewalMilliseconds: number): ServiceBusReceiver {
  const settings = {
    maxAutoLockRenewalDurationInMs: renewalMilliseconds,
    skipParsingBodyAsJson: true,
    skipConvertingDate: true,
  };
  return 'queue' in source.entity
    ? client.createReceiver(source.entity.queue, settings)
    : client.createReceiver(source.entity.topic, source.entity.subscription, settings);
}

/** Waits for the next free session of the source. */
export function acceptNextSession(
  { client, source }: Delivery,
  renewalMilliseconds: number,
): Promise<ServiceBusSessionReceiver> {
  const settings = {
    maxAutoLockRenewalDurationInMs: renewalMilliseconds,
    skipParsingBodyAsJson: true,
    skipConvertingDate: true,
  };
  return 'queue' in source.entity
    ? client.acceptNextSession(source.entity.queue, settings)
    : client.acceptNextSession(source.entity.topic, source.entity.subscription, settings);
}

/** Runs the function for a message; rejects with whatever the function threw. */
export async function runMessage(delivery: Delivery, message: ServiceBusReceivedMessage): Promise<void> {
  const { binding } = delivery.source.trigger;
  const reason = `message ${String(message.messageId)} delivery ${(message.deliveryCount ?? 0) + 1}`;
  const input = toInput(message, binding['dataType']);
  await run(delivery, input, toMetadata(message, input), traceParentOf(message), reason);
}

/** Runs the function once for many messages; rejects with whatever the function threw. */
export async function runBatch(
  delivery: Delivery,
  messages: readonly ServiceBusReceivedMessage[],
): Promise<void> {
  const { binding } = delivery.source.trigger;
  // Which of many senders would the trace be of? Azure links them all and begins a new one.
  const input = toBatchInput(messages, binding['dataType']);
  await run(delivery, input, toBatchMetadata(messages), undefined, `batch of ${messages.length}`);
}

async function run(
  { source, runtime }: Delivery,
  data: RpcTypedData,
  triggerMetadata: RpcInvocationRequest['triggerMetadata'],
  traceParent: string | undefined,
  reason: string,
): Promise<void> {
  const { registered, bindingName } = source.trigger;
  const request = {
    invocationId: randomUUID(),
    functionId: registered.id,
    inputData: [{ name: bindingName, data }],
    triggerMetadata,
    traceContext: traceBelow(traceParent, undefined),
  };
  const failure = await runAndReport(runtime, registered, request, reason);
  if (failure !== undefined) throw failure.error;
}
