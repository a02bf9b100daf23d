import { AppError } from '../../kernel/index.ts';
import { documentFault } from './faults.ts';
import type { PageSlot } from './page-slot.ts';

export type PrintQueue = {
  /** Waits for a free page, first come first served, and prints. The timeout counts from now. */
  add(html: string, tagged: boolean, timeoutMs: number): Promise<Uint8Array>;
  /** Fails everything that waits or prints. */
  close(): void;
  counts(): { printed: number; failed: number; retried: number; waiting: number; printing: number };
};

type Job = {
  readonly html: string;
  readonly tagged: boolean;
  readonly finish: (pdf: Uint8Array) => void;
  readonly fail: (error: unknown) => void;
  slot: PageSlot | undefined;
  attempts: number;
};

const attemptLimit = 2;

/** Shares a few pages among many documents. */
export function createPrintQueue(
  slots: readonly PageSlot[],
  warn: (message: string, fields: Readonly<Record<string, unknown>>) => void,
): PrintQueue {
  const idle = [...slots];
  const waiting: Job[] = [];
  const open = new Set<Job>();
  const counts = { printed: 0, failed: 0, retried: 0 };

  function pump(): void {
    while (waiting.length > 0) {
      const slot = idle.shift();
      if (slot === undefined) return;
      const job = waiting.shift();
      if (job !== undefined) void serve(slot, job);
    }
  }

  async function serve(slot: PageSlot, job: Job): Promise<void> {
    job.slot = slot;
    job.attempts += 1;
    try {
      job.finish(await slot.print(job.html, job.tagged));
      await slot.tidy();
    } catch (error) {
      recover(job, error);
    }
    job.slot = undefined;
    idle.push(slot);
    pump();
  }

  // Printing has no effects, so what went down with a page or a browser is simply printed again, once.
  function recover(job: Job, error: unknown): void {
    warn('print failed', { attempt: job.attempts, error: String(error) });
    if (!open.has(job)) return;
    if (job.attempts < attemptLimit) {
      counts.retried += 1;
      waiting.unshift(job);
    } else {
      job.fail(error instanceof AppError ? error : documentFault('documents.print_failed', {}, error));
    }
  }

  function expire(job: Job, timeoutMs: number): void {
    const place = waiting.indexOf(job);
    if (place >= 0) waiting.splice(place, 1);
    job.fail(documentFault('documents.print_timeout', { timeoutMs }));
    void job.slot?.abandon();
  }

  function add(html: string, tagged: boolean, timeoutMs: number): Promise<Uint8Array> {
    const { promise, resolve, reject } = Promise.withResolvers<Uint8Array>();
    const settle = (count: 'printed' | 'failed', how: () => void): void => {
      clearTimeout(timer);
      if (!open.delete(job)) return;
      counts[count] += 1;
      how();
    };
    const job: Job = {
      html,
      tagged,
      finish: pdf => settle('printed', () => resolve(pdf)),
      fail: error => settle('failed', () => reject(error)),
      slot: undefined,
      attempts: 0,
    };
    const timer = setTimeout(() => expire(job, timeoutMs), timeoutMs);
    open.add(job);
    waiting.push(job);
    pump();
    return promise;
  }

  return {
    add,
    close: () => {
      waiting.length = 0;
      for (const job of open) job.fail(documentFault('documents.printer_closed'));
    },
    counts: () => ({ ...counts, waiting: waiting.length, printing: open.size - waiting.length }),
  };
}
