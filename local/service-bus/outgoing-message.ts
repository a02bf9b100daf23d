import { sectionCode, splitSections } from './amqp-sections.ts';
import { annotateEnvelope, openEnvelope } from './envelope.ts';
import type { StoredMessage } from './message-table.ts';

/** Annotation keys as AMQP symbols with a length byte. */
const key = {
  enqueuedTime: symbol('x-opt-enqueued-time'),
  sequence: symbol('x-opt-sequence-number'),
  enqueuedSequence: symbol('x-opt-enqueue-sequence-number'),
  lockedUntil: symbol('x-opt-locked-until'),
  state: symbol('x-opt-message-state'),
  deadLetterSource: symbol('x-opt-deadletter-source'),
};

/**
 * Encodes a stored message for a receiver: the broker's header and annotations, then the sender's
 * bytes untouched. `lockedUntil` in milliseconds, absent for peeked and for deleted messages.
 */
export function encodeMessage(message: StoredMessage, lockedUntil?: number): Buffer {
  const notes = [
    key.enqueuedTime,
    eightBytes(0x83, message.enqueuedAt),
    key.sequence,
    eightBytes(0x81, message.sequence),
    key.enqueuedSequence,
    eightBytes(0x81, message.enqueuedSequence),
    key.state,
    Buffer.from([0x54, message.state]),
  ];
  if (lockedUntil !== undefined) notes.push(key.lockedUntil, eightBytes(0x83, lockedUntil));
  if (message.deadLetterSource !== null) notes.push(key.deadLetterSource, text(message.deadLetterSource));
  const count = notes.length + 2 * message.annotationCount;
  const size = notes.reduce((sum, part) => sum + part.length, message.annotations.length);
  const map = Buffer.alloc(12);
  map.set([0x00, 0x53, 0x72, 0xd1]);
  map.writeUInt32BE(size + 4, 4);
  map.writeUInt32BE(count, 8);
  const { durable, priority, firstAcquirer, deliveryAnnotations } = openEnvelope(message.envelope);
  const first = header(message, Buffer.concat([durable, priority]), firstAcquirer);
  return Buffer.concat([first, deliveryAnnotations, map, ...notes, message.annotations, message.bare]);
}

/** What a client sees of a message whose body it did not ask for: an annotation says how many bytes were left out. */
export function withoutBody(message: StoredMessage): StoredMessage {
  const isBody = ({ code }: { readonly code: number }): boolean =>
    code >= sectionCode.data && code <= sectionCode.value;
  const sections = splitSections(message.bare);
  const size = sections.filter(isBody).reduce((sum, { bytes }) => sum + bytes.length, 0);
  return {
    ...message,
    bare: Buffer.concat(sections.filter(section => !isBody(section)).map(({ bytes }) => bytes)),
    envelope: annotateEnvelope(message.envelope, 'omitted-message-body-size', size),
  };
}

function header(message: StoredMessage, durableAndPriority: Buffer, firstAcquirer: Buffer): Buffer {
  const ttl = message.ttl === null ? Buffer.from([0x40]) : unsigned(Math.min(message.ttl, 0xffffffff));
  const items = Buffer.concat([durableAndPriority, ttl, firstAcquirer, unsigned(message.deliveryCount)]);
  return Buffer.concat([Buffer.from([0x00, 0x53, 0x70, 0xc0, items.length + 1, 5]), items]);
}

function unsigned(value: number): Buffer {
  const bytes = Buffer.alloc(5);
  bytes[0] = 0x70;
  bytes.writeUInt32BE(value, 1);
  return bytes;
}

function eightBytes(format: number, value: number): Buffer {
  const bytes = Buffer.alloc(9);
  bytes[0] = format;
  bytes.writeBigInt64BE(BigInt(value), 1);
  return bytes;
}

function symbol(name: string): Buffer {
  return Buffer.concat([Buffer.from([0xa3, name.length]), Buffer.from(name, 'ascii')]);
}

function text(value: string): Buffer {
  const bytes = Buffer.from(value);
  return bytes.length < 256
    ? Buffer.concat([Buffer.from([0xa1, bytes.length]), bytes])
    : Buffer.concat([Buffer.from([0xb1, 0, 0, bytes.length >> 8, bytes.length & 0xff]), bytes]);
}
