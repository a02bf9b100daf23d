import assert from 'node:assert/strict';
import { test } from 'node:test';
import { attachFiles } from './attach-files.ts';

test('returns the PDF itself when there is nothing to attach', () => {
  const pdf = Buffer.from('%PDF-1.4');
  assert.equal(attachFiles(pdf, []), pdf);
});

test('refuses a PDF whose structure it does not know', () => {
  const file = { name: 'a.json', mediaType: 'application/json', content: Buffer.from('{}') };
  assert.throws(() => attachFiles(Buffer.from('%PDF-1.4 nothing'), [file]), /trailer of the PDF lacks/);
});
