/**
 * Seconds that a message waited in its queue; a scheduled one from when its time had come. Takes the trigger's metadata as
 * the host gives it; 0 when that does not say.
 */
export function secondsWaited(metadata: Readonly<Record<string, unknown>> | undefined, now: Date): number {
  const enqueued = Date.parse(String(metadata?.['enqueuedTime']));
  return Number.isNaN(enqueued) ? 0 : Math.round((now.getTime() - enqueued) / 1000);
}

/** Seconds since the oldest of some changes was committed; they come oldest first. */
export function secondsBehind([oldest]: readonly { readonly time: string }[], now: Date): number {
  return oldest === undefined ? 0 : Math.round((now.getTime() - Date.parse(oldest.time)) / 1000);
}
