import type { Quantity } from '../../../kernel/quantities/index.ts';
import type { Budget } from './budget.ts';
import type { Conformity, DecisionRule, Tolerance } from './conformity.ts';
import type { Correlation } from './correlation.ts';
import type { Spread } from './type-b.ts';

/** The value that a standard realises and what its certificate and history say about it. */
export type ReferenceInput = Readonly<{
  value: Quantity;
  certificate: Readonly<{ expanded: Quantity; coverageFactor: number; dof?: number | null | undefined }>;
  /** Largest change since the certificate, either way; taken as rectangular. */
  driftLimit?: Quantity | undefined;
  /** Identification of the standard and its certificate, printed with the row. */
  source?: string | undefined;
}>;

/** A further input of the budget. With `corrects`, sensitivity × estimate is added to the result. */
export type Contribution = Readonly<{
  name: string;
  symbol?: string | undefined;
  type?: 'A' | 'B' | undefined;
  estimate?: number | undefined;
  unit: string;
  spread: Spread;
  sensitivity?: number | undefined;
  sensitivityUnit?: string | undefined;
  dof?: number | null | undefined;
  source?: string | undefined;
  corrects?: boolean | undefined;
}>;

/**
 * One test point. `indication`: the item shows readings while the standard realises the reference value; error =
 * mean reading − reference. `substitution`: the item is itself a value (weight, gauge block), readings are
 * differences item − standard; its value is reference + mean reading, its error is against `nominal`.
 */
export type PointInput = Readonly<{
  unit: string;
  model?: 'indication' | 'substitution' | undefined;
  nominal?: Quantity | undefined;
  reference: ReferenceInput;
  readings: readonly number[];
  readingUnit?: string | undefined;
  /** A standard deviation known from earlier series; used in place of the scatter of these readings. */
  repeatability?: Readonly<{ standardDeviation: Quantity; dof?: number | null | undefined }> | undefined;
  /** Smallest step of the item's display. */
  resolution?: Quantity | undefined;
  contributions?: readonly Contribution[] | undefined;
  correlations?: readonly Correlation[] | undefined;
  /** Permitted error in `unit`. */
  tolerance?: Tolerance | undefined;
  decisionRule?: DecisionRule | undefined;
  coverageProbability?: number | undefined;
  coverage?: 'student_t' | 'dominant' | undefined;
  cmc?: Quantity | undefined;
  significantDigits?: 1 | 2 | undefined;
}>;

export type PointWarning =
  /** One reading and no earlier repeatability: the budget has no type A row. */
  | 'repeatability_not_evaluated'
  /** Fewer than three effective degrees of freedom: U is a poor estimate; take more readings. */
  | 'few_degrees_of_freedom'
  /** Correlated inputs: the degrees of freedom are only indicative. */
  | 'correlated_inputs'
  | 'cmc_applied'
  /** A rectangular contribution dominates: k from Student's t is larger than needed (EA-4/02 S9). */
  | 'dominant_rectangular';

/** A test point worked out. Numbers are in `unit` and not rounded; `formatted` holds what is printed. */
export type PointResult = Readonly<{
  unit: string;
  model: 'indication' | 'substitution';
  nominal: number;
  reference: number;
  readings: readonly number[];
  meanReading: number;
  /** Scatter of these readings; null for a single one. */
  standardDeviation: number | null;
  /** Mean indication with corrections, or the value of the item under `substitution`. */
  measured: number;
  error: number;
  budget: Budget;
  combinedStandardUncertainty: number;
  effectiveDof: number | null;
  coverageFactor: number;
  coverageProbability: number;
  expandedUncertainty: number;
  formatted: Readonly<{
    reference: string;
    measured: string;
    error: string;
    correction: string;
    expandedUncertainty: string;
    coverageFactor: string;
    unit: string;
    decimals: number;
  }>;
  /** Null when no tolerance was given. */
  conformity: Conformity | null;
  warnings: readonly PointWarning[];
}>;
