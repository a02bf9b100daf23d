import type { ChangeDocument, FeedPlace, FeedReader, Store, Stored } from '../records/index.ts';
import { announce } from './announce.ts';
import type { Messenger } from './messenger.ts';

export type RelayTools = {
  readonly feed: FeedReader;
  readonly leases: Store;
  readonly messenger: Messenger;
  /** Hears of each page before it is told. */
  readonly read?: (changes: readonly ChangeDocument[]) => void;
};

type Range = { readonly minInclusive: string; readonly maxExclusive: string };
type RangeEntry = {
  readonly id: string;
  readonly type: 'relay-range';
  readonly continuation: string | null;
  readonly range: Range;
};
type RangesEntry = { readonly id: 'relay'; readonly type: 'relay'; readonly ranges: readonly string[] };

const MOST_PAGES = 50;
/** Ranges are replaced side by side in one entry; who never gets through does with the next relay. */
const MOST_TRIES = 10;

/**
 * Reads every range of the change feed from its checkpoint and tells what it finds. A checkpoint moves, under
 * its ETag, only after Service Bus took the messages, so being killed in between repeats them; their ids make
 * the repetition unheard. Two relays at once do no harm for the same reason. Returns how many changes were told.
 */
export async function relayOnce(tools: RelayTools): Promise<number> {
  const ranges = await knownRanges(tools);
  const counts = await Promise.all(ranges.map(id => relayRange(tools, id)));
  return counts.reduce((sum, count) => sum + count, 0);
}

/** The ranges are written down once; their continuations follow splits by themselves. */
async function knownRanges(tools: RelayTools): Promise<readonly string[]> {
  const known = await tools.leases.read<RangesEntry>(['relay'], 'relay');
  if (known !== undefined) return known.ranges;
  const ids = await addRanges(tools, await tools.feed.ranges());
  await tools.leases.create<RangesEntry>(['relay'], { id: 'relay', type: 'relay', ranges: ids });
  return ids;
}

/** Gives each range a checkpoint before its beginning; the ids come from the ranges, so that doing it twice is once. */
async function addRanges(tools: RelayTools, ranges: readonly Range[]): Promise<readonly string[]> {
  return Promise.all(
    ranges.map(async ({ minInclusive, maxExclusive }) => {
      const id = `relay:${minInclusive}-${maxExclusive}`;
      const range = { minInclusive, maxExclusive };
      await tools.leases.create<RangeEntry>([id], { id, type: 'relay-range', continuation: null, range });
      return id;
    }),
  );
}

async function relayRange(tools: RelayTools, id: string): Promise<number> {
  let told = 0;
  for (let page = 0; page < MOST_PAGES; page += 1) {
    const checkpoint = await tools.leases.read<RangeEntry>([id], id);
    if (checkpoint === undefined) return told;
    const place = await placeOf(tools, checkpoint);
    if (place === undefined) return told;
    const { changes, continuation, more } = await tools.feed.read(place);
    tools.read?.(changes);
    await tools.messenger.send(changes.flatMap(announce));
    told += changes.length;
    if (continuation === checkpoint.continuation) return told;
    const moved = await move(tools, checkpoint, continuation);
    if (!moved || !more) return told;
  }
  return told;
}

/** Where to read on; undefined when the range is no more and others have taken its place. */
async function placeOf(tools: RelayTools, checkpoint: RangeEntry): Promise<FeedPlace | undefined> {
  const { id, continuation, range: wanted } = checkpoint;
  if (continuation !== null) return { from: 'continuation', continuation };
  const ranges = await tools.feed.ranges();
  const range = ranges.find(
    ({ minInclusive, maxExclusive }) =>
      minInclusive === wanted.minInclusive && maxExclusive === wanted.maxExclusive,
  );
  if (range !== undefined) return { from: 'beginning', range };
  const heirs = ranges.filter(
    ({ minInclusive, maxExclusive }) =>
      minInclusive < wanted.maxExclusive && maxExclusive > wanted.minInclusive,
  );
  await replaceRange(tools, id, heirs);
  return undefined;
}

/**
 * A range that was split or merged before it was first read: the SDK begins only at ranges that are there today, so those
 * over the same keys take its place and are read from the beginning by the next relay. What a merged one tells for the
 * second time is unheard.
 */
async function replaceRange(tools: RelayTools, id: string, heirs: readonly Range[]): Promise<void> {
  const ids = await addRanges(tools, heirs);
  for (let tries = 0; tries < MOST_TRIES; tries += 1) {
    const known = await tools.leases.read<RangesEntry>(['relay'], 'relay');
    if (known === undefined) return;
    const ranges = [...new Set([...known.ranges.filter(range => range !== id), ...ids])];
    const next: RangesEntry = { id: 'relay', type: 'relay', ranges };
    if ((await tools.leases.replace(['relay'], next, known._etag)) === 'replaced') return;
  }
}

/** Somebody else moving it first is fine: what they passed they have told. */
async function move(
  tools: RelayTools,
  checkpoint: Stored<RangeEntry>,
  continuation: string,
): Promise<boolean> {
  const { id, type, range } = checkpoint;
  const outcome = await tools.leases.replace<RangeEntry>(
    [id],
    { id, type, range, continuation },
    checkpoint._etag,
  );
  return outcome === 'replaced';
}
