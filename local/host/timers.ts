import type { Faults } from '../faults/faults.ts';
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

/** A lock is renewed when half of it is over, so that a renewal that comes late still finds it. */
export function renewalMilliseconds({ leaseSeconds }: LockTimes): number {
  return leaseSeconds * 500;
}

/**
 * Runs each timer on one instance at a time: the instance that holds the timer's blob lease. The others ask for it
 * again every minute, so after a crash the timer stands still for up to two minutes, as in Azure.
 */
export function startTimers(
  sources: readonly TimerSource[],
  storage: HostStorage,
  runtime: Runtime,
  times: LockTimes,
  faults: Faults<'host'>,
): Timers {
  const singletons = sources.map(source => new Singleton(source, storage, runtime, times, faults));
  for (const singleton of singletons) void singleton.tryStart();
  return { stop: async () => void (await Promise.all(singletons.map(singleton => singleton.stop()))) };
}

class Singleton {
  readonly #source: TimerSource;
  readonly #storage: HostStorage;
  readonly #runtime: Runtime;
  readonly #times: LockTimes;
  readonly #faults: Faults<'host'>;
  #lock: Lock | undefined;
  #listener: TimerListener | undefined;
  #timer: NodeJS.Timeout | undefined;
  #work: Promise<void> = Promise.resolve();
  #stopped = false;

  constructor(
    source: TimerSource,
    storage: HostStorage,
    runtime: Runtime,
    times: LockTimes,
    faults: Faults<'host'>,
  ) {
    this.#source = source;
    this.#storage = storage;
    this.#runtime = runtime;
    this.#times = times;
    this.#faults = faults;
    faults.onChange(() => this.#then(() => this.#listen()));
  }

  tryStart(): Promise<void> {
    return this.#then(() => this.#start());
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
      await this.#listen();
    } catch (error) {
      this.#warn('could not start', error);
    }
    const holding = this.#lock !== undefined;
    this.#again(holding ? renewalMilliseconds(this.#times) : this.#times.pollSeconds * 1000, holding);
  }

  /** Listens while it holds the lock, unless a rule has the timer stand still; after that as after a restart. */
  async #listen(): Promise<void> {
    const isStopped = this.#faults.isStopped({ operation: 'timer', entity: this.#source.trigger.name });
    if (isStopped || this.#lock === undefined || this.#stopped) {
      await this.#listener?.stop();
      this.#listener = undefined;
    } else if (this.#listener === undefined) {
      const listener = new TimerListener(this.#source, this.#storage, this.#runtime, this.#faults.clock);
      await listener.start();
      this.#listener = listener;
    }
  }

  async #renew(): Promise<void> {
    try {
      await this.#lock?.renew();
      this.#again(renewalMilliseconds(this.#times), true);
    } catch (error) {
      this.#warn('lost its lock', error);
      this.#lock = undefined;
      await this.#listen();
      this.#again(1000, false);
    }
  }

  #again(milliseconds: number, holding: boolean): void {
    if (this.#stopped) return;
    this.#timer = setTimeout(() => this.#then(() => (holding ? this.#renew() : this.#start())), milliseconds);
  }

  /** One after the other, so that a lock that is renewed and a rule that comes do not meet. */
  #then(work: () => Promise<void>): Promise<void> {
    this.#work = this.#work.then(work).catch(error => this.#warn('could not go on', error));
    return this.#work;
  }

  #warn(what: string, error: unknown): void {
    this.#runtime.output.host(
      'warning',
      `timer ${this.#source.trigger.name} ${what}: ${describe(error).split('\n', 1)[0]}`,
    );
  }
}
