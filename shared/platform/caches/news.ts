import type { Store } from '../records/index.ts';
import type { CacheFeed } from './cache-feed.ts';

/** Tells caches of all instances that something has changed which is not in the container that they follow. */
export type News = {
  /** Not waited for by whoever changed it: what is not told is found out when the caches' time is over. */
  tell(topic: string): Promise<void>;
  on(listener: (topic: string) => void): void;
};

const PREFIX = 'news:';

/** News are entries of the container that the feed follows: one for each topic, written anew each time. */
export function openNews(store: Store, feed: CacheFeed, newKey: () => string): News {
  return {
    tell: async topic => {
      const id = `${PREFIX}${topic}`;
      const entry = { id, told: newKey() };
      if ((await store.create([id], entry)) === 'created') return;
      const before = await store.read([id], id);
      // Who wrote it meanwhile did so after this change: their news are this one's, too.
      if (before !== undefined) await store.replace([id], entry, before._etag);
    },
    on: listener =>
      feed.onChange(id => {
        if (id.startsWith(PREFIX)) listener(id.slice(PREFIX.length));
      }),
  };
}
