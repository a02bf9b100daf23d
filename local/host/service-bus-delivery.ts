import { randomUUID } from 'node:crypto';
import type { ServiceBusClient, ServiceBusReceivedMessage } from '@azure/service-bus';
import { traceBelow } from './invocation.ts';
import { type Runtime, runAndReport } from './runtime.ts';
import { toInput, toMetadata, traceParentOf } from './service-bus-message.ts';
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

/** Runs the function for a message; rejects with whatever the function threw. */
export async function runMessage(
  { source, runtime }: Delivery,
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
  if (failure !== undefined) throw failure.error;
}
