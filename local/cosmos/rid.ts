// Resource ids are bytes in base64 whose '/' is written '-': 4 for a database, 4 more for a container, 8 more for what is inside.

function encode(bytes: Buffer): string {
  return bytes.toString('base64').replaceAll('/', '-');
}

function decode(rid: string): Buffer {
  return Buffer.from(rid.replaceAll('-', '/'), 'base64');
}

/** The resource id of the n-th database. */
export function databaseRid(number: number): string {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(number);
  return encode(bytes);
}

/** The resource id of the n-th container; the high bit marks a container, as in the service. */
export function containerRid(database: string, number: number): string {
  const bytes = Buffer.alloc(8);
  decode(database).copy(bytes);
  bytes.writeUInt32BE((number | 0x8000_0000) >>> 0, 4);
  return encode(bytes);
}

/** The resource id of something inside a container: document number, range number and such. */
export function childRid(container: string, number: number): string {
  const bytes = Buffer.alloc(16);
  decode(container).copy(bytes);
  bytes.writeBigUInt64LE(BigInt(number), 8);
  return encode(bytes);
}

/** The number of the document in a resource id of one; undefined for other resource ids. */
export function documentNumber(rid: string): number | undefined {
  const bytes = decode(rid);
  return bytes.length === 16 ? Number(bytes.readBigUInt64LE(8)) : undefined;
}
