import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import puppeteer, { type Page } from 'puppeteer-core';
import { findChromium } from './assets.ts';
import { chooseLibraryPath } from './libraries.ts';
import { unpackChromium } from './unpack-chromium.ts';

/** What a host answers to the browser: it reaches no other. */
export type AnswerPage = (path: string) => Promise<{
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer | string;
}>;

/** The shipped browser as a person uses it, with scripts; for tests of pages that have some. */
export async function openBrowser() {
  const folder = await mkdtemp(join(tmpdir(), 'touchstone-browsing-'));
  const { executable, libraries } = await unpackChromium(await findChromium('dist/assets'), tmpdir());
  const libraryPath = await chooseLibraryPath(executable, libraries);
  const browser = await puppeteer.launch({
    executablePath: executable,
    pipe: true,
    args: ['--no-sandbox', '--no-zygote', '--disable-gpu', '--disable-dev-shm-usage'],
    userDataDir: join(folder, 'profile'),
    env: { HOME: folder, ...(libraryPath === undefined ? {} : { LD_LIBRARY_PATH: libraryPath }) },
  });
  return {
    /** Opens an address; `before` runs in the page before anything of it does. */
    open: async (url: string, before: string, answer: AnswerPage): Promise<Page> => {
      const page = await browser.newPage();
      await page.setRequestInterception(true);
      page.on('request', request => {
        const { pathname, search } = new URL(request.url());
        void answer(`${pathname}${search}`).then(reply => request.respond(reply));
      });
      await page.evaluateOnNewDocument(before);
      await page.goto(url);
      return page;
    },
    close: async (): Promise<void> => {
      await browser.close();
      await rm(folder, { recursive: true, force: true, maxRetries: 3 });
    },
  };
}
