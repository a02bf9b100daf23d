import { micrometer } from '../scripts/demo-data/instruments.ts';

const WORDS = ['micrometer', 'caliper', 'thermometer', 'balance', 'manometer', 'torque wrench', 'dial gauge'];
const MAKERS = ['Mitutoyo', 'Mahr', 'Fluke', 'Sartorius', 'Wika'];
const DAY_MILLISECONDS = 86_400_000;
const FIRST_DAY = Date.parse('2026-01-01T00:00:00Z');

/** One of millions of instruments, as the API takes it: none has the serial number of another, and words are shared by many. */
export function instrument(number: number, customerId: string) {
  const word = WORDS[number % WORDS.length] ?? '';
  return {
    customerId,
    description: `Digital ${word} ${number % 40}`,
    maker: MAKERS[number % MAKERS.length] ?? '',
    model: `${word.slice(0, 3).toUpperCase()}-${number % 300}`,
    serial: serialOf(number),
    assetNumber: `A-${number}`,
    range: { from: micrometer.range.low, to: micrometer.range.high, unit: 'mm' },
    resolution: micrometer.resolution,
    tolerance: { constant: 0.001, digits: 1, unit: 'mm', source: micrometer.specification },
    intervalMonths: micrometer.intervalMonths,
    dueDate: new Date(FIRST_DAY + (number % 730) * DAY_MILLISECONDS).toISOString().slice(0, 10),
  };
}

/** Seven digits that do not grow with the number. */
export function serialOf(number: number): string {
  return String((number * 7_368_787 + 1) % 10_000_000).padStart(7, '0');
}
