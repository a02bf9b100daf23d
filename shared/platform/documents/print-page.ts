import type { Browser } from 'puppeteer-core';

/** A resident page that prints one document after another. */
export type PrintPage = {
  /** Prints a whole HTML document whose `@page` rules say the paper. Rejects when the page or its browser dies. */
  print(html: string, tagged: boolean): Promise<Uint8Array>;
  /** True once a document tried to lead the page elsewhere: what it shows next is no longer certain. */
  isSpoilt(): boolean;
  collectGarbage(): Promise<void>;
  close(): Promise<void>;
};

/** Opens a page without scripts and network, so that no document can reach out or touch the next one. */
export async function openPrintPage(browser: Browser): Promise<PrintPage> {
  const page = await browser.newPage();
  const session = await page.createCDPSession();
  let spoilt = false;
  const [{ frameTree }] = await Promise.all([
    session.send('Page.getFrameTree'),
    session.send('Page.enable'),
    session.send('Network.enable'),
    session.send('Emulation.setScriptExecutionDisabled', { value: true }),
    session.send('Network.emulateNetworkConditions', {
      offline: true,
      latency: 0,
      downloadThroughput: -1,
      uploadThroughput: -1,
    }),
  ]);
  const frameId = frameTree.frame.id;
  session.on('Page.frameRequestedNavigation', navigation => {
    spoilt ||= navigation.frameId === frameId;
  });

  return {
    print: async (html, tagged) => {
      await session.send('Page.setDocumentContent', { frameId, html });
      const { data } = await session.send('Page.printToPDF', {
        preferCSSPageSize: true,
        printBackground: true,
        generateTaggedPDF: tagged,
        generateDocumentOutline: tagged,
        transferMode: 'ReturnAsBase64',
      });
      return Buffer.from(data, 'base64');
    },
    isSpoilt: () => spoilt,
    collectGarbage: () => session.send('HeapProfiler.collectGarbage'),
    close: () => page.close(),
  };
}
