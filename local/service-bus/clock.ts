/** Milliseconds since the epoch, movable so that tests need not wait for locks to expire. */
export class Clock {
  #shift = 0;
  readonly #listeners: (() => void)[] = [];

  now(): number {
    return Date.now() + this.#shift;
  }

  /** Jumps by that many milliseconds; what has become due runs at once. */
  shift(milliseconds: number): void {
    this.#shift += milliseconds;
    for (const listener of this.#listeners) listener();
  }

  onShift(listener: () => void): void {
    this.#listeners.push(listener);
  }
}
