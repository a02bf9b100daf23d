/** Codes of the sections of an AMQP message (AMQP 1.0 part 3, section 3.2). */
export const sectionCode = {
  header: 0x70,
  deliveryAnnotations: 0x71,
  messageAnnotations: 0x72,
  properties: 0x73,
  applicationProperties: 0x74,
  data: 0x75,
  sequence: 0x76,
  value: 0x77,
  footer: 0x78,
} as const;

export type Section = { readonly code: number; readonly bytes: Buffer };

const symbolicCodes: Readonly<Record<string, number>> = {
  'amqp:header:list': 0x70,
  'amqp:delivery-annotations:map': 0x71,
  'amqp:message-annotations:map': 0x72,
  'amqp:properties:list': 0x73,
  'amqp:application-properties:map': 0x74,
  'amqp:data:binary': 0x75,
  'amqp:amqp-sequence:list': 0x76,
  'amqp:amqp-value:*': 0x77,
  'amqp:footer:map': 0x78,
};

/** Bytes of the value that follows a format code whose upper four bits say the width. */
const fixedWidths: Readonly<Record<number, number>> = { 4: 0, 5: 1, 6: 2, 7: 4, 8: 8, 9: 16 };

/**
 * Cuts an encoded message into its sections without decoding them, so that what a sender wrote
 * reaches the receiver byte for byte. Throws RangeError when the bytes are no AMQP message.
 */
export function splitSections(message: Buffer): Section[] {
  const sections: Section[] = [];
  for (let at = 0; at < message.length; ) {
    if (message[at] !== 0) throw new RangeError('A message section must begin with a descriptor.');
    const end = endOfValue(message, at);
    if (end > message.length) throw new RangeError('A message section ends beyond the message.');
    sections.push({ code: descriptorCode(message, at + 1), bytes: message.subarray(at, end) });
    at = end;
  }
  return sections;
}

/** The bytes inside a section of type data. */
export function dataOf(section: Section): Buffer {
  const at = endOfValue(section.bytes, 1);
  const start = section.bytes[at] === 0xa0 ? at + 2 : at + 5;
  return section.bytes.subarray(start);
}

/** The encoded keys and values of a section that is a map. Throws RangeError when it is none. */
export function mapEntries(section: Section): { readonly key: Buffer; readonly value: Buffer }[] {
  const { bytes } = section;
  const start = endOfValue(bytes, 1);
  const format = bytes[start];
  if (format !== 0xc1 && format !== 0xd1) throw new RangeError('The section must be a map.');
  const entries: { key: Buffer; value: Buffer }[] = [];
  for (let at = start + (format === 0xc1 ? 3 : 9); at < bytes.length; ) {
    const middle = endOfValue(bytes, at);
    const end = endOfValue(bytes, middle);
    entries.push({ key: bytes.subarray(at, middle), value: bytes.subarray(middle, end) });
    at = end;
  }
  return entries;
}

function descriptorCode(bytes: Buffer, at: number): number {
  const format = bytes[at];
  if (format === 0x53) return bytes[at + 1] ?? 0;
  if (format === 0x80) return Number(bytes.readBigUInt64BE(at + 1));
  const text = bytes.toString('ascii', format === 0xa3 ? at + 2 : at + 5, endOfValue(bytes, at));
  return symbolicCodes[text] ?? 0;
}

function endOfValue(bytes: Buffer, at: number): number {
  const format = bytes[at];
  if (format === undefined) throw new RangeError('The message ends inside a value.');
  if (format === 0) return endOfValue(bytes, endOfValue(bytes, at + 1));
  const width = fixedWidths[format >> 4];
  if (width !== undefined) return at + 1 + width;
  const isShort = format >> 4 === 0xa || format >> 4 === 0xc || format >> 4 === 0xe;
  return isShort ? at + 2 + bytes.readUInt8(at + 1) : at + 5 + bytes.readUInt32BE(at + 1);
}
