import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { extractText, getDocumentProxy } from 'unpdf';
import { createPdfPrinter } from '../../../platform/documents/index.ts';
import { type CertificateContent, certificateHtml } from './index.ts';
import { micrometerCertificate } from './micrometer.fixture.ts';
import { fa } from './texts-fa.ts';

const printer = createPdfPrinter({ assetsFolder: 'dist/assets', libraries: 'shipped' });
after(() => printer.close());

async function pagesOf(content: CertificateContent, tagged = false): Promise<string[]> {
  const pdf = await printer.print(certificateHtml(content), { tagged });
  const { text } = await extractText(await getDocumentProxy(new Uint8Array(pdf)), { mergePages: false });
  return text.map(page => page.normalize('NFKC').replaceAll(/\s+/g, ' '));
}

function assertHas(text: string, ...parts: readonly string[]): void {
  for (const part of parts)
    assert.ok(text.includes(part.normalize('NFKC')), `"${part}" is missing in: ${text}`);
}

test('has the footer of the laboratory under every page, whatever is in it', async () => {
  const content = micrometerCertificate();
  const footer = 'Registered in England 01234567 \\ "VAT" GB 1; } </style>';
  const pages = await pagesOf({ ...content, laboratory: { ...content.laboratory, footer } });
  assert.ok(pages.length > 1);
  for (const page of pages) assertHas(page, footer);
});

test('says everything that ISO/IEC 17025 7.8.2.1 demands', async () => {
  const text = (await pagesOf(micrometerCertificate())).join(' ');
  assertHas(text, 'Calibration certificate');
  assertHas(
    text,
    'Meridian Calibration Laboratory',
    '14 Observatory Road',
    'NAS-CAL 0187',
    'National Accreditation Service',
  );
  assertHas(text, 'Permanent laboratory, Room 3 (dimensional)');
  assertHas(text, 'MCL-2026-00412', 'End of certificate MCL-2026-00412');
  assertHas(text, 'Helvane Precision Turbines Ltd', 'Dr Ingrid Sørensen', 'SRF-2026-01973');
  assertHas(text, 'MCL-DIM-014, version 4.2', 'Calibration of external micrometers by gauge blocks');
  assertHas(
    text,
    'Digital external micrometer',
    'Mitutoyo',
    '293-240-30',
    '71 804 226',
    'HPT-MET-0319',
    'Used, clean',
  );
  assertHas(text, '2026-11-16', '2026-11-18 to 2026-11-19', '2026-11-20');
  assertHas(
    text,
    'The results relate only to the items calibrated.',
    'shall not be reproduced except in full',
  );
  assertHas(text, 'Additions to, deviations and exclusions from the method None.');
  assertHas(
    text,
    'Authorised by',
    'Prof. Katherine Lindqvist',
    'I authorise the issue',
    '2026-11-20 09:15:31 UTC',
  );
});

test('says everything that ISO/IEC 17025 7.8.4.1 and 7.8.6 demand', async () => {
  const text = (await pagesOf(micrometerCertificate())).join(' ');
  assertHas(
    text,
    'Air temperature 20.1 °C 0.2 °C',
    'Relative humidity 46 % 3 %',
    'Atmospheric pressure 101.2 kPa',
  );
  assertHas(
    text,
    'metrologically traceable to the International System of Units',
    'PTB 50812/25',
    'SI, through NPL',
  );
  assertHas(text, 'coverage probability of approximately 95 %', 'GUM');
  assertHas(
    text,
    'As found As left',
    '25.0 25.00009 ±4.0 25.005 +4.9 1.1 2.00 Fail 25.002 +1.9 1.0 2.00 Pass',
  );
  assertHas(text, 'Statement of conformity', 'ISO 3611:2010', 'Guard band w = U (ILAC-G8:09/2019, 4.2.2)');
  assertHas(text, 'Error of indication / µm', 'Nominal value / mm');
  assertHas(
    text,
    'Length of the gauge block',
    'rectangular',
    'Combined standard uncertainty',
    'Expanded uncertainty',
  );
});

test('what was found has columns of its own for uncertainty and factor, under its own head', () => {
  const head = (content: CertificateContent) =>
    [...certificateHtml(content).matchAll(/<th scope="colgroup" class="group" colspan="(\d)">/gi)].map(
      ([, span]) => span,
    );
  assert.deepEqual(head(micrometerCertificate()), ['5', '5']);
  const { results } = micrometerCertificate();
  const older = results.map(table => ({
    ...table,
    points: table.points.map(point => ({
      ...point,
      asFound: point.asFound && { indication: point.asFound.indication, error: point.asFound.error },
    })),
  }));
  assert.deepEqual(head(micrometerCertificate({ results: older })), ['2', '5']);
});

