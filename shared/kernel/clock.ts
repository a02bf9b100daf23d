/** Where the time comes from. Modules take it as an argument, so tests choose it. */
export type Clock = { now(): Date };

export const systemClock: Clock = { now: () => new Date() };

/** RFC 3339 in UTC with milliseconds. */
export function timestamp(at: Date): string {
  return at.toISOString();
}

/** The instant `seconds` after `at`. */
export function secondsAfter(at: Date, seconds: number): Date {
  return new Date(at.getTime() + seconds * 1000);
}
