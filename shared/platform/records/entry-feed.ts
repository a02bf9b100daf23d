import type { ChangeFeedIteratorOptions, Container } from '@azure/cosmos';
import type { Store } from './store.ts';

/** Up to where each range of a container's change feed was read. */
export type EntryFeedPosition = readonly string[];

/** Ids of a container's items as they change, for who was there when it began; nothing is written down. */
export type EntryFeedReader = {
  begin(): Promise<EntryFeedPosition>;
  read(position: EntryFeedPosition): Promise<{
    readonly ids: readonly string[];
    readonly position: EntryFeedPosition;
  }>;
};

const PAGE = 1000;
const MOST_PAGES = 20;

/** Reads a container's change feed from now on. */
export function entryFeed(store: Store): EntryFeedReader {
  return {
    begin: async () => {
      const { ChangeFeedStartFrom } = await import('@azure/cosmos');
      const container = await store.container();
      const ranges = await container.getFeedRanges();
      return Promise.all(
        ranges.map(async range => {
          const options = { maxItemCount: PAGE, changeFeedStartFrom: ChangeFeedStartFrom.Now(range) };
          return (await readPage(container, options)).continuation;
        }),
      );
    },
    read: async position => {
      const container = await store.container();
      const ranges = await Promise.all(position.map(continuation => readRange(container, continuation)));
      return {
        ids: ranges.flatMap(({ ids }) => ids),
        position: ranges.map(({ continuation }) => continuation),
      };
    },
  };
}

type Page = { readonly ids: readonly string[]; readonly continuation: string; readonly more: boolean };

async function readRange(container: Container, from: string): Promise<Page> {
  const { ChangeFeedStartFrom } = await import('@azure/cosmos');
  const ids: string[] = [];
  let continuation = from;
  for (let pages = 0; pages < MOST_PAGES; pages += 1) {
    const changeFeedStartFrom = ChangeFeedStartFrom.Continuation(continuation);
    const page = await readPage(container, { maxItemCount: PAGE, changeFeedStartFrom });
    ids.push(...page.ids);
    continuation = page.continuation;
    if (!page.more) break;
  }
  return { ids, continuation, more: false };
}

async function readPage(container: Container, options: ChangeFeedIteratorOptions): Promise<Page> {
  const page = await container.items.getChangeFeedIterator<{ readonly id: string }>(options).readNext();
  const documents = page.result ?? [];
  return {
    ids: documents.map(({ id }) => id),
    continuation: page.continuationToken,
    more: page.statusCode !== 304 && documents.length > 0,
  };
}
