import { mapEntries, type Section, sectionCode } from './amqp-sections.ts';
import { Refusal, unprocessable } from './refusals.ts';

/** Bytes of one application property's value (service-bus-quotas). */
const longestValue = 32_768;

/** Bytes of properties and application properties together (service-bus-quotas). */
const longestHeader = 65_536;

/** Characters of message id, session id, reply-to session id and partition key (service-bus-quotas). */
const longestId = 128;

/**
 * How the service, which holds properties as .NET values, calls the AMQP types that it cannot keep in an application
 * property, by format code: there is room for simple types only (https://github.com/Azure/azure-service-bus-dotnet/issues/483,
 * https://github.com/Azure/azure-sdk-for-python/issues/30140).
 */
const unsupportedTypes: Readonly<Record<number, string>> = {
  160: 'System.Byte[]',
  176: 'System.Byte[]',
  69: 'System.Collections.Generic.List`1[[System.Object, mscorlib]]',
  192: 'System.Collections.Generic.List`1[[System.Object, mscorlib]]',
  208: 'System.Collections.Generic.List`1[[System.Object, mscorlib]]',
  193: 'Microsoft.Azure.Amqp.Encoding.AmqpMap',
  209: 'Microsoft.Azure.Amqp.Encoding.AmqpMap',
  224: 'System.Object[]',
  240: 'System.Object[]',
};

/** The members of a message that the service limits, as its errors call them. */
export type Limited = {
  readonly messageId: string | undefined;
  readonly sessionId: string | undefined;
  readonly replyToSessionId: unknown;
  readonly partitionKey: unknown;
  readonly ttl: number | undefined;
};

/** Throws a Refusal when a member is longer than the service takes or contradicts another. */
export function checkMembers({ messageId, sessionId, replyToSessionId, partitionKey, ttl }: Limited): void {
  if (messageId === '') throw argument('The MessageId of a message cannot be empty.');
  checkLength('MessageId', messageId);
  checkLength('SessionId', sessionId);
  checkLength('ReplyToSessionId', replyToSessionId);
  checkLength('PartitionKey', partitionKey);
  if (typeof partitionKey === 'string' && sessionId !== undefined && partitionKey !== sessionId) {
    throw new Refusal(
      'not-allowed',
      `The PartitionKey '${partitionKey}' of a message must be its SessionId '${sessionId}' when it has both.`,
    );
  }
  // The service does not say why either (https://github.com/Azure/amqpnetlite/issues/333).
  if (ttl !== undefined && ttl <= 0) throw unprocessable();
}

/**
 * Throws a Refusal when application properties have a type that the service cannot keep, or header or one of them are too
 * large. What exceeds the header is called a message that is too large (https://github.com/rebus-org/Rebus.AzureServiceBus/issues/35),
 * a single long value an internal error (https://github.com/Azure/azure-sdk-for-net/issues/15325).
 */
export function checkHeader(sections: readonly Section[]): void {
  const header = sections.filter(
    ({ code }) => code === sectionCode.properties || code === sectionCode.applicationProperties,
  );
  const size = header.reduce((sum, { bytes }) => sum + bytes.length, 0);
  if (size > longestHeader) {
    throw new Refusal(
      'message-too-large',
      'A serialization error occurred while processing the message header stream. The serialization process return the ' +
        `following message: The size quota for this stream (${longestHeader}) has been exceeded.`,
    );
  }
  const properties = sections.find(({ code }) => code === sectionCode.applicationProperties);
  if (properties !== undefined) checkProperties(properties);
}

function checkProperties(section: Section): void {
  for (const { key, value } of mapEntries(section)) {
    const type = unsupportedTypes[value[0] ?? 0];
    if (type !== undefined) {
      throw new Refusal(
        'message-too-large',
        `Serialization operation failed due to unsupported type ${type}.`,
      );
    }
    if (key.length > longestValue || value.length > longestValue + lengthPrefix) throw unprocessable();
  }
}

/** Bytes before the text of a long string. */
const lengthPrefix = 5;

function checkLength(name: string, value: unknown): void {
  if (typeof value !== 'string' || value.length <= longestId) return;
  throw argument(`The ${name} of a message cannot have more than ${longestId} characters.`);
}

function argument(text: string): Refusal {
  return new Refusal('argument-error', text);
}
