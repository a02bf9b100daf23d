import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, test } from 'node:test';
import { extractText, getDocumentProxy } from 'unpdf';
import { baseStyles } from '../html/index.ts';
import { createPdfPrinter, type PrinterOptions } from './index.ts';

const options: PrinterOptions = { assetsFolder: 'dist/assets', libraries: 'shipped' };
const printer = createPdfPrinter(options);
after(() => printer.close());

const symbols = '± √ ² ³ µ Ω ° ∞ Δ ≤ ≥ × − – ‰ ν σ · … — θ ⁻¹ ₀ → ≈ ≠';
const persian = 'گواهی کالیبراسیون شماره ۱۲۳۴۵۶۷۸۹۰ پژوهشگاه چای';

function page(body: string, head = ''): string {
  return `<!doctype html><html lang="en"><head><title>Test</title><style>@page{size:A4;margin:20mm}${baseStyles}</style>${head}</head><body>${body}</body></html>`;
}

async function textOf(pdf: Uint8Array): Promise<string> {
  const { text } = await extractText(await getDocumentProxy(new Uint8Array(pdf)), { mergePages: true });
  return text.normalize('NFKC');
}

function fontsOf(pdf: Uint8Array): string[] {
  const names = Buffer.from(pdf)
    .toString('latin1')
    .matchAll(/\/BaseFont \/(?:[A-Z]{6}\+)?([\w-]+)/g);
  return [...new Set([...names].map(match => match[1] ?? ''))].sort();
}

test('starts nothing before the first print', async () => {
  const unused = createPdfPrinter(options);
  assert.equal(unused.stats().launches, 0);
  await unused.close();
});

test('prints every symbol of a certificate and Persian with the shipped libraries and only the shipped fonts', async () => {
  const pdf = await printer.print(page(`<p>${symbols}</p><p lang="fa" dir="rtl">${persian}</p>`));
  const text = await textOf(pdf);
  for (const symbol of symbols.normalize('NFKC').split(' ')) {
    assert.ok(text.includes(symbol), `${symbol} is missing in: ${text}`);
  }
  for (const letter of persian.normalize('NFKC').replaceAll(' ', ''))
    assert.ok(text.includes(letter), `${letter} is missing`);
  assert.deepEqual(fontsOf(pdf), ['Inter-Regular', 'Vazirmatn-Regular']);
});

test('has every weight that the templates use', async () => {
  const weights = [400, 500, 600, 700].map(weight => `<p style="font-weight:${weight}">weight ${weight}</p>`);
  const pdf = await printer.print(page(`${weights.join('')}<p><i>slanted</i></p>`));
  assert.deepEqual(fontsOf(pdf), [
    'Inter-Bold',
    'Inter-Italic',
    'Inter-Medium',
    'Inter-Regular',
    'Inter-SemiBold',
  ]);
});

test('never mixes documents that are printed at the same time', async () => {
  const numbers = Array.from({ length: 60 }, (_, index) => `C${String(1000 + index)}`);
  const pdfs = await Promise.all(
    numbers.map(number => printer.print(page(`<p>${`${number} `.repeat(300)}</p>`))),
  );
  for (const [index, pdf] of pdfs.entries()) {
    const found = new Set((await textOf(pdf)).match(/C\d{4}/g));
    assert.deepEqual([...found], [numbers[index]]);
  }
});

test('prints again what was under way when the browser was killed', async () => {
  const before = printer.stats();
  const prints = Array.from({ length: 20 }, (_, index) =>
    printer.print(page(`<p>number ${index}</p>`.repeat(400))),
  );
  await prints[3];
  assert.ok(before.processId !== undefined);
  process.kill(before.processId, 'SIGKILL');
  for (const [index, pdf] of (await Promise.all(prints)).entries()) {
    assert.ok((await textOf(pdf)).includes(`number ${index}`));
  }
  assert.equal(printer.stats().launches, before.launches + 1);
  assert.equal(printer.stats().failed, before.failed);
});

