import { randomUUID } from 'node:crypto';
import rhea, { type Typed } from 'rhea';
import { dataOf, type Section, sectionCode, splitSections } from './amqp-sections.ts';
import { described, itemsOf, pairsOf, plain, readValue, valueIn, writeValue } from './amqp-values.ts';
import { sealEnvelope } from './envelope.ts';
import { checkHeader, checkMembers } from './message-limits.ts';
import { systemPropertyIndex } from './message-view.ts';
import { Refusal } from './refusals.ts';
import type { Change } from './sql/statements.ts';
import type { SqlValue } from './sql/values.ts';

/** A message as a sender wrote it, with what the broker must know picked out of it. */
export type IncomingMessage = {
  readonly messageId: string;
  readonly sessionId: string | undefined;
  /** Milliseconds, from the header. */
  readonly ttl: number | undefined;
  /** Milliseconds since the epoch, when the message is to be enqueued later. */
  readonly scheduledAt: number | undefined;
  readonly annotationCount: number;
  /** The sender's own annotations, encoded key and value in turn. */
  readonly annotations: Buffer;
  /** Header fields and delivery annotations that reach the receiver; null when the sender set none. */
  readonly envelope: Buffer | null;
  /** Properties, application properties, body and footer. */
  readonly bare: Buffer;
};

/** The format code that marks a transfer as a batch: each data section holds one message. */
const batchFormat = 0x80013700;

/** Annotations that only the broker sets; a sender's values are ignored (AMQP protocol guide, message annotations). */
const brokerAnnotations = new Set([
  'x-opt-enqueued-time',
  'x-opt-sequence-number',
  'x-opt-enqueue-sequence-number',
  'x-opt-offset',
  'x-opt-locked-until',
  'x-opt-message-state',
  'x-opt-deadletter-source',
]);

/** Index of the properties that the broker reads or stamps in the properties list. */
const propertyAt = { messageId: 0, expiry: 8, creation: 9, groupId: 10, replyToGroupId: 12 } as const;

/** How many properties AMQP 1.0 knows (part 3, section 3.2.4). */
const propertyCount = 13;

/** The messages in one transfer: one, or as many as the batch holds. Throws a Refusal. */
export function readTransfer(payload: Buffer, format: number): IncomingMessage[] {
  if (format !== batchFormat) return [readMessage(payload)];
  return batchItems(payload).map(readMessage);
}

/**
 * Reads one encoded message. A missing message id is made, as the service does (32 hexadecimal digits).
 * Throws a Refusal when the bytes are no AMQP message.
 */
export function readMessage(payload: Buffer): IncomingMessage {
  try {
    return pickOut(payload);
  } catch (error) {
    if (error instanceof Refusal) throw error;
    throw new Refusal('decode-error', `The message could not be read. ${String(error)}`);
  }
}

function pickOut(payload: Buffer): IncomingMessage {
  const sections = splitSections(payload);
  const header = sections.find(section => section.code === sectionCode.header);
  const notes = sections.find(section => section.code === sectionCode.messageAnnotations);
  const properties = sections.find(section => section.code === sectionCode.properties);
  const given = properties === undefined ? [] : itemsOf(readValue(properties.bytes));
  const messageId = idText(plain(given[propertyAt.messageId]));
  const fields = header === undefined ? [] : itemsOf(readValue(header.bytes));
  const ttl = plain(fields[2]);
  if (typeof ttl === 'number' && !Number.isSafeInteger(ttl))
    throw new RangeError('The ttl is not a whole number.');
  const delivery = sections.find(section => section.code === sectionCode.deliveryAnnotations);
  const groupId = plain(given[propertyAt.groupId]);
  const sessionId = typeof groupId === 'string' ? groupId : undefined;
  const notePairs = notes === undefined ? [] : pairsOf(notes.bytes);
  checkHeader(sections);
  checkMembers({
    messageId,
    sessionId,
    ttl: typeof ttl === 'number' ? ttl : undefined,
    replyToSessionId: plain(given[propertyAt.replyToGroupId]),
    partitionKey: valueIn(notePairs, 'x-opt-partition-key'),
  });
  const id = messageId ?? randomUUID().replaceAll('-', '');
  return {
    messageId: id,
    sessionId,
    ttl: typeof ttl === 'number' ? ttl : undefined,
    ...readAnnotations(notePairs),
    envelope: sealEnvelope(fields, delivery?.bytes),
    bare: messageId === undefined ? bareWithId(sections, given, id) : bareOf(sections),
  };
}

/**
 * Sets the times that the service is the authority for: absolute expiry and creation
 * (AMQP protocol guide, table of properties). Both in milliseconds.
 */
export function stampTimes(bare: Buffer, enqueuedAt: number, expiresAt: number): Buffer {
  const sections = splitSections(bare);
  const properties = sections.find(section => section.code === sectionCode.properties);
  const items = padded(properties === undefined ? [] : itemsOf(readValue(properties.bytes)));
  items[propertyAt.expiry] = rhea.types.wrap_timestamp(expiresAt);
  items[propertyAt.creation] = rhea.types.wrap_timestamp(enqueuedAt);
  return withProperties(sections, items);
}

