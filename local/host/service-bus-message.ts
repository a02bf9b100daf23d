import type { ServiceBusReceivedMessage } from '@azure/service-bus';
import { withMembersOf } from './binding-data.ts';
import type { RpcTypedData } from './rpc.ts';
import { toRpc, toTriggerMetadata } from './rpc-data.ts';

/**
 * The body as the trigger's input: text unless the binding says `dataType: 'binary'`. `@azure/functions` then parses
 * text that is JSON.
 */
export function toInput(message: ServiceBusReceivedMessage, dataType: unknown): RpcTypedData {
  const body: unknown = message.body;
  if (body === undefined || body === null) return { string: '' };
  if (body instanceof Uint8Array)
    return dataType === 'binary' ? { bytes: body } : { string: Buffer.from(body).toString('utf8') };
  if (typeof body === 'string')
    return dataType === 'binary' ? { bytes: Buffer.from(body) } : { string: body };
  return toRpc(typeof body === 'object' ? body : String(body));
}

/**
 * The trigger metadata under the names of the real extension (`ServiceBusTriggerBindingStrategy` of
 * Azure/azure-sdk-for-net), with the members of the body over them. The first delivery counts 1, unlike in the JavaScript
 * SDK, where it counts 0.
 */
export function toMetadata(
  message: ServiceBusReceivedMessage,
  { string, json }: RpcTypedData,
): Record<string, RpcTypedData> {
  return withMembersOf(string ?? json, toTriggerMetadata(valuesOf(message)));
}

const lastMoment = Date.parse('9999-12-31T23:59:59.999Z');

function valuesOf(message: ServiceBusReceivedMessage) {
  const properties = withoutDates(message.applicationProperties ?? {});
  const { expiresAtUtc } = message;
  // What never expires does so in the last moment that .NET knows.
  const expiresAt =
    expiresAtUtc === undefined || expiresAtUtc.getTime() > lastMoment ? undefined : expiresAtUtc;
  return {
    DeliveryCount: (message.deliveryCount ?? 0) + 1,
    DeadLetterSource: message.deadLetterSource,
    LockToken: message.lockToken,
    ExpiresAtUtc: withoutZone(expiresAt) ?? '9999-12-31T23:59:59.9999999',
    ExpiresAt: withZone(expiresAt) ?? '9999-12-31T23:59:59.9999999+00:00',
    EnqueuedTimeUtc: withoutZone(message.enqueuedTimeUtc),
    EnqueuedTime: withZone(message.enqueuedTimeUtc),
    MessageId: asText(message.messageId),
    ContentType: message.contentType,
    ReplyTo: message.replyTo,
    SequenceNumber: message.sequenceNumber === undefined ? undefined : Number(message.sequenceNumber),
    To: message.to,
    Subject: message.subject,
    Label: message.subject,
    CorrelationId: asText(message.correlationId),
    ApplicationProperties: properties,
    UserProperties: properties,
    SessionId: message.sessionId,
    ReplyToSessionId: message.replyToSessionId,
    PartitionKey: message.partitionKey,
  };
}

/**
 * The bodies of many messages. As the real host sends them, empty texts are left out
 * (`ToRpcStringArray` without the capability `IncludeEmptyEntriesInMessagePayload`), so places can shift.
 */
export function toBatchInput(
  messages: readonly ServiceBusReceivedMessage[],
  dataType: unknown,
): RpcTypedData {
  const inputs = messages.map(message => toInput(message, dataType));
  if (dataType === 'binary')
    return { collectionBytes: { bytes: inputs.map(({ bytes }) => bytes ?? new Uint8Array()) } };
  const texts = inputs.map(({ string, json }) => string ?? json ?? '');
  return { collectionString: { string: texts.filter(text => text !== '') } };
}

/** The metadata of many messages: each name has `Array` behind it and a value for each message. */
export function toBatchMetadata(
  messages: readonly ServiceBusReceivedMessage[],
): Record<string, RpcTypedData> {
  const all = messages.map(valuesOf);
  const names = new Set(all.flatMap(values => Object.keys(values)));
  const metadata: Record<string, RpcTypedData> = {};
  for (const name of names) {
    const column = all.map(values => Reflect.get(values, name) ?? null);
    metadata[`${name}Array`] = textNames.has(name)
      ? { collectionString: { string: column.filter(value => value !== null && value !== '').map(String) } }
      : { json: JSON.stringify(column) };
  }
  return metadata;
}

/** Texts in .NET; the host sends lists of them without their empty ones. */
const textNames: ReadonlySet<string> = new Set([
  ...['DeadLetterSource', 'LockToken', 'MessageId', 'ContentType', 'ReplyTo', 'To', 'Subject', 'Label'],
  ...['CorrelationId', 'SessionId', 'ReplyToSessionId', 'PartitionKey'],
]);

/** The W3C trace parent that the sender left in the message, if any. */
export function traceParentOf(message: ServiceBusReceivedMessage): string | undefined {
  const value =
    message.applicationProperties?.['Diagnostic-Id'] ?? message.applicationProperties?.['traceparent'];
  return typeof value === 'string' ? value : undefined;
}

function asText(value: string | number | Buffer | undefined): string | undefined {
  return value === undefined ? undefined : String(value);
}

/** Dates in application properties are written as Newtonsoft writes a DateTime: without the noughts at the end of a second. */
function withoutDates(properties: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(properties).map(([name, value]) => [
      name,
      value instanceof Date ? value.toISOString().replace(/\.?0*Z$/, 'Z') : value,
    ]),
  );
}

// A .NET DateTime of unspecified kind is written without a zone; a DateTimeOffset with one.
function withoutZone(date: Date | undefined): string | undefined {
  return date?.toISOString().replace('Z', '');
}

function withZone(date: Date | undefined): string | undefined {
  return date?.toISOString().replace('Z', '+00:00');
}
