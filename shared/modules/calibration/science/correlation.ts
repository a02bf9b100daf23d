import { ScienceError } from './science-error.ts';

/** Correlation coefficient between two inputs, named by their symbols. */
export type Correlation = Readonly<{ first: string; second: string; coefficient: number }>;

/** What a correlation adds to the combined variance: 2 cᵢ cⱼ uᵢ uⱼ r, and its share in percent. */
export type CorrelationTerm = Correlation & Readonly<{ variance: number; percent: number }>;

type Contributor = Readonly<{ symbol: string; contribution: number }>;

/**
 * Combined standard uncertainty with correlations (GUM 5.2.2, equation 16). Throws `unknown_symbol`,
 * `impossible_correlation` (outside ±1, given twice, with itself, or coefficients that no inputs can have together).
 */
export function combine(
  lines: readonly Contributor[],
  correlations: readonly Correlation[],
): { combined: number; terms: CorrelationTerm[] } {
  const contributions = new Map(lines.map(line => [line.symbol, line.contribution]));
  // Scaled by the largest, so that squares of very small or large contributions keep their range.
  const largest = Math.max(0, ...lines.map(line => Math.abs(line.contribution)));
  if (largest === 0) return { combined: 0, terms: [] };
  let variance = lines.reduce((sum, line) => sum + (line.contribution / largest) ** 2, 0);
  requirePossible(correlations);
  const pairs = correlations.map(correlation => {
    const [first, second] = [correlation.first, correlation.second].map(symbol => {
      const contribution = contributions.get(symbol);
      if (contribution === undefined) throw new ScienceError('unknown_symbol', symbol);
      return contribution / largest;
    });
    const term = 2 * (first ?? 0) * (second ?? 0) * correlation.coefficient;
    variance += term;
    return { ...correlation, term };
  });
  if (variance < -1e-12) throw new ScienceError('impossible_correlation', 'variance');
  const total = Math.max(0, variance);
  const terms = pairs.map(({ term, ...correlation }) => ({
    ...correlation,
    variance: term * largest * largest,
    percent: total === 0 ? 0 : (100 * term) / total,
  }));
  return { combined: largest * Math.sqrt(total), terms };
}

function requirePossible(correlations: readonly Correlation[]): void {
  const symbols = [...new Set(correlations.flatMap(({ first, second }) => [first, second]))];
  const position = new Map(symbols.map((symbol, index) => [symbol, index]));
  const matrix = symbols.map((_, row) => symbols.map((__, column) => (row === column ? 1 : 0)));
  const given = new Set<string>();
  for (const { first, second, coefficient } of correlations) {
    const pair = [first, second].toSorted().join('\n');
    if (!(Math.abs(coefficient) <= 1) || first === second || given.has(pair))
      throw new ScienceError('impossible_correlation', `${first}, ${second}`);
    given.add(pair);
    set(matrix, position.get(first), position.get(second), coefficient);
    set(matrix, position.get(second), position.get(first), coefficient);
  }
  if (choleskyFactor(matrix) === undefined)
    throw new ScienceError('impossible_correlation', symbols.join(', '));
}

function set(matrix: number[][], row: number | undefined, column: number | undefined, value: number): void {
  const line = row === undefined ? undefined : matrix[row];
  if (line && column !== undefined) line[column] = value;
}

/**
 * Lower triangular L with L·Lᵀ = matrix for a symmetric positive semidefinite matrix; undefined when it is not.
 * A zero pivot (inputs that are wholly correlated) gives a zero column.
 */
export function choleskyFactor(matrix: readonly (readonly number[])[]): number[][] | undefined {
  const size = matrix.length;
  const factor = matrix.map(() => new Array<number>(size).fill(0));
  const at = (row: number, column: number) => factor[row]?.[column] ?? 0;
  for (let column = 0; column < size; column += 1) {
    for (let row = column; row < size; row += 1) {
      let rest = matrix[row]?.[column] ?? 0;
      for (let k = 0; k < column; k += 1) rest -= at(row, k) * at(column, k);
      if (row === column && rest < -1e-10) return undefined;
      if (row === column) set(factor, row, column, Math.sqrt(Math.max(0, rest)));
      else if (at(column, column) > 1e-8) set(factor, row, column, rest / at(column, column));
      else if (Math.abs(rest) > 1e-6) return undefined;
    }
  }
  return factor;
}
