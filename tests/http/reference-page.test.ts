import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import puppeteer, { type Browser } from 'puppeteer-core';
import { openClient } from '../../scripts/demo/client.ts';
import { findChromium } from '../../shared/platform/documents/assets.ts';
import { chooseLibraryPath } from '../../shared/platform/documents/libraries.ts';
import { unpackChromium } from '../../shared/platform/documents/unpack-chromium.ts';
import { testStack } from '../stack.ts';

const HOST = 'https://api.reference.example';
/** Runs in the page, before anything of it does. */
const NOTE_VIOLATIONS = `var violations = [];
  document.addEventListener('securitypolicyviolation', event =>
    violations.push([event.violatedDirective, event.blockedURI, event.sourceFile].join(' ')));`;
const api = openClient(testStack().urls['api'] ?? '');

/** The first chapters of the description: drawing all of it takes long and shows nothing else. */
function beginning(bytes: Buffer): string {
  const { paths, ...rest } = JSON.parse(String(bytes));
  return JSON.stringify({ ...rest, paths: Object.fromEntries(Object.entries(paths).slice(0, 8)) });
}

describe('the page to browse the API', () => {
  let browser: Browser;
  let folder: string;

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'touchstone-reference-'));
    const { executable, libraries } = await unpackChromium(await findChromium('dist/assets'), tmpdir());
    const path = await chooseLibraryPath(executable, libraries);
    browser = await puppeteer.launch({
      executablePath: executable,
      pipe: true,
      args: ['--no-sandbox', '--no-zygote', '--disable-gpu', '--disable-dev-shm-usage'],
      userDataDir: join(folder, 'profile'),
      env: { HOME: folder, ...(path === undefined ? {} : { LD_LIBRARY_PATH: path }) },
    });
  });

  after(async () => {
    await browser?.close();
    await rm(folder, { recursive: true, force: true, maxRetries: 3 });
  });

  /** What our api answers, as if it were a host of the internet: the browser itself reaches nothing. */
  async function opened() {
    const page = await browser.newPage();
    await page.setRequestInterception(true);
    page.on('request', request => {
      const { pathname, search } = new URL(request.url());
      void api.get(`${pathname}${search}`).then(({ status, headers, bytes }) => {
        const { 'content-encoding': _coding, 'content-length': _length, ...kept } = headers;
        return request.respond({
          status,
          headers: kept,
          body: pathname.endsWith('.json') ? beginning(bytes) : bytes,
        });
      });
    });
    await page.evaluateOnNewDocument(NOTE_VIOLATIONS);
    await page.goto(`${HOST}/docs`);
    return page;
  }

  test('works under a policy that lets in nothing inline', async () => {
    const { headers } = await api.get('/docs');
    assert.doesNotMatch(headers['content-security-policy'] ?? '', /unsafe-/);
    const page = await opened();
    // A chapter, and an operation in it: parameters, examples and the form to try it out are drawn, too.
    for (const next of ['.opblock-tag', '.opblock-summary-control', '.opblock.is-open .responses-wrapper']) {
      await page.waitForSelector(next, { timeout: 60_000 });
      await page.click(next);
    }
    assert.deepEqual(await page.evaluate('violations'), []);
    const colour = await page.evaluate(
      "getComputedStyle(document.querySelector('.opblock-summary-method')).backgroundColor",
    );
    assert.notEqual(colour, 'rgba(0, 0, 0, 0)', 'the stylesheet holds');
  });
});
