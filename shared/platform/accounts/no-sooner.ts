import { setTimeout } from 'node:timers/promises';

export type Pause = (milliseconds: number) => Promise<unknown>;

/**
 * What the work gives, and not before so many milliseconds are over, whatever it does: the time of the answer then tells nothing
 * of it, while it takes less. Both begin at once. Work that throws is told of at once.
 */
export async function noSooner<T>(
  milliseconds: number,
  work: () => Promise<T>,
  pause: Pause = setTimeout,
): Promise<T> {
  const [result] = await Promise.all([work(), pause(milliseconds)]);
  return result;
}
