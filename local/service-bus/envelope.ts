import rhea, { type Typed } from 'rhea';
import { sectionCode } from './amqp-sections.ts';
import { described, pairsOf, plain, writeValue } from './amqp-values.ts';

/** Encoded as they stand in a header; a null where the sender set nothing. */
type Envelope = {
  readonly durable: Buffer;
  readonly priority: Buffer;
  readonly firstAcquirer: Buffer;
  /** The whole section, empty when there is none. */
  readonly deliveryAnnotations: Buffer;
};

const nothing = Buffer.from([0x40]);
const empty = Buffer.alloc(0);
const none: Envelope = {
  durable: nothing,
  priority: nothing,
  firstAcquirer: nothing,
  deliveryAnnotations: empty,
};

/**
 * Keeps what the service passes on of a header (durable, priority, first acquirer) and of delivery annotations. Null when
 * nothing of it is set, as with nearly all messages.
 */
export function sealEnvelope(
  header: readonly Typed[],
  deliveryAnnotations: Buffer | undefined,
): Buffer | null {
  const [durable, priority, , firstAcquirer] = header.map(plain);
  const isPlain = durable === undefined && priority === undefined && firstAcquirer === undefined;
  if (isPlain && deliveryAnnotations === undefined) return null;
  const level = typeof priority === 'number' ? [1, priority & 0xff] : [0, 0];
  return Buffer.concat([
    Buffer.from([flag(durable), flag(firstAcquirer), ...level]),
    deliveryAnnotations ?? empty,
  ]);
}

/** What `sealEnvelope` kept. */
export function openEnvelope(sealed: Buffer | null): Envelope {
  if (sealed === null) return none;
  return {
    durable: sealed.subarray(0, 1),
    firstAcquirer: sealed.subarray(1, 2),
    priority: sealed[2] === 1 ? Buffer.from([0x50, sealed[3] ?? 0]) : nothing,
    deliveryAnnotations: sealed.subarray(4),
  };
}

/** The envelope with one more delivery annotation, a whole number. */
export function annotateEnvelope(sealed: Buffer | null, name: string, value: number): Buffer {
  const { types } = rhea;
  const { deliveryAnnotations } = openEnvelope(sealed);
  const given = deliveryAnnotations.length === 0 ? [] : pairsOf(deliveryAnnotations);
  const items = [...given.flat(), types.wrap_symbol(name), types.wrap_long(value)];
  const section = writeValue(described(sectionCode.deliveryAnnotations, 'map', items));
  return Buffer.concat([sealed?.subarray(0, 4) ?? Buffer.from([0x40, 0x40, 0, 0]), section]);
}

function flag(value: unknown): number {
  return value === undefined ? 0x40 : value === true ? 0x41 : 0x42;
}
