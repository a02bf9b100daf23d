import { createHash } from 'node:crypto';

/**
 * The root of the Merkle tree over these texts, as lower-case hex (RFC 6962 section 2.1 with SHA-256): whoever knows it
 * can be shown that one text is among them without seeing the others.
 */
export function merkleRoot(leaves: readonly string[]): string {
  if (leaves.length === 0) return createHash('sha256').digest('hex');
  let level: readonly Uint8Array[] = leaves.map(leaf =>
    createHash('sha256').update('\0').update(leaf).digest(),
  );
  // Pairs from the left, level by level, give the tree of the RFC: an odd one moves up as it is.
  while (level.length > 1) {
    const next: Uint8Array[] = [];
    for (let at = 0; at < level.length; at += 2) {
      const [left, right] = [level[at], level[at + 1]];
      if (left === undefined) break;
      next.push(
        right === undefined ? left : createHash('sha256').update('\x01').update(left).update(right).digest(),
      );
    }
    level = next;
  }
  return Buffer.from(level[0] ?? []).toString('hex');
}
