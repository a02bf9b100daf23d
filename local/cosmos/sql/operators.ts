import type { Value } from '../json.ts';
import type { BinaryOperator } from './ast.ts';
import { compareValues, equalValues, sameType } from './values.ts';

const numeric: Partial<Record<BinaryOperator, (left: number, right: number) => number>> = {
  '+': (left, right) => left + right,
  '-': (left, right) => left - right,
  '*': (left, right) => left * right,
  '/': (left, right) => left / right,
  '%': (left, right) => left % right,
  '&': (left, right) => left & right,
  '|': (left, right) => left | right,
  '^': (left, right) => left ^ right,
  '<<': (left, right) => left << right,
  '>>': (left, right) => left >> right,
  '>>>': (left, right) => left >>> right,
};

const relational: Partial<Record<BinaryOperator, (order: number) => boolean>> = {
  '<': order => order < 0,
  '<=': order => order <= 0,
  '>': order => order > 0,
  '>=': order => order >= 0,
};

/** `=`: undefined when a side is undefined, false between different types. */
export function equality(left: Value, right: Value): boolean | undefined {
  if (left === undefined || right === undefined) return undefined;
  return equalValues(left, right);
}

/** `<`, `<=`, `>`, `>=`: defined only between two values of one primitive type. */
export function relation(operator: BinaryOperator, left: Value, right: Value): boolean | undefined {
  const test = relational[operator];
  if (test === undefined || left === undefined || right === undefined || !sameType(left, right))
    return undefined;
  if (typeof left === 'object' && left !== null) return undefined;
  return test(compareValues(left, right));
}

/** Applies an operator that needs both sides computed. AND, OR and `??` are not among them. */
export function applyBinary(operator: BinaryOperator, left: Value, right: Value): Value {
  if (operator === '=') return equality(left, right);
  if (operator === '!=') {
    const equal = equality(left, right);
    return equal === undefined ? undefined : !equal;
  }
  if (operator === '||')
    return typeof left === 'string' && typeof right === 'string' ? left + right : undefined;
  const compute = numeric[operator];
  if (compute === undefined) return relation(operator, left, right);
  if (typeof left !== 'number' || typeof right !== 'number') return undefined;
  const result = compute(left, right);
  return Number.isFinite(result) ? result : undefined;
}

/** AND over three values: false wins, and anything that is no boolean counts as undefined. */
export function logicalAnd(left: Value, right: Value): boolean | undefined {
  if (left === false || right === false) return false;
  return left === true && right === true ? true : undefined;
}

/** OR over three values: true wins, and anything that is no boolean counts as undefined. */
export function logicalOr(left: Value, right: Value): boolean | undefined {
  if (left === true || right === true) return true;
  return left === false && right === false ? false : undefined;
}

/** OR over any number of values. */
export function anyOf(values: readonly Value[]): boolean | undefined {
  return values.reduce<boolean | undefined>(logicalOr, false);
}

/** AND over any number of values. */
export function allOf(values: readonly Value[]): boolean | undefined {
  return values.reduce<boolean | undefined>(logicalAnd, true);
}
