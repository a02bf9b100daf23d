import rhea, { type Typed } from 'rhea';

const { types } = rhea;

/** Reads one encoded value. */
export function readValue(bytes: Buffer): Typed {
  // The typings of rhea leave out the Reader and Writer that its types object has.
  const { Reader } = types as unknown as { Reader: new (buffer: Buffer) => { read(): Typed } };
  return new Reader(bytes).read();
}

/** Encodes one value. */
export function writeValue(value: Typed): Buffer {
  const { Writer } = types as unknown as { Writer: new () => { write(v: Typed): void; toBuffer(): Buffer } };
  const writer = new Writer();
  writer.write(value);
  return writer.toBuffer();
}

/** The items of a list, or the alternating keys and values of a map. */
export function itemsOf(value: Typed): Typed[] {
  const items: unknown = value.value;
  // rhea reads compound values as arrays of typed values.
  return Array.isArray(items) ? (items as Typed[]) : [];
}

/** The plain JavaScript value of a typed one, undefined for null. */
export function plain(value: Typed | undefined): unknown {
  const unwrapped: unknown = value === undefined ? undefined : types.unwrap(value);
  return unwrapped === null ? undefined : unwrapped;
}

/** A described list or map of already typed items. */
export function described(code: number, kind: 'list' | 'map', items: readonly Typed[]): Typed {
  const { List32, Map32 } = types as unknown as Record<
    'List32' | 'Map32',
    (items: readonly Typed[]) => Typed
  >;
  return types.described(types.wrap_ulong(code), kind === 'list' ? List32(items) : Map32(items));
}

/** Reads a map section as pairs of typed values. */
export function pairsOf(section: Buffer): [Typed, Typed][] {
  const items = itemsOf(readValue(section));
  const pairs: [Typed, Typed][] = [];
  for (let index = 0; index + 1 < items.length; index += 2) {
    const key = items[index];
    const value = items[index + 1];
    if (key !== undefined && value !== undefined) pairs.push([key, value]);
  }
  return pairs;
}

/** The plain value in such pairs by its key, undefined when it is not there. */
export function valueIn(pairs: readonly (readonly [Typed, Typed])[], name: string): unknown {
  return plain(pairs.find(([key]) => String(key.value) === name)?.[1]);
}
