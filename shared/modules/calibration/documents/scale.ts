/** The extent of an axis and where its ticks stand, all in the axis' own unit. */
export type Axis = {
  readonly from: number;
  readonly to: number;
  readonly step: number;
  readonly ticks: readonly number[];
};

/**
 * An axis over the given values with ticks at 1, 2, 2.5 or 5 times a power of ten, about `count` of them, that ends on ticks.
 * After Heckbert, Nice Numbers for Graph Labels (Graphics Gems, 1990).
 */
export function niceAxis(values: readonly number[], count: number): Axis {
  const low = Math.min(...values);
  const high = Math.max(...values);
  const span = high > low ? high - low : Math.abs(high) || 1;
  const step = niceStep(span / count);
  const first = Math.floor(low / step + tolerance) - (high > low ? 0 : 1);
  const last = Math.ceil(high / step - tolerance) + (high > low ? 0 : 1);
  const ticks = Array.from({ length: last - first + 1 }, (_, index) => clean((first + index) * step, step));
  return { from: clean(first * step, step), to: clean(last * step, step), step, ticks };
}

/** The same ticks over just the extent of the values and a little more, for an axis that need not end on a tick. */
export function snugAxis(values: readonly number[], count: number): Axis {
  const axis = niceAxis(values, count);
  const low = Math.min(...values);
  const high = Math.max(...values);
  const margin = high > low ? (high - low) * 0.03 : axis.step;
  const [from, to] = [low - margin, high + margin];
  return { ...axis, from, to, ticks: axis.ticks.filter(tick => tick >= from && tick <= to) };
}

/** Decimal places that tell ticks of this step apart. */
export function decimalsOf(step: number): number {
  for (let decimals = 0; decimals < 12; decimals += 1) {
    const scaled = step * 10 ** decimals;
    if (Math.abs(scaled - Math.round(scaled)) < 1e-6 * scaled) return decimals;
  }
  return 12;
}

/** The label of a tick, with a true minus sign. */
export function tickLabel(tick: number, step: number): string {
  return tick.toFixed(decimalsOf(step)).replace('-', '−');
}

/** Maps the axis' unit to a length along it, which may run backwards as y does on a page. */
export function linearScale(axis: Axis, start: number, end: number): (value: number) => number {
  const factor = (end - start) / (axis.to - axis.from);
  return value => round(start + (value - axis.from) * factor);
}

// A value that lies on a tick but for the rounding of binary fractions shall not push the axis a tick further.
const tolerance = 1e-9;

function niceStep(rough: number): number {
  const power = 10 ** Math.floor(Math.log10(rough));
  const fraction = rough / power;
  const nice = [1, 2, 2.5, 5, 10].find(candidate => fraction <= candidate + tolerance) ?? 10;
  return nice * power;
}

function clean(value: number, step: number): number {
  const cleaned = Number(value.toFixed(decimalsOf(step)));
  return cleaned === 0 ? 0 : cleaned;
}

function round(value: number): number {
  return Math.round(value * 100) / 100;
}
