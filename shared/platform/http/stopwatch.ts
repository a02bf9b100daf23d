/** Tells what each step of a request took. */
export type Stopwatch = {
  /** Ends the step that began with the last lap. A step that comes twice counts as one. */
  lap(step: string): void;
  /** The laps as `Server-Timing` (W3C), in milliseconds. */
  field(): Readonly<Record<string, string>>;
};

/** A watch that runs from now on. */
export function startStopwatch(): Stopwatch {
  const laps = new Map<string, number>();
  let last = performance.now();
  return {
    lap: step => {
      const now = performance.now();
      laps.set(step, (laps.get(step) ?? 0) + now - last);
      last = now;
    },
    field: () => ({
      'server-timing': [...laps]
        .map(([step, milliseconds]) => `${step};dur=${milliseconds.toFixed(4)}`)
        .join(', '),
    }),
  };
}

/** The watch of whoever does not ask. */
export const noStopwatch: Stopwatch = { lap: () => undefined, field: () => ({}) };
