import assert from 'node:assert/strict';
import { test } from 'node:test';
import { accountLetter, letterHtml, letterText } from './index.ts';

const data = { name: '<b>Tess</b>', tenant: 'A & B', url: 'https://a.example/x?token=1&y=2' };

test('a name cannot bring its own HTML into a mail', () => {
  const html = letterHtml(accountLetter('invitation', 'en', data), 'en', '#123456');
  assert.match(html, /&lt;b&gt;Tess&lt;\/b&gt;/);
  assert.match(html, /href="https:\/\/a\.example\/x\?token=1&amp;y=2"/);
});

test('the text has the whole link, and Persian reads from the right', () => {
  const letter = accountLetter('password_reset', 'fa', data);
  assert.ok(letterText(letter).includes(data.url));
  assert.match(letterHtml(letter, 'fa', '#123456'), /lang="fa" dir="rtl"/);
});
