import { latinDigits } from './digits.ts';
import type { Language } from './language.ts';

const PLAIN = /^[+-]?(\d+(\.\d*)?|\.\d+)$/;
const GROUPED = /^[+-]?\d{1,3}(,\d{3})+(\.\d*)?$/;
/** U+066B and U+066C, the separators of Persian and Arabic numbers. */
const DECIMAL = /\u066B/g;
const THOUSANDS = /\u066C/g;
const SIGNS: Readonly<Record<string, string>> = { '\u2212': '-', '\u200E': '', '\u200F': '' };

const formats = new Map<string, Intl.NumberFormat>();

/**
 * A decimal as the language writes it: `1,234.50`, `۱٬۲۳۴٫۵۰`. The decimal is text, so no digit is lost, and as many
 * digits follow the point as it has, which is what its rounding says.
 */
export function formatDecimal(language: Language, decimal: string): string {
  if (!PLAIN.test(decimal)) throw new RangeError(`not a decimal: ${decimal}`);
  const digits = decimal.split('.')[1]?.length ?? 0;
  return formatOf(language, digits).format(decimal as Intl.StringNumericLiteral);
}

function formatOf(language: Language, digits: number): Intl.NumberFormat {
  const key = `${language}:${digits}`;
  const known = formats.get(key);
  if (known !== undefined) return known;
  const format = new Intl.NumberFormat(language, {
    minimumFractionDigits: digits,
    maximumFractionDigits: digits,
    // Digits as Persian readers expect them, however the process' own locale data is set.
    numberingSystem: language === 'fa' ? 'arabext' : 'latn',
  });
  formats.set(key, format);
  return format;
}

/**
 * The decimal that a person typed, in Latin, Persian or Arabic digits with their separators, as plain text with a
 * point; undefined when it is none. Commas are read as thousands, and only where groups of three say so.
 */
export function parseDecimal(typed: string): string | undefined {
  const text = latinDigits(typed.trim())
    .replace(/[\u2212\u200E\u200F]/g, sign => SIGNS[sign] ?? '')
    .replace(DECIMAL, '.')
    .replace(THOUSANDS, ',');
  if (PLAIN.test(text)) return plain(text);
  return GROUPED.test(text) ? plain(text.replaceAll(',', '')) : undefined;
}

function plain(text: string): string {
  const [, sign = '', whole = '', fraction = ''] = /^([+-]?)(\d*)\.?(\d*)$/.exec(text) ?? [];
  const integer = whole.replace(/^0+(?=\d)/, '') || '0';
  const number = fraction === '' ? integer : `${integer}.${fraction}`;
  return sign === '-' ? `-${number}` : number;
}
