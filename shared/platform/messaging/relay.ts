import { AppError } from '../../kernel/index.ts';
import type { FeedPlace, FeedReader, Store, Stored } from '../records/index.ts';
import { announce } from './announce.ts';
import type { Messenger } from './messenger.ts';

export type RelayTools = {
  readonly feed: FeedReader;
  readonly leases: Store;
  readonly messenger: Messenger;
};

type RangeEntry = {
  readonly id: string;
  readonly type: 'relay-range';
  readonly continuation: string | null;
  readonly range: unknown;
};
type RangesEntry = { readonly id: 'relay'; readonly type: 'relay'; readonly ranges: readonly string[] };

const MOST_PAGES = 50;

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
  const feedRanges = await tools.feed.ranges();
  const ids = await Promise.all(
    feedRanges.map(async (range, index) => {
      const id = `relay:${index}`;
      const entry: RangeEntry = {
        id,
        type: 'relay-range',
        continuation: null,
        range: { minInclusive: range.minInclusive, maxExclusive: range.maxExclusive },
      };
      await tools.leases.create([id], entry);
      return id;
    }),
  );
  await tools.leases.create<RangesEntry>(['relay'], { id: 'relay', type: 'relay', ranges: ids });
  return ids;
}

async function relayRange(tools: RelayTools, id: string): Promise<number> {
  let told = 0;
  for (let page = 0; page < MOST_PAGES; page += 1) {
    const checkpoint = await tools.leases.read<RangeEntry>([id], id);
    if (checkpoint === undefined) return told;
    const { changes, continuation, more } = await tools.feed.read(await placeOf(tools, checkpoint));
    await tools.messenger.send(changes.flatMap(announce));
    told += changes.length;
    if (continuation === checkpoint.continuation) return told;
    const moved = await move(tools, checkpoint, continuation);
    if (!moved || !more) return told;
  }
  return told;
}

async function placeOf(tools: RelayTools, checkpoint: RangeEntry): Promise<FeedPlace> {
  if (checkpoint.continuation !== null)
    return { from: 'continuation', continuation: checkpoint.continuation };
  const wanted = JSON.stringify(checkpoint.range);
  const ranges = await tools.feed.ranges();
  const range = ranges.find(
    candidate =>
      JSON.stringify({ minInclusive: candidate.minInclusive, maxExclusive: candidate.maxExclusive }) ===
      wanted,
  );
  // The range was split before it was first read: its place is found again by beginning anew.
  if (range === undefined)
    throw new AppError('platform.relay_range_gone', { status: 503, retry: 'later' }, { wanted });
  return { from: 'beginning', range };
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
