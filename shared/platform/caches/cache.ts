import type { CacheFeed } from './cache-feed.ts';

/** What was read a moment ago, by key. Its loss only slows. */
export type Cache<T> = {
  get(key: string): Promise<T>;
  forget(key: string): void;
};

export type CacheOptions<T> = {
  readonly load: (key: string) => Promise<T>;
  readonly keepMilliseconds: (value: T) => number;
  readonly most: number;
  readonly now: () => Date;
  /** Tells which keys have changed; what it covers is kept for longer. */
  readonly feed?: CacheFeed;
};

/** So long at most, even if nobody said that it has changed. */
const LONGEST_MILLISECONDS = 10 * 60_000;

type Kept<T> = { readonly value: T; readonly readAt: number };

/**
 * A bounded cache: the oldest entry makes way. Whoever asks while a value is being read waits for the same read; what was
 * forgotten during a read is not kept.
 */
export function openCache<T>({ load, keepMilliseconds, most, now, feed }: CacheOptions<T>): Cache<T> {
  const kept = new Map<string, Kept<T>>();
  const reading = new Map<string, Promise<T>>();
  const read = (key: string): Promise<T> => {
    const readAt = now().getTime();
    feed?.covers(readAt);
    const started = load(key)
      .then(value => {
        if (reading.get(key) !== started) return value;
        if (kept.size >= most) kept.delete(kept.keys().next().value ?? '');
        kept.set(key, { value, readAt });
        return value;
      })
      .finally(() => {
        if (reading.get(key) === started) reading.delete(key);
      });
    reading.set(key, started);
    return started;
  };
  const isGood = ({ value, readAt }: Kept<T>): boolean => {
    const age = now().getTime() - readAt;
    const isCovered = feed?.covers(readAt) === true;
    return age < (isCovered ? LONGEST_MILLISECONDS : keepMilliseconds(value));
  };
  const forget = (key: string): void => {
    kept.delete(key);
    reading.delete(key);
  };
  feed?.onChange(forget);
  return {
    get: async key => {
      const known = kept.get(key);
      if (known !== undefined && isGood(known)) return known.value;
      return reading.get(key) ?? read(key);
    },
    forget,
  };
}
