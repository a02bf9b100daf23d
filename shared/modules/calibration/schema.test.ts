import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LongText, QuantityField, ShortText } from './schema.ts';

test('numbers beyond anything measured are refused before they can leave the range of a double', () => {
  for (const value of [1e308, -1e308, 1e16]) {
    assert.equal(QuantityField.safeParse({ value, unit: 'mm' }).success, false, String(value));
  }
  assert.equal(QuantityField.safeParse({ value: 1e12, unit: 'Hz' }).success, true);
});

test('text that would print as boxes or backwards is refused, every language is not', () => {
  for (const text of ['A\u0000B', 'Z\u202e9', 'x\u0007', 'a\u2066b', 'tab\there']) {
    assert.equal(ShortText.safeParse(text).success, false, JSON.stringify(text));
    assert.equal(LongText.safeParse(text).success, false, JSON.stringify(text));
  }
  assert.equal(ShortText.safeParse('two\nlines').success, false);
  assert.equal(LongText.safeParse('two\nlines').success, true);
  for (const text of ['میکرومتر \u200cدیجیتال', 'Größe ±2 µm', '<b>A & B</b>']) {
    assert.equal(ShortText.safeParse(text).success, true, text);
  }
});