/** Adds or replaces application properties, as settling with changed properties and dead-lettering do. */
export function withApplicationProperties(bare: Buffer, changes: Readonly<Record<string, unknown>>): Buffer {
  if (Object.keys(changes).length === 0) return bare;
  const sections = splitSections(bare);
  const pairs = Object.entries(changes).reduce(
    (given, [name, value]) => withPair(given, name, rhea.types.wrap(value)),
    userPairs(sections),
  );
  return withUserPairs(sections, pairs);
}

/** A message with one property set or, where the value is undefined, removed. Throws EvaluationError. */
export function withProperty(bare: Buffer, { scope, name, value }: Change): Buffer {
  const sections = splitSections(bare);
  if (scope === 'user') {
    const typed = value === undefined ? undefined : typedOf(value);
    return withUserPairs(sections, withPair(userPairs(sections), name, typed));
  }
  const index = systemPropertyIndex(name);
  const properties = sections.find(section => section.code === sectionCode.properties);
  const items = padded(properties === undefined ? [] : itemsOf(readValue(properties.bytes)));
  items[index] = value == null ? rhea.types.wrap(null) : rhea.types.wrap_string(textOf(value));
  return withProperties(sections, items);
}

/** Sets a property or, without a value, removes it. The case of names does not count: one that is there keeps its own. */
function withPair(pairs: [Typed, Typed][], name: string, value: Typed | undefined): [Typed, Typed][] {
  const isNamed = ([key]: [Typed, Typed]): boolean => String(key.value).toLowerCase() === name.toLowerCase();
  const others = pairs.filter(pair => !isNamed(pair));
  if (value === undefined) return others;
  return [...others, [pairs.find(isNamed)?.[0] ?? rhea.types.wrap_string(name), value]];
}

function userPairs(sections: readonly Section[]): [Typed, Typed][] {
  const section = sections.find(each => each.code === sectionCode.applicationProperties);
  return section === undefined ? [] : pairsOf(section.bytes);
}

function withUserPairs(sections: readonly Section[], pairs: readonly [Typed, Typed][]): Buffer {
  const bytes = writeValue(described(sectionCode.applicationProperties, 'map', pairs.flat()));
  const rest = sections.filter(section => section.code !== sectionCode.applicationProperties);
  const after = rest.findIndex(section => section.code > sectionCode.applicationProperties);
  const at = after === -1 ? rest.length : after;
  return Buffer.concat([...rest.slice(0, at).map(s => s.bytes), bytes, ...rest.slice(at).map(s => s.bytes)]);
}

function typedOf(value: SqlValue): Typed {
  if (typeof value === 'bigint') {
    const bytes = Buffer.alloc(8);
    bytes.writeBigInt64BE(value);
    return rhea.types.wrap_long(bytes);
  }
  if (typeof value === 'number') return rhea.types.wrap_double(value);
  if (value instanceof Date) return rhea.types.wrap_timestamp(value.getTime());
  return Buffer.isBuffer(value) ? rhea.types.wrap_uuid(value) : rhea.types.wrap(value);
}

function textOf(value: SqlValue): string {
  if (value instanceof Date) return value.toISOString();
  return Buffer.isBuffer(value) ? value.toString('hex') : String(value);
}

function batchItems(payload: Buffer): Buffer[] {
  try {
    return splitSections(payload)
      .filter(section => section.code === sectionCode.data)
      .map(dataOf);
  } catch (error) {
    throw new Refusal('decode-error', `The batch could not be read. ${String(error)}`);
  }
}

/** Message ids may be strings, numbers or UUIDs; the broker compares them as text. */
function idText(value: unknown): string | undefined {
  if (value === undefined) return undefined;
  return Buffer.isBuffer(value) ? value.toString('hex') : String(value);
}

function readAnnotations(
  given: readonly [Typed, Typed][],
): Pick<IncomingMessage, 'annotationCount' | 'annotations' | 'scheduledAt'> {
  const pairs = given.filter(([key]) => !brokerAnnotations.has(String(key.value)));
  const moment = valueIn(pairs, 'x-opt-scheduled-enqueue-time');
  return {
    annotationCount: pairs.length,
    annotations: Buffer.concat(pairs.flat().map(writeValue)),
    scheduledAt: timeOf(moment),
  };
}

/** Milliseconds since the epoch. Throws a RangeError for what is no moment. */
function timeOf(moment: unknown): number | undefined {
  if (typeof moment !== 'number' && !(moment instanceof Date)) return undefined;
  return Date.parse(new Date(moment).toISOString());
}

function bareOf(sections: readonly Section[]): Buffer {
  return Buffer.concat(sections.filter(s => s.code >= sectionCode.properties).map(s => s.bytes));
}

function bareWithId(sections: readonly Section[], given: readonly Typed[], id: string): Buffer {
  const items = padded(given);
  items[propertyAt.messageId] = rhea.types.wrap_string(id);
  return withProperties(
    sections.filter(section => section.code >= sectionCode.properties),
    items,
  );
}

function padded(items: readonly Typed[]): Typed[] {
  const length = Math.max(items.length, propertyCount);
  return Array.from({ length }, (_, index) => items[index] ?? rhea.types.wrap(null));
}

function withProperties(sections: readonly Section[], items: readonly Typed[]): Buffer {
  const rest = sections
    .filter(section => section.code !== sectionCode.properties)
    .map(section => section.bytes);
  return Buffer.concat([writeValue(described(sectionCode.properties, 'list', items)), ...rest]);
}
