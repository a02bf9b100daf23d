/** What an instance follows: ids of entries that changed since the call before. `undefined` begins now. */
export type EntryFeed = {
  begin(): Promise<FeedPosition>;
  read(position: FeedPosition): Promise<{ readonly ids: readonly string[]; readonly position: FeedPosition }>;
};
/** Where each range of the feed was read up to. */
export type FeedPosition = readonly string[];

/** Lets caches of all instances forget what has changed, within seconds, without a read per request. */
export type CacheFeed = {
  /** Hears of the id of every entry that changed. */
  onChange(listener: (id: string) => void): void;
  /** Whether what was read at `readAt` (milliseconds) would have been told had it changed since. */
  covers(readAt: number): boolean;
};

const POLL_MILLISECONDS = 2000;
/** Who has not heard of the feed for so long does not rely on it. */
const TRUST_MILLISECONDS = 10_000;
/** Nobody asked for so long: the instance is idle, and polls no more until somebody does. */
const IDLE_MILLISECONDS = 60_000;

/**
 * Follows the feed while caches are asked. Everything is best effort: as long as the feed is out, caches fall back to keeping
 * things for a short time.
 */
export function openCacheFeed(feed: EntryFeed, now: () => Date): CacheFeed {
  const listeners: ((id: string) => void)[] = [];
  let askedAt = Number.NEGATIVE_INFINITY;
  let begunAt = Number.POSITIVE_INFINITY;
  let heardAt = Number.NEGATIVE_INFINITY;
  let position: FeedPosition | undefined;
  let isRunning = false;

  const poll = async (): Promise<void> => {
    if (position === undefined) {
      position = await feed.begin();
      begunAt = now().getTime();
    } else {
      const page = await feed.read(position);
      for (const id of page.ids) for (const listener of listeners) listener(id);
      position = page.position;
    }
    heardAt = now().getTime();
  };
  const run = async (): Promise<void> => {
    await poll().catch(() => undefined);
    if (now().getTime() - askedAt > IDLE_MILLISECONDS) {
      isRunning = false;
      return;
    }
    setTimeout(() => void run(), POLL_MILLISECONDS).unref();
  };
  return {
    onChange: listener => {
      listeners.push(listener);
    },
    covers: readAt => {
      askedAt = now().getTime();
      if (!isRunning) {
        isRunning = true;
        setTimeout(() => void run(), 0).unref();
      }
      return readAt >= begunAt && askedAt - heardAt < TRUST_MILLISECONDS;
    },
  };
}
