/** Cosmos DB: at most 1,023 bytes. */
const MOST_BYTES = 1023;
/** Characters that Cosmos DB or its SDK refuse in the id of an item, and those that no id of ours has: controls, halves of characters. */
const REFUSED = /[/\\?#\p{Cc}\p{Cs}]/u;
/** Steps in a path: a URL with one of these names something else than an item. */
const STEPS = ['.', '..'];

/**
 * Whether an item can have this id at all (https://learn.microsoft.com/azure/cosmos-db/concepts-limits#per-item-limits): what cannot is not
 * there, and is never asked for.
 */
export function isDocumentId(id: string): boolean {
  if (id.trim() === '' || id.endsWith(' ') || STEPS.includes(id) || REFUSED.test(id)) return false;
  return Buffer.byteLength(id) <= MOST_BYTES;
}
