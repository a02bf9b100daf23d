import type { Clock } from '../faults/clock.ts';

/** Work that becomes due: expired locks, scheduled messages, expired messages, waiting session accepts. */
type DueTask = {
  /** The next moment in milliseconds at which `run` has something to do. */
  readonly nextAt: () => number | undefined;
  readonly run: (now: number) => void;
};

/** Node's timers overflow beyond 2^31 - 1 ms; a longer wait is cut and looked at again. */
const longestWait = 2_000_000_000;

/** One timer for everything that becomes due. */
export class Scheduler {
  readonly #clock: Clock;
  readonly #tasks: DueTask[] = [];
  #timer: NodeJS.Timeout | undefined;
  #armedAt = Number.POSITIVE_INFINITY;
  #stopped = false;

  constructor(clock: Clock) {
    this.#clock = clock;
    clock.onJump(() => this.#runDue());
  }

  add(task: DueTask): void {
    this.#tasks.push(task);
    this.#rearm();
  }

  /** Says that something falls due at that moment, in milliseconds. */
  expect(at: number): void {
    if (at < this.#armedAt) this.#arm(at);
  }

  stop(): void {
    this.#stopped = true;
    clearTimeout(this.#timer);
  }

  #arm(at: number): void {
    if (this.#stopped) return;
    clearTimeout(this.#timer);
    this.#armedAt = at;
    const wait = Math.min(Math.max(at - this.#clock.now(), 0), longestWait);
    this.#timer = setTimeout(() => this.#runDue(), wait);
  }

  #rearm(): void {
    clearTimeout(this.#timer);
    this.#armedAt = Number.POSITIVE_INFINITY;
    for (const task of this.#tasks) {
      const at = task.nextAt();
      if (at !== undefined) this.expect(at);
    }
  }

  #runDue(): void {
    const now = this.#clock.now();
    for (const task of this.#tasks) {
      const at = task.nextAt();
      if (at !== undefined && at <= now) task.run(now);
    }
    this.#rearm();
  }
}
