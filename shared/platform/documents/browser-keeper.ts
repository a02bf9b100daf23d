import { type Chromium, type ChromiumOptions, launchChromium } from './chromium.ts';
import { documentFault } from './faults.ts';
import type { PrintPage } from './print-page.ts';

/** Keeps one browser running: starts it when first needed, and again when it has died. */
export type BrowserKeeper = {
  openPage(): Promise<PrintPage>;
  /** Ends the present browser, whatever it is doing; the next page starts another. */
  replace(): Promise<void>;
  close(): Promise<void>;
  launches(): number;
  processId(): number | undefined;
};

export function keepBrowser(options: ChromiumOptions): BrowserKeeper {
  let current: Promise<Chromium> | undefined;
  let running: Chromium | undefined;
  let launches = 0;
  let closed = false;

  async function launch(): Promise<Chromium> {
    launches += 1;
    const launched = await launchChromium(options);
    if (closed) {
      await launched.close();
      throw documentFault('documents.printer_closed');
    }
    running = launched;
    return launched;
  }

  async function alive(): Promise<Chromium> {
    if (closed) throw documentFault('documents.printer_closed');
    const known = current;
    if (known !== undefined) {
      const browser = await known.catch(() => undefined);
      if (browser?.isAlive() === true) return browser;
      if (current === known) {
        current = undefined;
        void browser?.close();
      }
    }
    current ??= launch();
    return current;
  }

  async function replace(): Promise<void> {
    const ended = current;
    current = undefined;
    running = undefined;
    await ended?.then(
      browser => browser.close(),
      () => {},
    );
  }

  return {
    openPage: async () => (await alive()).openPage(),
    replace,
    close: () => {
      closed = true;
      return replace();
    },
    launches: () => launches,
    processId: () => (running?.isAlive() === true ? running.processId : undefined),
  };
}
