/** The last of those who stand in line, by what they stand in line for. */
const lines = new Map<string, Promise<unknown>>();

/**
 * Runs work on the same thing one after another within this process. Nothing depends on it, since commits check
 * versions anyway; it saves the tries that many requests for one service request would cost each other.
 */
export async function inTurn<Result>(thing: string, work: () => Promise<Result>): Promise<Result> {
  const before = lines.get(thing) ?? Promise.resolve();
  const mine = before.then(work);
  const settled = mine.then(
    () => undefined,
    () => undefined,
  );
  lines.set(thing, settled);
  try {
    return await mine;
  } finally {
    if (lines.get(thing) === settled) lines.delete(thing);
  }
}
