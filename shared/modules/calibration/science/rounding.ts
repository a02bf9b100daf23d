import { finite, notNegative } from './science-error.ts';

export type RoundingMode = 'half_even' | 'half_up';

/** A measured value and its expanded uncertainty as they are printed: same decimal place, no exponents. */
export type FormattedResult = Readonly<{ value: string; uncertainty: string; decimals: number }>;

type Decimal = Readonly<{ negative: boolean; digits: string; exponent: number }>;

// A double carries 15 decimal digits for certain; the rest is noise that would turn 1.005 into 1.00499….
const certainDigits = 15;

function toDecimal(value: number): Decimal {
  const [mantissa = '0', exponent = '0'] = Math.abs(value)
    .toExponential(certainDigits - 1)
    .split('e');
  return { negative: value < 0, digits: mantissa.replace('.', ''), exponent: Number(exponent) };
}

/** The digits of a decimal down to 10^place, as an integer count of 10^place. */
function countOf(decimal: Decimal, place: number, mode: RoundingMode | 'up'): bigint {
  const kept = decimal.exponent - place + 1;
  if (kept >= decimal.digits.length)
    return BigInt(decimal.digits) * 10n ** BigInt(kept - decimal.digits.length);
  const head = kept > 0 ? BigInt(decimal.digits.slice(0, kept)) : 0n;
  const tail = kept > 0 ? decimal.digits.slice(kept) : `${'0'.repeat(Math.min(-kept, 20))}${decimal.digits}`;
  return head + (raises(head, tail, mode) ? 1n : 0n);
}

function raises(head: bigint, tail: string, mode: RoundingMode | 'up'): boolean {
  if (/^0*$/u.test(tail)) return false;
  if (mode === 'up') return true;
  const half = `5${'0'.repeat(tail.length - 1)}`;
  if (tail !== half) return tail > half;
  return mode === 'half_up' || head % 2n === 1n;
}

function write(count: bigint, place: number, negative: boolean): string {
  const sign = negative && count !== 0n ? '-' : '';
  if (place >= 0) return `${sign}${count * 10n ** BigInt(place)}`;
  const digits = count.toString().padStart(1 - place, '0');
  return `${sign}${digits.slice(0, place)}.${digits.slice(place)}`;
}

/**
 * Rounds to `decimals` places (negative: tens, hundreds) and writes all of them, never an exponent. Works on the
 * decimal digits, so 1.005 rounds as written. Half goes to the even digit (ISO 80000-1:2009 B.3 rule A) unless
 * told otherwise. Throws ScienceError `not_a_number`.
 */
export function formatDecimal(value: number, decimals: number, mode: RoundingMode = 'half_even'): string {
  const decimal = toDecimal(finite(value, 'value'));
  return write(countOf(decimal, -decimals, mode), -decimals, decimal.negative);
}

/**
 * Rounds an expanded uncertainty to one or two significant digits: half up, and up altogether where rounding down
 * would lower it by more than 5 % (EA-4/02 6.3, ILAC-P14:09/2020 clause 5). Throws `negative_uncertainty`.
 */
export function formatUncertainty(
  uncertainty: number,
  significantDigits: 1 | 2 = 2,
): {
  text: string;
  decimals: number;
} {
  const decimal = toDecimal(notNegative(uncertainty, 'uncertainty'));
  if (uncertainty === 0) return { text: '0', decimals: 0 };
  let place = decimal.exponent - significantDigits + 1;
  let count = countOf(decimal, place, 'half_up');
  const exact = BigInt(decimal.digits) * 100n;
  const scale = 10n ** BigInt(certainDigits - significantDigits);
  if (count * scale * 100n < (exact * 95n) / 100n) count = countOf(decimal, place, 'up');
  if (count >= 10n ** BigInt(significantDigits)) {
    // 9.96 became 10.0: two significant digits of it are 10.
    count /= 10n;
    place += 1;
  }
  return { text: write(count, place, false), decimals: -place };
}

/**
 * A result as a certificate states it (EA-4/02 6.3): the uncertainty to two significant digits, the value to the
 * same decimal place, half to even. `formatResult(10.00002, 0.00118)` is 10.0000 ± 0.0012.
 */
export function formatResult(
  value: number,
  expandedUncertainty: number,
  significantDigits: 1 | 2 = 2,
): FormattedResult {
  const { text, decimals } = formatUncertainty(expandedUncertainty, significantDigits);
  return { value: formatDecimal(value, decimals), uncertainty: text, decimals: Math.max(0, decimals) };
}

/**
 * A difference without the noise that subtraction brings up: 10.003 − 10.002 is 0.001, so that a limit of 0.001
 * is met. `magnitude` is the larger of the two numbers that were subtracted.
 */
export function withoutNoise(difference: number, magnitude: number): number {
  if (difference === 0 || magnitude === 0 || !Number.isFinite(difference)) return difference;
  const decimals = certainDigits - 2 - Math.floor(Math.log10(Math.abs(magnitude)));
  return Number(formatDecimal(difference, decimals));
}
