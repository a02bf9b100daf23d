import { randomUUID } from 'node:crypto';
import type { FunctionApp } from './functions-core.ts';
import type { HostStorage, Lock } from './host-storage.ts';
import { traceBelow } from './invocation.ts';
import { isSubMinute, parseNcrontab, type Schedule } from './ncrontab.ts';
import type { RpcRetryOptions } from './rpc.ts';
import { describe, type Runtime, runAndReport } from './runtime.ts';
import { expandSettings, type Settings, StartError } from './settings-expansion.ts';
import {
  afterRun,
  checkPastDue,
  formatStatus,
  never,
  parseStatus,
  type TimerStatus,
} from './timer-status.ts';
import { type Trigger, triggersOf } from './triggers.ts';

export type TimerSource = {
  readonly trigger: Trigger;
  readonly schedule: Schedule;
  readonly runOnStartup: boolean;
  readonly useMonitor: boolean;
};

export type Timers = {
  /** Starts no more runs, and resolves when running ones have ended and the locks are free. */
  stop(): Promise<void>;
};

/** How long a timer's lock lasts without renewal, and how often the others ask for it: both 60 in Azure. */
export type LockTimes = { readonly leaseSeconds: number; readonly pollSeconds: number };

// setTimeout cannot wait longer than 24.8 days.
const longestWait = 24 * 24 * 3600 * 1000;

/** The timer triggers of the app, with schedules read; a StartError tells everything that is wrong. */
export function timersOf(app: FunctionApp, settings: Settings): TimerSource[] {
  const problems: string[] = [];
  const sources: TimerSource[] = [];
  for (const trigger of triggersOf(app, 'timerTrigger')) {
    const { binding, name } = trigger;
    try {
      const schedule = parseNcrontab(
        expandSettings(String(binding['schedule'] ?? ''), settings, `function ${name}`),
      );
      const useMonitor = binding['useMonitor'] !== false && !isSubMinute(schedule);
      sources.push({ trigger, schedule, runOnStartup: binding['runOnStartup'] === true, useMonitor });
    } catch (error) {
      if (error instanceof StartError) problems.push(...error.problems);
      else problems.push(`function ${name}: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
  if (problems.length > 0) throw new StartError(problems);
  return sources;
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
  #listener: Listener | undefined;
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
        this.#listener = new Listener(this.#source, this.#storage, this.#runtime);
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

/** One timer on the instance that holds its lock (`TimerListener.cs`). */
class Listener {
  readonly #source: TimerSource;
  readonly #storage: HostStorage;
  readonly #runtime: Runtime;
  #status: TimerStatus = { last: never, next: never, lastUpdated: never };
  #timer: NodeJS.Timeout | undefined;
  #running: Promise<void> = Promise.resolve();
  #stopped = false;

  constructor(source: TimerSource, storage: HostStorage, runtime: Runtime) {
    this.#source = source;
    this.#storage = storage;
    this.#runtime = runtime;
  }

  async start(): Promise<void> {
    const { schedule, useMonitor, runOnStartup, trigger } = this.#source;
    const stored = useMonitor ? parseStatus(await this.#storage.readStatus(trigger.name)) : undefined;
    const { status, changed, pastDue } = checkPastDue(stored, schedule, new Date());
    this.#status = status;
    if (useMonitor && changed) await this.#store();
    if (pastDue) this.#schedule(0, 'past due');
    else if (runOnStartup) this.#schedule(0, 'on startup');
    else this.#wait();
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    clearTimeout(this.#timer);
    await this.#running;
  }

  #wait(): void {
    const wait = Math.max(1, this.#status.next.getTime() - Date.now());
    if (wait <= longestWait) this.#schedule(wait, 'timer');
    else if (!this.#stopped) this.#timer = setTimeout(() => this.#wait(), longestWait);
  }

  #schedule(milliseconds: number, reason: string): void {
    if (this.#stopped) return;
    this.#timer = setTimeout(() => {
      this.#running = this.#fire(reason).finally(() => this.#wait());
    }, milliseconds);
  }

  async #fire(reason: string): Promise<void> {
    const startedAt = new Date();
    const { trigger, schedule, useMonitor } = this.#source;
    const input = {
      Schedule: { AdjustForDST: true },
      ScheduleStatus: useMonitor ? formatStatus(this.#status) : null,
      IsPastDue: reason === 'past due',
    };
    await runWithRetries(this.#runtime, trigger, JSON.stringify(input), reason, () => this.#stopped);
    this.#status = afterRun(this.#status, schedule, startedAt, reason === 'timer');
    if (useMonitor) await this.#store();
  }

  async #store(): Promise<void> {
    try {
      await this.#storage.writeStatus(this.#source.trigger.name, formatStatus(this.#status));
    } catch (error) {
      // As in the real host: the next run writes it again.
      this.#runtime.output.host(
        'error',
        `timer ${this.#source.trigger.name}: its status was not stored: ${describe(error)}`,
      );
    }
  }
}

async function runWithRetries(
  runtime: Runtime,
  { registered, bindingName }: Trigger,
  json: string,
  reason: string,
  isStopped: () => boolean,
): Promise<void> {
  const policy = registered.metadata.retryOptions;
  const maxRetryCount = policy?.maxRetryCount ?? 0;
  let earlier: unknown;
  for (let retryCount = 0; ; retryCount += 1) {
    const failure = await runAndReport(
      runtime,
      registered,
      {
        invocationId: randomUUID(),
        functionId: registered.id,
        inputData: [{ name: bindingName, data: { json } }],
        triggerMetadata: { TimerTrigger: { string: new Date().toISOString() } },
        traceContext: traceBelow(undefined, undefined),
        ...(retryCount > 0
          ? { retryContext: { retryCount, maxRetryCount, exception: toException(earlier) } }
          : {}),
      },
      retryCount === 0 ? reason : `retry ${retryCount}`,
    );
    const unlimited = maxRetryCount === -1;
    if (
      failure === undefined ||
      policy === undefined ||
      isStopped() ||
      (!unlimited && retryCount >= maxRetryCount)
    )
      return;
    earlier = failure.error;
    await new Promise(resolve => setTimeout(resolve, retryDelay(policy, retryCount)));
  }
}

function retryDelay(policy: RpcRetryOptions, retryCount: number): number {
  if (policy.retryStrategy !== 'exponentialBackoff') return (policy.delayInterval?.seconds ?? 0) * 1000;
  const least = (policy.minimumInterval?.seconds ?? 1) * 1000;
  const most = (policy.maximumInterval?.seconds ?? 60) * 1000;
  return Math.min(most, least * 2 ** retryCount);
}

function toException(error: unknown): { message: string; stackTrace: string; source: string } {
  return error instanceof Error
    ? { message: error.message, stackTrace: error.stack ?? '', source: '' }
    : { message: String(error), stackTrace: '', source: '' };
}
