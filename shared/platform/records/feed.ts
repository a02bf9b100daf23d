import type { ChangeFeedIteratorOptions, FeedRange } from '@azure/cosmos';
import { isChange } from './change-as-found.ts';
import type { ChangeDocument } from './documents.ts';
import type { Store, Stored } from './store.ts';

export type FeedPage = {
  readonly changes: readonly Stored<ChangeDocument>[];
  readonly continuation: string;
  /** More is waiting after this page. */
  readonly more: boolean;
};

/** Where reading starts: a range that was never read, or where the last page ended. */
export type FeedPlace =
  | { readonly from: 'beginning'; readonly range: FeedRange }
  | { readonly from: 'continuation'; readonly continuation: string };

/** Container `records`' change feed, by the pull model. */
export type FeedReader = {
  /** The ranges of today. Their continuations follow splits by themselves, so they are asked for once. */
  ranges(): Promise<readonly FeedRange[]>;
  read(place: FeedPlace): Promise<FeedPage>;
};

const PAGE = 100;

/** A reader over the change feed of a container. */
export function feedReader(store: Store): FeedReader {
  return {
    ranges: async () => (await store.container()).getFeedRanges(),
    read: place => readPage(store, place),
  };
}

async function readPage(store: Store, place: FeedPlace): Promise<FeedPage> {
  const { ChangeFeedStartFrom } = await import('@azure/cosmos');
  const options: ChangeFeedIteratorOptions = {
    maxItemCount: PAGE,
    changeFeedStartFrom:
      place.from === 'beginning'
        ? ChangeFeedStartFrom.Beginning(place.range)
        : ChangeFeedStartFrom.Continuation(place.continuation),
  };
  const container = await store.container();
  const page = await container.items.getChangeFeedIterator<ChangeDocument>(options).readNext();
  const documents = (page.result ?? []) as readonly Stored<ChangeDocument>[];
  return {
    // What somebody put there by other ways is found by verification, and keeps nobody's messages and projections waiting.
    changes: documents.filter(isChange),
    continuation: page.continuationToken,
    more: page.statusCode !== 304 && documents.length > 0,
  };
}
