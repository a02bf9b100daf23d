import * as z from 'zod';
import { rule } from '../../kernel/index.ts';
import { latinDigits, parseDay } from '../../kernel/languages/index.ts';

/** A whole number in a path or a query, in Latin, Persian or Arabic digits. */
export function wholeNumber(least: number, most: number) {
  return z.preprocess(
    typed => (typeof typed === 'string' ? latinDigits(typed) : typed),
    z.coerce.number().int().min(least).max(most),
  );
}

/**
 * A day, in any digits. With dashes it is a Gregorian one, as ISO 8601 writes it; with slashes a Jalali one
 * (`1405/02/09`), as Persian pages and documents write it. Kept and answered as ISO 8601.
 */
export const DayText = z
  .string()
  .max(20)
  .overwrite(typed => isoDay(typed) ?? typed)
  .refine(text => isoDay(text) === text, rule('day_invalid'))
  .meta({ format: 'date', description: 'A day: 2026-04-29, or in the Jalali calendar 1405/02/09.' });

function isoDay(typed: string): string | undefined {
  const latin = latinDigits(typed.trim());
  if (/^\d{4}-\d{2}-\d{2}$/.test(latin)) return parseDay(latin, 'gregorian');
  return /^\d{4}\/\d{1,2}\/\d{1,2}$/.test(latin) ? parseDay(latin, 'jalali') : undefined;
}
