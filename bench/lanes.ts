/** Work that is asked for again and again until the time is over. */
export type Lanes = {
  readonly atOnce: number;
  readonly warmSeconds: number;
  readonly seconds: number;
};

export type LanesReport = {
  /** Finished each second, in the counted time. */
  readonly perSecond: number;
  /** Finished in all, with what was done to warm up. */
  readonly made: number;
};

/** Runs the nth piece of work in so many lanes at once and counts what ends after the warm-up. */
export async function runLanes(
  { atOnce, warmSeconds, seconds }: Lanes,
  work: (n: number) => Promise<void>,
): Promise<LanesReport> {
  const from = performance.now() + warmSeconds * 1000;
  const until = from + seconds * 1000;
  let begun = 0;
  let counted = 0;
  const lane = async (): Promise<void> => {
    while (performance.now() < until) {
      begun += 1;
      await work(begun - 1);
      const now = performance.now();
      if (now >= from && now <= until) counted += 1;
    }
  };
  await Promise.all(Array.from({ length: atOnce }, lane));
  return { perSecond: counted / seconds, made: begun };
}
