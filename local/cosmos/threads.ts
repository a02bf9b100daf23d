import { Worker } from 'node:worker_threads';
import type { Container } from './container.ts';
import type { SqlStore } from './database.ts';
import type { EpkRange } from './epk.ts';
import { CosmosFault, tookTooLong } from './errors.ts';
import type { Job, JobResult } from './read-jobs.ts';
import { runJob } from './read-jobs.ts';

type Fault = {
  readonly status: number;
  readonly subStatus: number;
  readonly message: string;
  readonly extra: Record<string, string>;
  readonly headers: Record<string, string>;
};

type Answer = {
  readonly began?: true;
  readonly result?: unknown;
  readonly fault?: Fault;
  readonly failure?: string;
};

/** What ends a job before it is done. */
type Bounds = {
  readonly gone: AbortSignal;
  /** A job that takes longer, once it has begun, is 408. It ends by itself where it can; a regular expression cannot. */
  readonly mostMs: number;
};

type Waiting = {
  readonly bounds: Bounds | undefined;
  readonly job: Job;
  readonly resolve: (result: never) => void;
  readonly reject: (error: Error) => void;
};

// A table of this size is scanned in well under ten milliseconds.
const smallTable = 5000;
const fewRows = 1000;
const mostThreads = 2;
// What a query piles up beyond this ends its thread and nothing else.
const mostMegabytes = 1024;

/**
 * SQLite answers synchronously, so a large scan would hold up everybody. Scans of large containers therefore run in threads with
 * connections of their own, which in WAL mode read beside the writer; point reads, writes and small reads stay on the main thread.
 * Threads are started when they are first needed.
 */
export class Threads {
  private readonly sql: SqlStore;
  private readonly file: string;
  private readonly idle: Worker[] = [];
  private readonly all = new Set<Worker>();
  private readonly queue: Waiting[] = [];
  private building: Promise<unknown> = Promise.resolve();
  private builds = 0;
  private closed = false;

  constructor(sql: SqlStore, file: string) {
    this.sql = sql;
    this.file = file;
  }

  /** Whether a scan of this part of the container, from this place of its log on, may touch many rows. */
  isLarge(container: Container, range: EpkRange, afterLsn?: number): boolean {
    const table = `items_${container.number}`;
    const last = this.sql.get(`SELECT max(seq) AS n FROM ${table}`);
    if (Number(last?.['n'] ?? 0) <= smallTable) return false;
    const more = (condition: string, value: string | number): boolean =>
      this.sql.get(`SELECT 1 FROM ${table} WHERE ${condition} LIMIT 1 OFFSET ${fewRows}`, value) !==
      undefined;
    if (range.min === range.max) return more('epk = ?', range.min);
    return afterLsn === undefined || more('lsn > ?', afterLsn);
  }

  /** Does a job here, or in a thread when it is large; only there it has bounds, and ends when its client leaves. */
  async run<Kind extends Job['kind']>(
    job: Extract<Job, { kind: Kind }>,
    large: boolean,
    bounds?: Bounds,
  ): Promise<JobResult<Kind>> {
    // What a job of a kind results in is written down in read-jobs.ts.
    if (!large) return runJob(this.sql, job) as JobResult<Kind>;
    return new Promise<JobResult<Kind>>((resolve, reject) => {
      this.queue.push({ job, bounds, resolve, reject });
      this.next();
    });
  }

  /** Makes an index in a thread. Nobody can write meanwhile; reads go on. */
  build(sql: string): Promise<undefined> {
    const built = this.run<'index'>({ kind: 'index', sql }, true);
    this.builds += 1;
    this.building = built.finally(() => {
      this.builds -= 1;
    });
    this.building.catch(() => undefined);
    return built;
  }

  /** Whether the main thread may write. */
  isWritable(): boolean {
    return this.builds === 0;
  }

  /** Waits until it may. */
  async writable(): Promise<void> {
    while (!this.isWritable()) await this.building.catch(() => undefined);
  }

  private next(): void {
    if (this.queue.length === 0 || this.closed) return;
    const worker = this.idle.pop() ?? (this.all.size < mostThreads ? this.start() : undefined);
    const waiting = worker === undefined ? undefined : this.queue.shift();
    if (worker === undefined) return;
    if (waiting === undefined || waiting.bounds?.gone.aborted === true) {
      waiting?.reject(new Error('The client has left.'));
      this.idle.push(worker);
      this.next();
    } else this.give(worker, waiting);
  }

  private give(worker: Worker, { job, bounds, resolve, reject }: Waiting): void {
    let timer: NodeJS.Timeout | undefined;
    const finish = (error: Error | undefined, answer: Answer): void => {
      clearTimeout(timer);
      bounds?.gone.removeEventListener('abort', onGone);
      worker.off('message', onAnswer).off('error', onError);
      worker.unref();
      if (error === undefined) this.idle.push(worker);
      else this.all.delete(worker);
      const failed = error ?? errorOf(answer);
      if (failed === undefined) resolve(answer.result as never);
      else reject(failed);
      this.next();
    };
    const end = (error: Error): void => {
      finish(error, {});
      void worker.terminate();
    };
    const onAnswer = (answer: Answer): void => {
      if (answer.began !== true) finish(undefined, answer);
      else if (bounds !== undefined) timer = setTimeout(() => end(tookTooLong()), bounds.mostMs);
    };
    const onError = (error: Error): void => finish(error, {});
    const onGone = (): void => end(new Error('The client has left.'));
    worker.on('message', onAnswer).on('error', onError);
    bounds?.gone.addEventListener('abort', onGone);
    worker.ref();
    worker.postMessage(job);
  }

  private start(): Worker {
    const worker = new Worker(new URL('./read-thread.ts', import.meta.url), {
      workerData: this.file,
      resourceLimits: { maxOldGenerationSizeMb: mostMegabytes },
    });
    worker.unref();
    this.all.add(worker);
    return worker;
  }

  async close(): Promise<void> {
    this.closed = true;
    await Promise.all([...this.all].map(worker => worker.terminate()));
  }
}

function errorOf(answer: Answer): Error | undefined {
  if (answer.fault !== undefined)
    return new CosmosFault(answer.fault.status, answer.fault.message, answer.fault);
  return answer.failure === undefined ? undefined : new Error(answer.failure);
}
