/** Runs steps one after the other, each when its delay is over; without delays at once. */
export class InOrder {
  readonly #waiting: { readonly at: number; readonly run: () => void }[] = [];

  add(delayMs: number, run: () => void): void {
    if (delayMs === 0 && this.#waiting.length === 0) {
      run();
      return;
    }
    this.#waiting.push({ at: performance.now() + delayMs, run });
    if (this.#waiting.length === 1) this.#arm();
  }

  #arm(): void {
    const [first] = this.#waiting;
    if (first === undefined) return;
    setTimeout(
      () => {
        first.run();
        this.#waiting.shift();
        this.#arm();
      },
      Math.max(0, first.at - performance.now()),
    );
  }
}
