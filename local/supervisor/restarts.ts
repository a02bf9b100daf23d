const WINDOW_MS = 60_000;

/** How often a process may be started again by itself within a minute. */
export const RESTARTS_A_MINUTE = 3;

/** Counts restarts by process name, so that what cannot live is not started for ever. */
export class Restarts {
  readonly #times = new Map<string, number[]>();

  /** True when the process may be started once more, which then counts; `now` in milliseconds. */
  take(name: string, now: number): boolean {
    const recent = (this.#times.get(name) ?? []).filter(time => time > now - WINDOW_MS);
    if (recent.length >= RESTARTS_A_MINUTE) return false;
    this.#times.set(name, [...recent, now]);
    return true;
  }
}
