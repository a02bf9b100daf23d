import { stripVTControlCharacters, styleText } from 'node:util';
import { type Comparison, meetsAim } from './compare.ts';
import type { Summary } from './statistics.ts';

/** The comparisons as a table for people: a ratio first, then what it was made of. */
export function tableOf(comparisons: readonly Comparison[]): string {
  const rows = comparisons.map(row => [
    row.name,
    `${percent(row.ratio.median)} (${percent(row.ratio.min)}–${percent(row.ratio.max)})`,
    aimOf(row),
    `${figure(row.ours)} ${row.unit}`,
    `${figure(row.reference)} ${row.unit}`,
  ]);
  const head = ['what', 'of the reference', 'aim', 'ours', 'reference'];
  return align([head, ...rows]);
}

/** Rows of text with columns as wide as they need; the first row is the head. */
export function align(rows: readonly (readonly string[])[]): string {
  const widths = (rows[0] ?? []).map((_, column) =>
    Math.max(...rows.map(row => plainLength(row[column] ?? ''))),
  );
  const line = (row: readonly string[]): string =>
    row
      .map((cell, column) => cell + ' '.repeat((widths[column] ?? 0) - plainLength(cell)))
      .join('  ')
      .trimEnd();
  return rows.map((row, index) => (index === 0 ? styleText('dim', line(row)) : line(row))).join('\n');
}

function aimOf(comparison: Comparison): string {
  const { aim } = comparison;
  if (aim === undefined) return '';
  const met = meetsAim(comparison) === true;
  const text = `${aim.better === 'more' ? '≥' : '≤'} ${percent(aim.ratio)} ${met ? 'met' : 'missed'}`;
  return styleText(met ? 'green' : 'yellow', text);
}

function plainLength(text: string): number {
  return stripVTControlCharacters(text).length;
}

function figure({ median, min, max }: Summary): string {
  return `${short(median)} (${short(min)}–${short(max)})`;
}

function percent(ratio: number): string {
  return `${(ratio * 100).toFixed(ratio < 0.1 ? 1 : 0)} %`;
}

/** Three digits say more than was measured. */
function short(value: number): string {
  return value >= 100 ? String(Math.round(value)) : String(Number(value.toPrecision(3)));
}
