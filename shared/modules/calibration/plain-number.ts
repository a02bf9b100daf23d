import { formatDecimal } from './science/index.ts';

/** A number with at most so many significant digits, without exponent and without trailing zeros. */
export function plainNumber(value: number, significantDigits: number): string {
  if (value === 0) return '0';
  const decimals = significantDigits - 1 - Math.floor(Math.log10(Math.abs(value)));
  const text = formatDecimal(value, decimals);
  return text.includes('.') ? text.replace(/\.?0+$/, '') : text;
}

/** With a sign in front of everything but zero. */
export function signed(text: string): string {
  return text.startsWith('-') || /^[0.]*$/.test(text) ? text : `+${text}`;
}

/** How many decimals a number needs to be written as it is, within what a double holds for certain. */
export function decimalsOf(value: number): number {
  const [, fraction = ''] = plainNumber(value, 15).split('.');
  return fraction.length;
}
