const QUIET_MILLISECONDS = 60_000;
const KEEP_MOST = 5000;

/** Whoever knocks again and again is written down once a minute by each instance. */
export type OnceAMinute = {
  /** Whether this has not been written down for a minute; then it counts as written down. */
  isDue(key: string, now: Date): boolean;
  /** It was not written down after all. */
  forget(key: string): void;
};

export function onceAMinute(): OnceAMinute {
  const noted = new Map<string, number>();
  return {
    isDue: (key, now) => {
      if ((noted.get(key) ?? 0) > now.getTime() - QUIET_MILLISECONDS) return false;
      if (noted.size >= KEEP_MOST) noted.clear();
      noted.set(key, now.getTime());
      return true;
    },
    forget: key => {
      noted.delete(key);
    },
  };
}
