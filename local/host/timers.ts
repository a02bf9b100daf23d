import type { HostStorage, Lock } from './host-storage.ts';
import { describe, type Runtime } from './runtime.ts';
import { TimerListener } from './timer-listener.ts';
import type { TimerSource } from './timer-source.ts';

export type Timers = {
  /** Starts no more runs, and resolves when running ones have ended and the locks are free. */
  stop(): Promise<void>;
};

/** How long a timer's lock lasts without renewal, and how often the others ask for it: both 60 in Azure. */
export type LockTimes = { readonly leaseSeconds: number; readonly pollSeconds: number };

/**
 * Runs each timer on one instance at a time: the instance that holds the timer's blob lease. The others ask for it
 * again every minute, so after a crash the timer stands still for up to two minutes, as in Azure.
 */
export function startTimers(
  sources: readonly TimerSource[],
  storage: HostStorage,
  runtime: Runtime,
  times: LockTimes,
): Timers {
  const singletons = sources.map(source => new Singleton(source, storage, runtime, times));
  for (const singleton of singletons) void singleton.tryStart();
  return { stop: async () => void (await Promise.all(singletons.map(singleton => singleton.stop()))) };
}

class Singleton {
  readonly #source: TimerSource;
  readonly #storage: HostStorage;
  readonly #runtime: Runtime;
  readonly #times: LockTimes;
  #lock: Lock | undefined;
  #listener: TimerListener | undefined;
  #timer: NodeJS.Timeout | undefined;
  #work: Promise<void> = Promise.resolve();
  #stopped = false;

  constructor(source: TimerSource, storage: HostStorage, runtime: Runtime, times: LockTimes) {
    this.#source = source;
    this.#storage = storage;
    this.#runtime = runtime;
    this.#times = times;
  }

  tryStart(): Promise<void> {
    this.#work = this.#start();
    return this.#work;
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    clearTimeout(this.#timer);
    await this.#work;
    await this.#listener?.stop();
    await this.#lock?.release().catch(error => this.#warn('could not release its lock', error));
  }

  async #start(): Promise<void> {
    const { name } = this.#source.trigger;
    try {
      this.#lock = await this.#storage.tryLock(name, this.#times.leaseSeconds);
      if (this.#lock !== undefined) {
        this.#listener = new TimerListener(this.#source, this.#storage, this.#runtime);
        await this.#listener.start();
      }
    } catch (error) {
      this.#warn('could not start', error);
    }
    const holding = this.#lock !== undefined;
    // A lock is renewed when half of it is over.
    this.#again(holding ? this.#times.leaseSeconds * 500 : this.#times.pollSeconds * 1000, holding);
  }

  async #renew(): Promise<void> {
    try {
      await this.#lock?.renew();
      this.#again(this.#times.leaseSeconds * 500, true);
    } catch (error) {
      this.#warn('lost its lock', error);
      await this.#listener?.stop();
      this.#listener = undefined;
      this.#lock = undefined;
      this.#again(1000, false);
    }
  }

  #again(milliseconds: number, holding: boolean): void {
    if (this.#stopped) return;
    this.#timer = setTimeout(() => {
      this.#work = holding ? this.#renew() : this.#start();
    }, milliseconds);
  }

  #warn(what: string, error: unknown): void {
    this.#runtime.output.host(
      'warning',
      `timer ${this.#source.trigger.name} ${what}: ${describe(error).split('\n', 1)[0]}`,
    );
  }
}
