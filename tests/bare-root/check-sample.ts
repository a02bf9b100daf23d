import { readFileSync } from 'node:fs';
import { extractText, getDocumentProxy } from 'unpdf';

/** Fails unless the printed sample has its text, its fonts and its pages. */
const pdf = readFileSync(process.argv[2] ?? 'sample.pdf');
const { text, totalPages } = await extractText(await getDocumentProxy(new Uint8Array(pdf)), {
  mergePages: true,
});
const words = text.normalize('NFKC').replaceAll(/\s+/g, ' ');
const expected = [
  'Meridian Calibration Laboratory',
  'MCL-2026-00412',
  '25.0 25.00009 ±4.0 25.005 +4.9 1.1 2.00 Fail 25.002 +1.9 1.0 2.00 Pass',
  'End of certificate MCL-2026-00412',
];
const missing = expected.filter(part => !words.includes(part));
const fonts = [
  ...new Set(
    [...pdf.toString('latin1').matchAll(/\/BaseFont \/(?:[A-Z]{6}\+)?([\w-]+)/g)].map(match => match[1]),
  ),
];
process.stdout.write(
  `${totalPages} pages, ${words.split(' ').length} words, fonts ${fonts.sort().join(', ')}\n`,
);
if (
  missing.length > 0 ||
  totalPages !== 4 ||
  fonts.some(font => !/^(Inter|IBMPlexSans|Vazirmatn)/.test(font ?? ''))
) {
  process.stderr.write(`missing: ${missing.join(' | ') || 'nothing'}\n`);
  process.exitCode = 1;
}
