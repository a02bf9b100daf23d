import type { Json, Value } from './json.ts';
import { isObject } from './json.ts';
import { murmur32, murmur128 } from './murmur.ts';

export type KeyKind = 'MultiHash' | 'HashV2' | 'HashV1';
/** One level of a partition key; undefined is the level that the document does not have (`{}` on the wire). */
export type KeyPart = string | number | boolean | null | undefined;

/** A value as a level of a key: lists and objects count as not there. */
export function keyPart(value: Value): KeyPart {
  if (value !== null && typeof value === 'object') return undefined;
  return value;
}

const utf8 = new TextEncoder();
// The type markers of the service's key encoding; they are part of the hash (see utils/hashing/encoding in @azure/cosmos).
const marker = { undefined: 0, null: 1, false: 2, true: 3, number: 5, string: 8, infinity: 0xff } as const;

function numberBytes(value: number): Uint8Array {
  const bytes = new Uint8Array(8);
  new DataView(bytes.buffer).setFloat64(0, value, true);
  return bytes;
}

function hashInput(part: KeyPart, endOfString: number): Uint8Array {
  if (part === undefined) return Uint8Array.of(marker.undefined);
  if (part === null) return Uint8Array.of(marker.null);
  if (typeof part === 'boolean') return Uint8Array.of(part ? marker.true : marker.false);
  if (typeof part === 'number') return Uint8Array.of(marker.number, ...numberBytes(part));
  return Uint8Array.of(marker.string, ...utf8.encode(part), endOfString);
}

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('hex').toUpperCase();
}

function hashV2(part: KeyPart): string {
  const [h1, h2] = murmur128(hashInput(part, marker.infinity));
  const text = h2.toString(16).padStart(16, '0') + h1.toString(16).padStart(16, '0');
  const bytes = Buffer.from(text, 'hex');
  bytes[0] = (bytes[0] ?? 0) & 0x3f;
  return hex(bytes);
}

/** A number in the sortable, length-saving form of the first key version: seven bits per byte after the first byte. */
function sortableNumber(value: number): number[] {
  const view = new DataView(new ArrayBuffer(8));
  view.setFloat64(0, value);
  const raw = view.getBigUint64(0);
  const sign = 1n << 63n;
  let rest = BigInt.asUintN(64, raw < sign ? raw ^ sign : ~raw + 1n);
  const bytes = [marker.number, Number(rest >> 56n)];
  rest = BigInt.asUintN(64, rest << 8n);
  const groups: number[] = [];
  do {
    groups.push(Number(rest >> 56n) | 1);
    rest = BigInt.asUintN(64, rest << 7n);
  } while (rest !== 0n);
  const last = groups.pop() ?? 0;
  return [...bytes, ...groups, last & 0xfe].filter((byte, at) => at < 2 || byte !== 0);
}

function sortableString(text: string): number[] {
  const bytes = [...utf8.encode(text)];
  const short = text.length <= 100;
  const shown = short ? bytes : bytes.slice(0, 101);
  return [marker.string, ...shown.map(byte => (byte < 0xff ? byte + 1 : byte)), ...(short ? [0] : [])];
}

function hashV1(part: KeyPart): string {
  const cut = typeof part === 'string' ? part.slice(0, 100) : part;
  const hashed = sortableNumber(murmur32(hashInput(cut, marker.undefined)));
  let encoded: number[];
  if (typeof cut === 'string') encoded = sortableString(cut);
  else if (typeof cut === 'number') encoded = sortableNumber(cut);
  else encoded = [...hashInput(cut, 0)];
  return hex(Uint8Array.of(...hashed, ...encoded));
}

/** The effective partition key of some first levels: where in the hash space they live, as upper-case hexadecimal. */
export function effectiveKey(parts: readonly KeyPart[], kind: KeyKind): string {
  if (kind === 'HashV1') return hashV1(parts[0]);
  if (kind === 'HashV2') return hashV2(parts[0]);
  return parts.map(hashV2).join('');
}

export type EpkRange = { readonly min: string; readonly max: string };

/** Where all keys with these first levels live: a half-open range for a prefix, that range's first point for a full key. */
export function prefixRange(parts: readonly KeyPart[], kind: KeyKind): EpkRange {
  const min = effectiveKey(parts, kind);
  return { min, max: `${min}FF` };
}

/** Splits the whole hash space evenly. Version 2 hashes begin with 00 to 3F, version 1 hashes with 05C0 or more. */
export function evenRanges(count: number, kind: KeyKind): readonly EpkRange[] {
  const bounds = [''];
  for (let at = 1; at < count; at++) {
    if (kind === 'HashV1') bounds.push(hashBoundV1(at / count));
    else
      bounds.push(
        Math.floor((at / count) * 0x4000)
          .toString(16)
          .toUpperCase()
          .padStart(4, '0')
          .padEnd(32, '0'),
      );
  }
  return bounds.map((min, at) => ({ min, max: bounds[at + 1] ?? 'FF' }));
}

function hashBoundV1(share: number): string {
  return hex(Uint8Array.of(...sortableNumber(Math.floor(share * 0xffff_ffff))));
}

/** Reads the JSON of a partition key header: an array whose `{}` stands for an undefined level. Undefined when malformed. */
export function keyParts(value: Json): readonly KeyPart[] | undefined {
  if (!Array.isArray(value)) return undefined;
  const parts: KeyPart[] = [];
  for (const part of value as readonly Json[]) {
    if (isObject(part) && Object.keys(part).length === 0) parts.push(undefined);
    else if (part === null || typeof part !== 'object') parts.push(part);
    else return undefined;
  }
  return parts;
}
