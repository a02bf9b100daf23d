import assert from 'node:assert/strict';
import { test } from 'node:test';
import { accountLetter, letterHtml, letterText } from './index.ts';

const data = { name: '<b>Tess</b>', tenant: 'A & B', url: 'https://a.example/x?token=1&y=2' };

const head = { colour: '#123456' };

test('a name cannot bring its own HTML into a mail', () => {
  const html = letterHtml(accountLetter('invitation', 'en', data), 'en', head);
  assert.match(html, /&lt;b&gt;Tess&lt;\/b&gt;/);
  assert.match(html, /href="https:\/\/a\.example\/x\?token=1&amp;y=2"/);
});

test('the text has the whole link, and Persian reads from the right', () => {
  const letter = accountLetter('password_reset', 'fa', data);
  assert.ok(letterText(letter, head).includes(data.url));
  assert.match(letterHtml(letter, 'fa', head), /lang="fa" dir="rtl"/);
});

test('what stands at the foot of all that a house sends is below its letters, as text', () => {
  const letter = accountLetter('invitation', 'en', data);
  const footer = 'A & B Ltd, registered <b>01234567</b>';
  assert.ok(letterText(letter, { ...head, footer }).endsWith(`\n\n-- \n${footer}\n`));
  const html = letterHtml(letter, 'en', { ...head, footer });
  assert.match(
    html,
    /<p dir="auto"[^>]*>A &amp; B Ltd, registered &lt;b&gt;01234567&lt;\/b&gt;<\/p><\/body>/,
  );
  assert.ok(!letterText(letter, head).includes('-- '));
});
