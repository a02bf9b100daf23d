import { ScienceError } from './science-error.ts';

/** A measurement model of named inputs. */
export type MeasurementModel = (inputs: Readonly<Record<string, number>>) => number;

/**
 * Sensitivity coefficients ∂f/∂xᵢ of a model at its estimates (GUM 5.1.3): central differences over ±u, halved
 * and extrapolated (Richardson; Ridders, Adv. Eng. Software 4 (1982) 75-76), so curvature does not enter. An
 * input without uncertainty gets a step of 10⁻⁴ of its size. Throws ScienceError `not_a_number`.
 */
export function sensitivitiesOf(
  model: MeasurementModel,
  estimates: Readonly<Record<string, number>>,
  standardUncertainties: Readonly<Record<string, number>> = {},
): Record<string, number> {
  return Object.fromEntries(
    Object.entries(estimates).map(([symbol, estimate]) => {
      const step = standardUncertainties[symbol] || Math.abs(estimate) * 1e-4 || 1e-4;
      const slopeAt = (x: number) => model({ ...estimates, [symbol]: x });
      return [symbol, derivative(slopeAt, estimate, step, symbol)];
    }),
  );
}

function derivative(f: (x: number) => number, at: number, start: number, where: string): number {
  let previous: number[] = [];
  let best = Number.NaN;
  let bestError = Number.POSITIVE_INFINITY;
  let step = start;
  for (let level = 0; level < 8; level += 1, step /= 2) {
    // The step that was really taken, after rounding, is what divides.
    const [above, below] = [at + step, at - step];
    const row = [(f(above) - f(below)) / (above - below)];
    if (!Number.isFinite(row[0])) throw new ScienceError('not_a_number', where);
    for (let column = 1; column <= level; column += 1) {
      const finer = row[column - 1] ?? 0;
      const coarser = previous[column - 1] ?? 0;
      const value = finer + (finer - coarser) / (4 ** column - 1);
      const error = Math.max(Math.abs(value - finer), Math.abs(value - coarser));
      if (error <= bestError) [best, bestError] = [value, error];
      row.push(value);
    }
    previous = row;
  }
  return best;
}
