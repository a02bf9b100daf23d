/**
 * A lock token is a GUID. In delivery tags its bytes stand as .NET orders them (the first three
 * groups little-endian), in $management requests as RFC 9562 does; here it is the hexadecimal of the latter.
 */
const dotnetOrder = [3, 2, 1, 0, 5, 4, 7, 6, 8, 9, 10, 11, 12, 13, 14, 15];

/** The delivery tag for a token. */
export function tagOfToken(token: string): Buffer {
  return reorder(Buffer.from(token, 'hex'));
}

/** The token in a delivery tag. */
export function tokenOfTag(tag: Buffer | string): string {
  return reorder(typeof tag === 'string' ? Buffer.from(tag) : tag).toString('hex');
}

function reorder(bytes: Buffer): Buffer {
  return Buffer.from(dotnetOrder.map(index => bytes[index] ?? 0));
}
