import type { ChangeDocument } from './documents.ts';
import type { FeedPlace, FeedReader } from './feed.ts';
import type { Store, Stored } from './store.ts';

/** Who follows the change feed: a name for its checkpoints, and what it does with each page of changes. */
export type Follower = {
  readonly name: string;
  readonly feed: FeedReader;
  /** Where the checkpoints stand. */
  readonly leases: Store;
  /** May be handed the same changes again. What it throws leaves the checkpoint where it was. */
  readonly take: (changes: readonly ChangeDocument[]) => Promise<void>;
};

type Range = { readonly minInclusive: string; readonly maxExclusive: string };
type RangeEntry = {
  readonly id: string;
  readonly type: 'relay-range';
  readonly continuation: string | null;
  readonly range: Range;
};
type RangesEntry = { readonly id: string; readonly type: 'relay'; readonly ranges: readonly string[] };

const MOST_PAGES = 50;
/** Ranges are replaced side by side in one entry; who never gets through does with the next relay. */
const MOST_TRIES = 10;

/**
 * Reads every range of the change feed from the follower's checkpoint and hands over what it finds. A checkpoint moves,
 * under its ETag, only after the changes were taken, so being killed in between repeats them. Two that follow under one
 * name at once do no harm when taking twice does none. Returns how many changes were taken.
 */
export async function followFeed(follower: Follower): Promise<number> {
  const ranges = await knownRanges(follower);
  const counts = await Promise.all(ranges.map(id => followRange(follower, id)));
  return counts.reduce((sum, count) => sum + count, 0);
}

/** The ranges are written down once; their continuations follow splits by themselves. */
async function knownRanges(follower: Follower): Promise<readonly string[]> {
  const known = await follower.leases.read<RangesEntry>([follower.name], follower.name);
  if (known !== undefined) return known.ranges;
  const ids = await addRanges(follower, await follower.feed.ranges());
  await follower.leases.create<RangesEntry>([follower.name], {
    id: follower.name,
    type: 'relay',
    ranges: ids,
  });
  return ids;
}

/** Gives each range a checkpoint before its beginning; the ids come from the ranges, so that doing it twice is once. */
async function addRanges(follower: Follower, ranges: readonly Range[]): Promise<readonly string[]> {
  return Promise.all(
    ranges.map(async ({ minInclusive, maxExclusive }) => {
      const id = `${follower.name}:${minInclusive}-${maxExclusive}`;
      const range = { minInclusive, maxExclusive };
      await follower.leases.create<RangeEntry>([id], { id, type: 'relay-range', continuation: null, range });
      return id;
    }),
  );
}

async function followRange(follower: Follower, id: string): Promise<number> {
  let taken = 0;
  for (let page = 0; page < MOST_PAGES; page += 1) {
    const checkpoint = await follower.leases.read<RangeEntry>([id], id);
    if (checkpoint === undefined) return taken;
    const place = await placeOf(follower, checkpoint);
    if (place === undefined) return taken;
    const { changes, continuation, more } = await follower.feed.read(place);
    await follower.take(changes);
    taken += changes.length;
    if (continuation === checkpoint.continuation) return taken;
    const moved = await move(follower, checkpoint, continuation);
    if (!moved || !more) return taken;
  }
  return taken;
}

/** Where to read on; undefined when the range is no more and others have taken its place. */
async function placeOf(follower: Follower, checkpoint: RangeEntry): Promise<FeedPlace | undefined> {
  const { id, continuation, range: wanted } = checkpoint;
  if (continuation !== null) return { from: 'continuation', continuation };
  const ranges = await follower.feed.ranges();
  const range = ranges.find(
    ({ minInclusive, maxExclusive }) =>
      minInclusive === wanted.minInclusive && maxExclusive === wanted.maxExclusive,
  );
  if (range !== undefined) return { from: 'beginning', range };
  const heirs = ranges.filter(
    ({ minInclusive, maxExclusive }) =>
      minInclusive < wanted.maxExclusive && maxExclusive > wanted.minInclusive,
  );
  await replaceRange(follower, id, heirs);
  return undefined;
}

/**
 * A range that was split or merged before it was first read: the SDK begins only at ranges that are there today, so those
 * over the same keys take its place and are read from the beginning by the next relay. What a merged one tells for the
 * second time is unheard.
 */
async function replaceRange(follower: Follower, id: string, heirs: readonly Range[]): Promise<void> {
  const ids = await addRanges(follower, heirs);
  for (let tries = 0; tries < MOST_TRIES; tries += 1) {
    const known = await follower.leases.read<RangesEntry>([follower.name], follower.name);
    if (known === undefined) return;
    const ranges = [...new Set([...known.ranges.filter(range => range !== id), ...ids])];
    const next: RangesEntry = { id: follower.name, type: 'relay', ranges };
    if ((await follower.leases.replace([follower.name], next, known._etag)) === 'replaced') return;
  }
}

/** Somebody else moving it first is fine: what they passed they have told. */
async function move(
  follower: Follower,
  checkpoint: Stored<RangeEntry>,
  continuation: string,
): Promise<boolean> {
  const { id, type, range } = checkpoint;
  const outcome = await follower.leases.replace<RangeEntry>(
    [id],
    { id, type, range, continuation },
    checkpoint._etag,
  );
  return outcome === 'replaced';
}
