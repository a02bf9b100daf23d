import { type Attachment, attachFiles } from './attach-files.ts';
import { keepBrowser } from './browser-keeper.ts';
import type { ChromiumOptions } from './chromium.ts';
import { documentFault } from './faults.ts';
import { createPageSlot } from './page-slot.ts';
import { createPrintQueue } from './print-queue.ts';
import { stabilize } from './stabilize.ts';

export type PrinterOptions = ChromiumOptions & {
  /** Resident pages: as many as cores. More only makes each document slower. */
  readonly pages?: number;
  /** Whether PDFs are tagged for accessibility unless a call says otherwise; costs 40 % of the throughput. */
  readonly tagged?: boolean;
  /** Documents that may wait for a page; one more is refused at once. */
  readonly queueLimit?: number;
  readonly logger?: PrinterLogger;
};

export type PrinterLogger = { warn(message: string, fields?: Readonly<Record<string, unknown>>): void };

export type PrintOptions = {
  /** From the call to the PDF, waiting included, in milliseconds. */
  readonly timeoutMs?: number;
  readonly tagged?: boolean;
  /** Replaces the document's own title. */
  readonly title?: string;
  readonly attachments?: readonly Attachment[];
  /** Written into the PDF instead of the present moment; then equal documents are equal bytes. */
  readonly createdAt?: Date;
};

export type PrinterStats = {
  readonly printed: number;
  readonly failed: number;
  readonly retried: number;
  readonly launches: number;
  readonly waiting: number;
  readonly printing: number;
  readonly processId: number | undefined;
};

export type PdfPrinter = {
  /**
   * Prints a whole HTML document. Throws `documents.printer_busy` when too many wait, `documents.print_timeout`,
   * `documents.print_failed` when it broke two pages in a row, `documents.browser_failed` when none can start.
   */
  print(html: string, options?: PrintOptions): Promise<Uint8Array>;
  /** Starts the browser and opens every page, so that the first document need not wait. */
  warmUp(): Promise<void>;
  /** Ends the browser; what waits or prints is rejected with `documents.printer_closed`. */
  close(): Promise<void>;
  stats(): PrinterStats;
};

/** Makes a printer. Nothing is loaded or started before the first print or `warmUp`. */
export function createPdfPrinter(options: PrinterOptions): PdfPrinter {
  const browser = keepBrowser(options);
  const slots = Array.from({ length: options.pages ?? 2 }, () => createPageSlot(browser));
  const queue = createPrintQueue(slots, (message, fields) => options.logger?.warn(message, fields));
  const queueLimit = options.queueLimit ?? 64;
  let closed = false;

  return {
    print: async (html, print = {}) => {
      if (closed) throw documentFault('documents.printer_closed');
      if (queue.counts().waiting >= queueLimit) throw documentFault('documents.printer_busy', { queueLimit });
      const titled = print.title === undefined ? html : withTitle(html, print.title);
      const pdf = await queue.add(titled, print.tagged ?? options.tagged ?? false, print.timeoutMs ?? 30_000);
      const stable = print.createdAt === undefined ? pdf : stabilize(pdf, print.createdAt);
      return attachFiles(stable, print.attachments ?? []);
    },
    warmUp: async () => {
      if (closed) throw documentFault('documents.printer_closed');
      await Promise.all(slots.map(slot => slot.open()));
    },
    close: async () => {
      closed = true;
      queue.close();
      await browser.close();
    },
    stats: () => ({ ...queue.counts(), launches: browser.launches(), processId: browser.processId() }),
  };
}

function withTitle(html: string, title: string): string {
  const escaped = title.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
  return html.replace(/<title>[^<]*<\/title>|(?<=<head[^>]*>)|$/i, () => `<title>${escaped}</title>`);
}
