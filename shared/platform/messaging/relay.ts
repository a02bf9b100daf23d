import { type ChangeDocument, type FeedReader, followFeed, type Store } from '../records/index.ts';
import { announce } from './announce.ts';
import type { Messenger } from './messenger.ts';

export type RelayTools = {
  readonly feed: FeedReader;
  readonly leases: Store;
  readonly messenger: Messenger;
  /** Hears of each page before it is told. */
  readonly read?: (changes: readonly ChangeDocument[]) => void;
  /** Hears of each page when it was told, perhaps more than once. Must not throw. */
  readonly told?: (changes: readonly ChangeDocument[]) => Promise<void>;
};

/**
 * Tells everything that was committed since the last time. A checkpoint moves only after Service Bus took the messages, so
 * being killed in between repeats them; their ids make the repetition unheard. Returns how many changes were told.
 */
export function relayOnce({ feed, leases, messenger, read, told }: RelayTools): Promise<number> {
  return followFeed({
    name: 'relay',
    feed,
    leases,
    take: async changes => {
      read?.(changes);
      await messenger.send(changes.flatMap(announce));
      await told?.(changes);
    },
  });
}