test('gives up on a document after its time and prints the next one', async () => {
  const endless = page('<table>'.repeat(400) + '<tr><td>x'.repeat(20_000));
  await assert.rejects(printer.print(endless, { timeoutMs: 50 }), { code: 'documents.print_timeout' });
  assert.match(await textOf(await printer.print(page('<p>the next one</p>'))), /the next one/);
});

test('refuses more documents than may wait', async t => {
  const small = createPdfPrinter({ ...options, pages: 1, queueLimit: 1 });
  t.after(() => small.close());
  const first = small.print(page('<p>first</p>'));
  const second = small.print(page('<p>second</p>'));
  await assert.rejects(small.print(page('<p>third</p>')), { code: 'documents.printer_busy' });
  await Promise.all([first, second]);
});

test('reaches no network, reads no file, runs no script', async t => {
  const requests: string[] = [];
  const server = createServer((request, response) => {
    requests.push(request.url ?? '');
    response.end();
  });
  t.after(() => server.close());
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const pdf = await printer.print(
    page(
      `<p id="p">untouched</p><img src="${origin}/img"><iframe srcdoc="<img src=${origin}/srcdoc>"></iframe>
<object data="file:///etc/passwd"></object><iframe src="file:///etc/passwd"></iframe><p style="background:url(${origin}/css)">x</p>
<script>document.getElementById('p').textContent='changed';fetch('${origin}/script')</script>`,
      `<link rel="stylesheet" href="${origin}/style">`,
    ),
  );
  const text = await textOf(pdf);
  assert.match(text, /untouched/);
  assert.doesNotMatch(text, /root:/);
  assert.deepEqual(requests, []);
});

test('keeps documents clean after one that leads the page elsewhere', async () => {
  const leading = page('<p>leading</p>', '<meta http-equiv="refresh" content="0;url=http://127.0.0.1:9/">');
  for (let round = 0; round < 10; round += 1) {
    await printer.print(leading).catch(error => assert.equal(error.code, 'documents.print_failed'));
    assert.match(
      await textOf(await printer.print(page(`<p>clean ${round}</p>`))),
      new RegExp(`^clean ${round}$`),
    );
  }
});

test('makes equal bytes of equal documents when told the time, with title and attachments', async () => {
  for (const tagged of [false, true]) {
    const print = {
      tagged,
      title: 'Certificate <7>',
      createdAt: new Date('2026-11-20T09:15:31Z'),
      attachments: [{ name: 'données.json', mediaType: 'application/json', content: Buffer.from('{"a":1}') }],
    };
    const first = await printer.print(page('<h1>Same</h1><table><tr><th>a<td>b</table>'), print);
    await printer.print(page('<h1>Other</h1>'), { tagged });
    const second = await printer.print(page('<h1>Same</h1><table><tr><th>a<td>b</table>'), print);
    assert.deepEqual(second, first);
    const document = await getDocumentProxy(new Uint8Array(first));
    const { info } = await document.getMetadata();
    assert.equal((info as Record<string, unknown>)['Title'], 'Certificate <7>');
    assert.equal((info as Record<string, unknown>)['CreationDate'], "D:20261120091531+00'00'");
    const attached: readonly { content: Uint8Array }[] = Object.values(
      (await document.getAttachments()) ?? {},
    );
    assert.deepEqual(
      attached.map(({ content }) => Buffer.from(content).toString()),
      ['{"a":1}'],
    );
    assert.equal(Buffer.from(first).includes('/StructTreeRoot'), tagged);
  }
});

test('prints in a single process for hosts that forbid child processes', async t => {
  const single = createPdfPrinter({ ...options, singleProcess: true });
  t.after(() => single.close());
  await single.warmUp();
  assert.match(await textOf(await single.print(page('<p>alone</p>'))), /alone/);
});

test('rejects what is under way when it is closed', async () => {
  const closing = createPdfPrinter(options);
  const print = closing.print(page('<p>x</p>'));
  const outcome = assert.rejects(print, { code: 'documents.printer_closed' });
  await closing.close();
  await outcome;
  await assert.rejects(closing.print(page('<p>x</p>')), { code: 'documents.printer_closed' });
});
