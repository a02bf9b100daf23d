const mask64 = 0xffff_ffff_ffff_ffffn;
const c1 = 0x87c37b91114253d5n;
const c2 = 0x4cf5ad432745937fn;

function rotateLeft(value: bigint, bits: bigint): bigint {
  return ((value << bits) | (value >> (64n - bits))) & mask64;
}

function finalMix(value: bigint): bigint {
  let mixed = value;
  mixed ^= mixed >> 33n;
  mixed = (mixed * 0xff51afd7ed558ccdn) & mask64;
  mixed ^= mixed >> 33n;
  mixed = (mixed * 0xc4ceb9fe1a85ec53n) & mask64;
  return mixed ^ (mixed >> 33n);
}

function mixFirst(block: bigint): bigint {
  return (rotateLeft((block * c1) & mask64, 31n) * c2) & mask64;
}

function mixSecond(block: bigint): bigint {
  return (rotateLeft((block * c2) & mask64, 33n) * c1) & mask64;
}

function littleEndian(bytes: Uint8Array, from: number, to: number): bigint {
  let value = 0n;
  for (let at = Math.min(to, bytes.length) - 1; at >= from; at--)
    value = (value << 8n) | BigInt(bytes[at] ?? 0);
  return value;
}

/** MurmurHash3 x64 128 with seed 0, as its two halves (Austin Appleby, public domain reference `MurmurHash3_x64_128`). */
export function murmur128(bytes: Uint8Array): readonly [bigint, bigint] {
  let h1 = 0n;
  let h2 = 0n;
  const whole = bytes.length - (bytes.length % 16);
  for (let at = 0; at < whole; at += 16) {
    h1 ^= mixFirst(littleEndian(bytes, at, at + 8));
    h1 = ((rotateLeft(h1, 27n) + h2) * 5n + 0x52dce729n) & mask64;
    h2 ^= mixSecond(littleEndian(bytes, at + 8, at + 16));
    h2 = ((rotateLeft(h2, 31n) + h1) * 5n + 0x38495ab5n) & mask64;
  }
  if (bytes.length - whole > 8) h2 ^= mixSecond(littleEndian(bytes, whole + 8, bytes.length));
  if (bytes.length > whole) h1 ^= mixFirst(littleEndian(bytes, whole, whole + 8));
  h1 ^= BigInt(bytes.length);
  h2 ^= BigInt(bytes.length);
  h1 = (h1 + h2) & mask64;
  h2 = (h2 + h1) & mask64;
  h1 = finalMix(h1);
  h2 = finalMix(h2);
  h1 = (h1 + h2) & mask64;
  h2 = (h2 + h1) & mask64;
  return [h1, h2];
}

function multiply32(left: number, right: number): number {
  return Math.imul(left, right);
}

function rotate32(value: number, bits: number): number {
  return (value << bits) | (value >>> (32 - bits));
}

/** MurmurHash3 x86 32 with seed 0, as an unsigned number (public domain reference `MurmurHash3_x86_32`). */
export function murmur32(bytes: Uint8Array): number {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const whole = bytes.length - (bytes.length % 4);
  const mix = (block: number): number => multiply32(rotate32(multiply32(block, 0xcc9e2d51), 15), 0x1b873593);
  let hash = 0;
  for (let at = 0; at < whole; at += 4) {
    hash = multiply32(rotate32(hash ^ mix(view.getInt32(at, true)), 13), 5) + 0xe6546b64;
  }
  let tail = 0;
  for (let at = bytes.length - 1; at >= whole; at--) tail = (tail << 8) | (bytes[at] ?? 0);
  if (bytes.length > whole) hash ^= mix(tail);
  hash ^= bytes.length;
  hash = multiply32(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = multiply32(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}
