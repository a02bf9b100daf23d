import * as z from 'zod';
import { rule } from '../../kernel/index.ts';
import { parseDecimal } from '../../kernel/languages/index.ts';
import { Currency } from './settings.ts';

/** An amount is 15 digits at most: what a double holds exactly, for clients that make it one. */
const AMOUNT = /^\d{1,13}(\.\d{1,4})?$/;

/**
 * Money: a decimal as text, in the currency's own unit and with all of its digits (`249.00` in EUR, `24900` in JPY). Taken in
 * Latin, Persian or Arabic digits.
 */
export const Price = z
  .strictObject({
    amount: z
      .string()
      .max(40)
      .overwrite(typed => parseDecimal(typed) ?? typed)
      .regex(AMOUNT),
    currency: Currency,
  })
  .refine(price => digitsOf(price.amount) <= digitsIn(price.currency), {
    path: ['amount'],
    ...rule('amount_too_fine'),
  })
  .overwrite(({ amount, currency }) => ({ amount: whole(amount, digitsIn(currency)), currency }));

function digitsOf(amount: string): number {
  return amount.split('.')[1]?.length ?? 0;
}

/** Digits behind the point that a currency has (ISO 4217). */
function digitsIn(currency: string): number {
  const format = new Intl.NumberFormat('en', { style: 'currency', currency });
  return format.resolvedOptions().maximumFractionDigits ?? 0;
}

function whole(amount: string, digits: number): string {
  if (digits === 0 || digitsOf(amount) >= digits) return amount;
  const [units = '', parts = ''] = amount.split('.');
  return `${units}.${parts.padEnd(digits, '0')}`;
}
