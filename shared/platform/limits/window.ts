import { createHash } from 'node:crypto';

/** A stretch of time in which uses are counted, in milliseconds since 1970. */
export type Window = { readonly start: number; readonly end: number };

/**
 * The window that an instant lies in. Every instance finds the same one; each key has its own beginnings, so that
 * not everybody's quota returns in the same second.
 */
export function windowAt(now: number, seconds: number, key: string): Window {
  const length = seconds * 1000;
  const shift = createHash('sha256').update(key).digest().readUInt32BE(0) % length;
  const start = Math.floor((now - shift) / length) * length + shift;
  return { start, end: start + length };
}

/** Each lease takes a sixteenth of what is left: large while there is plenty, single uses near the end. */
const SHARE = 16;

/** How many uses an instance takes at once when `left` are left for all instances. */
export function leaseOf(left: number): number {
  return Math.max(1, Math.ceil(left / SHARE));
}

/** The fiftieth part of a quota, at most twenty, is used before anybody is asked, and counted with the first lease. */
export function freeOf(quota: number): number {
  return Math.min(20, Math.floor(quota / 50));
}
