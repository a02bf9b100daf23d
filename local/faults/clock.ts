/** A server's clock, in milliseconds since 1970. It can jump, so that nobody waits for locks, lives and tokens to end. */
export class Clock {
  #aheadMs = 0;
  #tokensJump = false;
  readonly #listeners = new Set<() => void>();

  readonly now = (): number => Date.now() + this.#aheadMs;

  /** The time by which tokens and signatures are judged: the machine's own, unless the jump was to include them. */
  readonly tokenNow = (): number => Date.now() + (this.#tokensJump ? this.#aheadMs : 0);

  /** How far the clock is ahead of the machine's. */
  get aheadMs(): number {
    return this.#aheadMs;
  }

  /** Jumps, also backwards. What has become due runs at once. */
  jump(milliseconds: number, tokens = false): void {
    this.#aheadMs += milliseconds;
    this.#tokensJump ||= tokens;
    for (const listener of [...this.#listeners]) listener();
  }

  /** Goes back to the machine's time. */
  reset(): void {
    this.#tokensJump = false;
    this.jump(-this.#aheadMs);
  }

  /** Calls back after each jump; returns what ends that. */
  onJump(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }
}
