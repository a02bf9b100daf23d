/**
 * The reference for certificates: the shipped browser, driven over its protocol with the settings that were found to be
 * the fastest (two resident pages, no scripts, no network, garbage collected every 20 documents), and nothing else.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import puppeteer, { type Browser } from 'puppeteer-core';
import { findChromium, findFonts } from '../shared/platform/documents/assets.ts';
import { prepareFonts } from '../shared/platform/documents/fonts.ts';
import { unpackChromium } from '../shared/platform/documents/unpack-chromium.ts';
import type { LoopOrder, LoopReport } from './chromium-loop.ts';
import { processorTimes } from './processor-time.ts';

const PAGES = 2;
const WARM = 10;
const PRINTS_PER_COLLECTION = 20;
const assets = join(import.meta.dirname, '..', 'dist', 'assets');

process.once('message', (order: LoopOrder) => {
  run(order).then(
    report => process.send?.(report, () => process.exit(0)),
    error => {
      process.stderr.write(`printing: ${error instanceof Error ? error.stack : String(error)}\n`);
      process.exit(1);
    },
  );
});

async function run({ documents, tagged, seconds }: LoopOrder): Promise<LoopReport> {
  const folder = mkdtempSync(join(tmpdir(), 'touchstone-bench-browser-'));
  const browser = await launch(folder);
  try {
    const pages = await Promise.all(Array.from({ length: PAGES }, () => openPage(browser, tagged)));
    const htmlAt = (index: number): string => documents[index % documents.length] ?? '';
    for (let index = 0; index < WARM; index += 1) await Promise.all(pages.map(print => print(htmlAt(index))));
    let printed = 0;
    const before = used();
    const started = performance.now();
    await Promise.all(
      pages.map(async print => {
        while (performance.now() - started < seconds * 1000) {
          printed += 1;
          await print(htmlAt(printed));
        }
      }),
    );
    const minutes = (performance.now() - started) / 60_000;
    return { perMinute: printed / minutes, processor: (used() - before) / printed };
  } finally {
    await browser.close();
    rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
  }
}

/** Processor time of this process and the browser's so far, in milliseconds. */
function used(): number {
  return Object.values(processorTimes({ loop: process.pid })).reduce((sum, time) => sum + time, 0);
}

async function launch(folder: string): Promise<Browser> {
  const { executable, libraries } = await unpackChromium(await findChromium(assets), tmpdir());
  const fontConfig = await prepareFonts(await findFonts(assets), folder);
  const flags = [
    '--headless',
    '--no-sandbox',
    '--no-zygote',
    '--disable-gpu',
    '--disable-dev-shm-usage',
    '--font-render-hinting=none',
    '--disable-extensions',
    '--disable-background-networking',
    '--disable-background-timer-throttling',
    '--disable-backgrounding-occluded-windows',
    '--disable-renderer-backgrounding',
    '--no-first-run',
    `--user-data-dir=${join(folder, 'profile')}`,
    'about:blank',
  ];
  return puppeteer.launch({
    executablePath: executable,
    pipe: true,
    ignoreDefaultArgs: true,
    args: flags,
    defaultViewport: null,
    env: {
      HOME: folder,
      TMPDIR: folder,
      FONTCONFIG_FILE: fontConfig,
      LANG: 'C.UTF-8',
      LD_LIBRARY_PATH: libraries,
    },
  });
}

async function openPage(browser: Browser, tagged: boolean): Promise<(html: string) => Promise<Buffer>> {
  const page = await browser.newPage();
  const session = await page.createCDPSession();
  const { frameTree } = await session.send('Page.getFrameTree');
  const frameId = frameTree.frame.id;
  await Promise.all([
    session.send('Page.enable'),
    session.send('Network.enable'),
    session.send('Emulation.setScriptExecutionDisabled', { value: true }),
    session.send('Network.emulateNetworkConditions', {
      ...{ offline: true, latency: 0, downloadThroughput: -1, uploadThroughput: -1 },
    }),
  ]);
  let printed = 0;
  return async html => {
    await session.send('Page.setDocumentContent', { frameId, html });
    const { data } = await session.send('Page.printToPDF', {
      ...{ preferCSSPageSize: true, printBackground: true },
      ...{
        generateTaggedPDF: tagged,
        generateDocumentOutline: tagged,
        transferMode: 'ReturnAsBase64' as const,
      },
    });
    printed += 1;
    if (printed % PRINTS_PER_COLLECTION === 0) await session.send('HeapProfiler.collectGarbage');
    return Buffer.from(data, 'base64');
  };
}