test('leaves the column of the uncertainty of conditions out when none is known', () => {
  const environment = micrometerCertificate().environment.map(({ quantity, value }) => ({ quantity, value }));
  assert.match(certificateHtml(micrometerCertificate()), /Expanded uncertainty \(k = 2\)/);
  assert.doesNotMatch(
    certificateHtml(micrometerCertificate({ environment })),
    /Expanded uncertainty \(k = 2\)/,
  );
});

test('carries its number, its revision and its place among the pages on every page', async () => {
  for (const paper of ['A4', 'Letter'] as const) {
    const pages = await pagesOf(micrometerCertificate({ paper }));
    assert.equal(pages.length, 4);
    for (const [index, page] of pages.entries()) {
      assertHas(page, 'Certificate no. MCL-2026-00412 · Revision 1', `Page ${index + 1} of 4`);
    }
  }
});

test('repeats the head of a table that runs over pages', async () => {
  const { results } = micrometerCertificate();
  const [table] = results;
  assert.ok(table);
  const points = Array.from({ length: 12 }, () => table.points).flat();
  const pages = await pagesOf(micrometerCertificate({ results: [{ ...table, points }] }));
  assert.ok(pages.filter(page => page.includes('Reference value')).length >= 4);
});

test('marks drafts, copies and superseded certificates on every page', async () => {
  for (const watermark of ['draft', 'copy', 'superseded', 'revoked'] as const) {
    const pages = await pagesOf(micrometerCertificate({ watermark }));
    for (const page of pages) assertHas(page, watermark[0]?.toUpperCase() + watermark.slice(1));
  }
  assert.doesNotMatch((await pagesOf(micrometerCertificate())).join(' '), /Draft|Copy|Superseded/);
});

test('names the certificate that it replaces and how to check that it is genuine', async () => {
  const [cover] = await pagesOf(micrometerCertificate());
  assertHas(cover ?? '', 'supersedes certificate MCL-2026-00398, revision 0', 'Reason: the asset number');
  assertHas(cover ?? '', 'meridian-cal.example/verify with its number and the code 7QK4-92XD');
});

test('marks results outside the accreditation and of external providers, and data of the customer', async () => {
  const { results } = micrometerCertificate();
  const marked = results.map(table => ({
    ...table,
    outsideAccreditation: true,
    externalProvider: 'Second Laboratory',
  }));
  const pages = await pagesOf(
    micrometerCertificate({ results: marked, customerData: 'The tolerance was stated by the customer.' }),
  );
  assertHas(pages.join(' '), 'outside the scope of accreditation', 'an external provider: Second Laboratory');
  assertHas(pages.join(' '), 'Data supplied by the customer The tolerance was stated by the customer.');
});

test('never mixes two certificates that are printed at once', async () => {
  const numbers = Array.from({ length: 16 }, (_, index) => `MCL-2026-${String(70_000 + index)}`);
  const printed = await Promise.all(
    numbers.map(number => pagesOf(micrometerCertificate({ number, supersedes: undefined }))),
  );
  for (const [index, pages] of printed.entries()) {
    assert.deepEqual(new Set(pages.join(' ').match(/MCL-2026-7\d{4}/g)), new Set([numbers[index]]));
  }
});

test('treats all content as text', async () => {
  const hostile = '</style></title><script>1</script><b>&amp;"\\';
  const html = certificateHtml(
    micrometerCertificate({ number: hostile, title: hostile, remarks: [hostile] }),
  );
  assert.equal(html.match(/<script>/g), null);
  assert.equal(html.match(/<\/style>/g)?.length, 1);
  const pages = await pagesOf(micrometerCertificate({ number: hostile }));
  for (const page of pages) assertHas(page, hostile);
});

test('is tagged with headings, table heads and its language when asked for', async () => {
  const pdf = await printer.print(certificateHtml(micrometerCertificate()), { tagged: true });
  const raw = Buffer.from(pdf).toString('latin1');
  for (const tag of [
    '/S /H1',
    '/S /H2',
    '/S /Table',
    '/S /TH',
    '/S /Figure',
    '/Scope /Column',
    '/Lang (en)',
  ]) {
    assert.ok(raw.includes(tag), `${tag} is missing`);
  }
});

test('stands in Persian from right to left, every letter of it', async () => {
  const pages = await pagesOf(micrometerCertificate({ language: 'fa' }));
  assert.equal(pages.length, 4);
  for (const word of [fa.title, fa.sections.results, fa.verdicts.pass]) {
    for (const letter of word.normalize('NFKC').replaceAll(/[\s\u200c]/g, ''))
      assertHas(pages.join(''), letter);
  }
  assert.match(certificateHtml(micrometerCertificate({ language: 'fa' })), /<html lang="fa" dir="rtl">/);
  const fonts = Buffer.from(
    await printer.print(certificateHtml(micrometerCertificate({ language: 'fa' }))),
  ).toString('latin1');
  assert.match(fonts, /Vazirmatn-Regular/);
});
