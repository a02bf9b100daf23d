import { ScienceError } from './science-error.ts';

/** Solution of a linear least squares problem; covariance is (AᵀA)⁻¹, to be scaled by the variance of the rows. */
export type LinearSolution = Readonly<{
  solution: number[];
  covariance: number[][];
  residualSquares: number;
}>;

/**
 * Least squares solution of A·x = b by Householder reflections (Golub and Van Loan, Matrix Computations, 4th ed.,
 * algorithms 5.2.1 and 5.3.2), with one step of iterative refinement. AᵀA is never formed.
 * Throws ScienceError `rank_deficient`.
 */
export function solveLeastSquares(
  matrix: readonly (readonly number[])[],
  rhs: readonly number[],
): LinearSolution {
  const factors = factorize(matrix);
  const first = factors.solve(rhs);
  const correction = factors.solve(residualsOf(matrix, rhs, first));
  const solution = first.map((value, index) => value + (correction[index] ?? 0));
  const residualSquares = residualsOf(matrix, rhs, solution).reduce((sum, value) => sum + value * value, 0);
  return { solution, covariance: factors.covariance(), residualSquares };
}

function residualsOf(
  matrix: readonly (readonly number[])[],
  rhs: readonly number[],
  solution: readonly number[],
): number[] {
  return matrix.map((row, index) =>
    row.reduce((rest, value, column) => rest - value * (solution[column] ?? 0), rhs[index] ?? 0),
  );
}

type Factors = { solve: (rhs: readonly number[]) => number[]; covariance: () => number[][] };

function factorize(matrix: readonly (readonly number[])[]): Factors {
  const columns = matrix[0]?.length ?? 0;
  // Columns are kept as arrays of their own, since each reflection works on whole columns.
  const work = Array.from({ length: columns }, (_, column) => matrix.map(row => row[column] ?? 0));
  const reflectors: number[][] = [];
  const upper: number[][] = Array.from({ length: columns }, () => new Array<number>(columns).fill(0));
  for (let pivot = 0; pivot < columns; pivot += 1) {
    const { reflector, diagonal } = reflectorOf(work[pivot] ?? [], pivot);
    const scale = Math.hypot(...(work[pivot] ?? []));
    if (!(Math.abs(diagonal) > scale * 1e-14)) throw new ScienceError('rank_deficient', 'points');
    reflectors.push(reflector);
    for (let column = pivot; column < columns; column += 1) {
      const values = work[column] ?? [];
      reflect(values, reflector, pivot);
      const row = upper[pivot];
      if (row) row[column] = values[pivot] ?? 0;
    }
  }
  return {
    solve: rhs => {
      const values = [...rhs];
      for (const [pivot, reflector] of reflectors.entries()) reflect(values, reflector, pivot);
      return backSubstitute(upper, values);
    },
    covariance: () => covarianceOf(upper),
  };
}

function reflectorOf(column: readonly number[], pivot: number): { reflector: number[]; diagonal: number } {
  const tail = column.slice(pivot);
  const norm = Math.hypot(...tail);
  const head = tail[0] ?? 0;
  const diagonal = head > 0 ? -norm : norm;
  const reflector = [head - diagonal, ...tail.slice(1)];
  const length = Math.hypot(...reflector);
  return { reflector: length === 0 ? reflector : reflector.map(value => value / length), diagonal };
}

function reflect(values: number[], reflector: readonly number[], pivot: number): void {
  const product = reflector.reduce((sum, value, index) => sum + value * (values[pivot + index] ?? 0), 0);
  for (const [index, value] of reflector.entries())
    values[pivot + index] = (values[pivot + index] ?? 0) - 2 * product * value;
}

function backSubstitute(upper: readonly (readonly number[])[], rhs: readonly number[]): number[] {
  const solution = new Array<number>(upper.length).fill(0);
  for (let row = upper.length - 1; row >= 0; row -= 1) {
    let rest = rhs[row] ?? 0;
    for (let column = row + 1; column < upper.length; column += 1)
      rest -= (upper[row]?.[column] ?? 0) * (solution[column] ?? 0);
    solution[row] = rest / (upper[row]?.[row] ?? 1);
  }
  return solution;
}

function covarianceOf(upper: readonly (readonly number[])[]): number[][] {
  const size = upper.length;
  // Columns of R⁻¹; the covariance is R⁻¹·R⁻ᵀ.
  const inverse = Array.from({ length: size }, (_, column) =>
    backSubstitute(
      upper,
      Array.from({ length: size }, (__, row) => (row === column ? 1 : 0)),
    ),
  );
  return Array.from({ length: size }, (_, row) =>
    Array.from({ length: size }, (__, column) =>
      inverse.reduce((sum, vector) => sum + (vector[row] ?? 0) * (vector[column] ?? 0), 0),
    ),
  );
}
