/** Runs at most so many requests at once and holds at most so many at all. */
export type Throttle = {
  /** Runs the work when its turn comes; false, at once, when there are too many already. */
  run(work: () => Promise<void>): Promise<boolean>;
};

/** `maxConcurrentRequests` and `maxOutstandingRequests` of host.json (`HttpRequestQueue`); undefined when both are -1. */
export function createThrottle(most: {
  readonly maxConcurrentRequests: number;
  readonly maxOutstandingRequests: number;
}): Throttle | undefined {
  const unlimited = -1;
  const bound = (limit: number): number => (limit === unlimited ? Number.POSITIVE_INFINITY : limit);
  const [running, held] = [bound(most.maxConcurrentRequests), bound(most.maxOutstandingRequests)];
  if (running === Number.POSITIVE_INFINITY && held === Number.POSITIVE_INFINITY) return undefined;
  const waiting: (() => void)[] = [];
  let active = 0;
  return {
    run: async work => {
      if (active + waiting.length >= held) return false;
      if (active >= running) await new Promise<void>(resolve => waiting.push(resolve));
      else active += 1;
      try {
        await work();
      } finally {
        // The place goes to the next in line, or becomes free.
        const next = waiting.shift();
        if (next === undefined) active -= 1;
        else next();
      }
      return true;
    },
  };
}
