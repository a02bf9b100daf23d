import type { BrowserKeeper } from './browser-keeper.ts';
import { documentFault } from './faults.ts';
import type { PrintPage } from './print-page.ts';

/** One place of the pool: a page that is opened when needed and replaced when worn or suspect. */
export type PageSlot = {
  open(): Promise<void>;
  print(html: string, tagged: boolean): Promise<Uint8Array>;
  /** What is due between two documents: garbage collection, or a new page. */
  tidy(): Promise<void>;
  /** Gives up the present page; a print that is under way on it rejects. */
  abandon(): Promise<void>;
};

// Without them two pages grow to gigabytes within seconds, since V8 and Blink collect late.
const printsPerCollection = 20;
const printsPerPage = 500;
const closeTimeoutMs = 5_000;

export function createPageSlot(browser: BrowserKeeper): PageSlot {
  let page: PrintPage | undefined;
  let opening: Promise<PrintPage> | undefined;
  let printed = 0;

  async function open(): Promise<PrintPage> {
    if (page !== undefined) return page;
    opening ??= browser.openPage().finally(() => {
      opening = undefined;
    });
    page = await opening;
    printed = 0;
    return page;
  }

  async function abandon(): Promise<void> {
    const left = page;
    page = undefined;
    if (left === undefined) return;
    const timer = Promise.withResolvers<'stuck'>();
    const timeout = setTimeout(() => timer.resolve('stuck'), closeTimeoutMs);
    // A page whose browser is gone rejects: it is closed as well as can be.
    const outcome = await Promise.race([left.close().catch(() => 'closed'), timer.promise]);
    clearTimeout(timeout);
    if (outcome === 'stuck') await browser.replace();
  }

  return {
    open: async () => {
      await open();
    },
    print: async (html, tagged) => {
      const used = await open();
      try {
        const pdf = await used.print(html, tagged);
        if (used.isSpoilt()) throw documentFault('documents.print_failed', { reason: 'navigation' });
        printed += 1;
        return pdf;
      } catch (error) {
        if (page === used) await abandon();
        throw error;
      }
    },
    tidy: async () => {
      if (page === undefined || printed === 0) return;
      if (printed >= printsPerPage || page.isSpoilt()) {
        await abandon();
        await open();
      } else if (printed % printsPerCollection === 0) {
        await page.collectGarbage();
      }
    },
    abandon,
  };
}
