import { randomUUID } from 'node:crypto';
import type { Clock } from '../faults/clock.ts';
import type { HostStorage } from './host-storage.ts';
import { traceBelow } from './invocation.ts';
import { isRetried, retryDelay, toRetryContext } from './retry-policy.ts';
import type { RpcInvocationRequest } from './rpc.ts';
import { describe, type Runtime, runAndReport } from './runtime.ts';
import type { TimerSource } from './timer-source.ts';
import {
  afterRun,
  checkPastDue,
  formatStatus,
  never,
  parseStatus,
  type TimerStatus,
} from './timer-status.ts';
import type { Trigger } from './triggers.ts';

// setTimeout cannot wait longer than 24.8 days.
const longestWait = 24 * 24 * 3600 * 1000;

/** One timer on the instance that holds its lock (`TimerListener.cs`). */
export class TimerListener {
  readonly #source: TimerSource;
  readonly #storage: HostStorage;
  readonly #runtime: Runtime;
  readonly #clock: Clock;
  readonly #endWatch: () => void;
  #status: TimerStatus = { last: never, next: never, lastUpdated: never };
  #timer: NodeJS.Timeout | undefined;
  #isWaiting = false;
  #running: Promise<void> = Promise.resolve();
  readonly #stopping = new AbortController();

  constructor(source: TimerSource, storage: HostStorage, runtime: Runtime, clock: Clock) {
    this.#source = source;
    this.#storage = storage;
    this.#runtime = runtime;
    this.#clock = clock;
    this.#endWatch = clock.onJump(() => {
      if (!this.#isWaiting) return;
      clearTimeout(this.#timer);
      this.#wait();
    });
  }

  async start(): Promise<void> {
    const { schedule, useMonitor, runOnStartup, trigger } = this.#source;
    const stored = useMonitor ? parseStatus(await this.#storage.readStatus(trigger.name)) : undefined;
    const { status, changed, pastDue } = checkPastDue(stored, schedule, new Date(this.#clock.now()));
    this.#status = status;
    if (useMonitor && changed) await this.#store();
    if (pastDue) this.#schedule(0, 'past due');
    else if (runOnStartup) this.#schedule(0, 'on startup');
    else this.#wait();
  }

  /** Starts no more runs and waits for the one that runs; a retry that waits is given up. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    this.#endWatch();
    clearTimeout(this.#timer);
    await this.#running;
  }

  #wait(): void {
    this.#isWaiting = true;
    const wait = Math.max(1, this.#status.next.getTime() - this.#clock.now());
    if (wait <= longestWait) this.#schedule(wait, 'timer');
    else if (!this.#stopping.signal.aborted) this.#timer = setTimeout(() => this.#wait(), longestWait);
  }

  #schedule(milliseconds: number, reason: string): void {
    if (this.#stopping.signal.aborted) return;
    this.#timer = setTimeout(() => {
      this.#isWaiting = false;
      this.#running = this.#fire(reason).finally(() => this.#wait());
    }, milliseconds);
  }

  async #fire(reason: string): Promise<void> {
    const startedAt = new Date(this.#clock.now());
    const { trigger, schedule, useMonitor } = this.#source;
    const input = timerInput(this.#source, useMonitor ? this.#status : undefined, reason === 'past due');
    await runWithRetries(this.#runtime, trigger, input, reason, this.#stopping.signal);
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

/** Runs a timer's function at once, whatever its schedule, as `POST /admin/functions/<name>` does. */
export async function fireTimer(source: TimerSource, runtime: Runtime): Promise<void> {
  const request = timerRequest(source.trigger, timerInput(source, undefined, false));
  await runAndReport(runtime, source.trigger.registered, request, 'by hand');
}

function timerInput(
  { adjustForDst }: TimerSource,
  status: TimerStatus | undefined,
  isPastDue: boolean,
): string {
  return JSON.stringify({
    Schedule: { AdjustForDST: adjustForDst },
    ScheduleStatus: status === undefined ? null : formatStatus(status),
    IsPastDue: isPastDue,
  });
}

async function runWithRetries(
  runtime: Runtime,
  trigger: Trigger,
  json: string,
  reason: string,
  signal: AbortSignal,
): Promise<void> {
  const policy = trigger.registered.metadata.retryOptions;
  let earlier: unknown;
  for (let retryCount = 0; ; retryCount += 1) {
    const request = { ...timerRequest(trigger, json), ...toRetryContext(policy, retryCount, earlier) };
    const why = retryCount === 0 ? reason : `retry ${retryCount}`;
    const failure = await runAndReport(runtime, trigger.registered, request, why);
    if (failure === undefined || signal.aborted || !isRetried(policy, retryCount)) return;
    earlier = failure.error;
    if (!(await sleep(retryDelay(policy, retryCount, Math.random()), signal))) return;
  }
}

/** False when `signal` came first. */
function sleep(milliseconds: number, signal: AbortSignal): Promise<boolean> {
  return new Promise(resolve => {
    const stop = (): void => {
      clearTimeout(timer);
      resolve(false);
    };
    const timer = setTimeout(() => {
      signal.removeEventListener('abort', stop);
      resolve(true);
    }, milliseconds);
    signal.addEventListener('abort', stop, { once: true });
  });
}

function timerRequest({ registered, bindingName }: Trigger, json: string): RpcInvocationRequest {
  return {
    invocationId: randomUUID(),
    functionId: registered.id,
    inputData: [{ name: bindingName, data: { json } }],
    triggerMetadata: { TimerTrigger: { string: new Date().toISOString() } },
    traceContext: traceBelow(undefined, undefined),
  };
}
