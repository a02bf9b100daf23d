import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { formatDecimal } from '../../kernel/languages/index.ts';
import { Price } from './price.ts';

const amountOf = (amount: unknown, currency = 'EUR') => Price.safeParse({ amount, currency }).data?.amount;

test('a price is a decimal as text with all digits of its currency', () => {
  for (const [typed, currency, amount] of [
    ['249', 'EUR', '249.00'],
    ['249.5', 'EUR', '249.50'],
    ['0', 'EUR', '0.00'],
    ['24900', 'JPY', '24900'],
    ['1.5', 'KWD', '1.500'],
    ['1,249.90', 'USD', '1249.90'],
    ['۱٬۲۴۹٫۹', 'EUR', '1249.90'],
  ] as const)
    assert.equal(amountOf(typed, currency), amount, typed);
});

test('a number, a part of a cent, less than nothing and a currency that is none are no price', () => {
  for (const amount of [249, '1.005', '-1', '', 'ten', '1e3', '12345678901234', 'NaN', null])
    assert.equal(amountOf(amount), undefined, String(amount));
  assert.equal(amountOf('1.5', 'JPY'), undefined);
  assert.equal(amountOf('1', 'XXY'), undefined);
  const { error } = Price.safeParse({ amount: '1.005', currency: 'EUR' });
  assert.deepEqual(error?.issues[0]?.path, ['amount']);
});

test('every price is taken as Persians write it, and stays what it is when it is sent again', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 1e14 }), cents => {
      const amount = `${Math.floor(cents / 100)}.${String(cents % 100).padStart(2, '0')}`;
      assert.equal(amountOf(formatDecimal('fa', amount)), amount);
      assert.equal(amountOf(amount), amount);
    }),
  );
});
