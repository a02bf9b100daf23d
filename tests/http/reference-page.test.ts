import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { openClient } from '../../scripts/demo/client.ts';
import { type AnswerPage, openBrowser } from '../../shared/platform/documents/browser.fixture.ts';
import { testStack } from '../stack.ts';

const PAGE = 'https://api.reference.example/docs';
/** Runs in the page, before anything of it does. */
const NOTE_VIOLATIONS = `var violations = [];
  document.addEventListener('securitypolicyviolation', event =>
    violations.push([event.violatedDirective, event.blockedURI, event.sourceFile].join(' ')));`;
const api = openClient(testStack().urls['api'] ?? '');

/** What our api answers, as if it were a host of the internet. */
const answer: AnswerPage = async path => {
  const { status, headers, bytes } = await api.get(path);
  const { 'content-encoding': _coding, 'content-length': _length, ...kept } = headers;
  return { status, headers: kept, body: path.endsWith('.json') ? beginning(bytes) : bytes };
};

/** The first chapters of the description: drawing all of it takes long and shows nothing else. */
function beginning(bytes: Buffer): string {
  const { paths, ...rest } = JSON.parse(String(bytes));
  return JSON.stringify({ ...rest, paths: Object.fromEntries(Object.entries(paths).slice(0, 8)) });
}

describe('the page to browse the API', () => {
  let browser: Awaited<ReturnType<typeof openBrowser>>;

  before(async () => {
    browser = await openBrowser();
  });

  after(() => browser?.close());

  test('works under a policy that lets in nothing inline', async () => {
    const { headers } = await api.get('/docs');
    assert.doesNotMatch(headers['content-security-policy'] ?? '', /unsafe-/);
    const page = await browser.open(PAGE, NOTE_VIOLATIONS, answer);
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
    const inline = `document.body.insertAdjacentHTML('beforeend', '<p style="color: red">x</p>')`;
    await page.evaluate(inline);
    await page.waitForFunction('violations.length === 1');
  });
});
