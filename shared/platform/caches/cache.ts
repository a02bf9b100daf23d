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
};

type Kept<T> = { readonly value: T; readonly until: number };

/**
 * A bounded cache: the oldest entry makes way. Whoever asks while a value is being read waits for the same read; what was
 * forgotten during a read is not kept.
 */
export function openCache<T>({ load, keepMilliseconds, most, now }: CacheOptions<T>): Cache<T> {
  const kept = new Map<string, Kept<T>>();
  const reading = new Map<string, Promise<T>>();
  const read = (key: string): Promise<T> => {
    const started = load(key)
      .then(value => {
        if (reading.get(key) !== started) return value;
        if (kept.size >= most) kept.delete(kept.keys().next().value ?? '');
        kept.set(key, { value, until: now().getTime() + keepMilliseconds(value) });
        return value;
      })
      .finally(() => {
        if (reading.get(key) === started) reading.delete(key);
      });
    reading.set(key, started);
    return started;
  };
  return {
    get: async key => {
      const known = kept.get(key);
      if (known !== undefined && known.until > now().getTime()) return known.value;
      return reading.get(key) ?? read(key);
    },
    forget: key => {
      kept.delete(key);
      reading.delete(key);
    },
  };
}
