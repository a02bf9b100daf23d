import type * as z from 'zod';
import { type FieldData, type FieldError, fieldPointer } from '../../kernel/index.ts';

export type Place = 'body' | 'query' | 'params';

/** What a schema refused, field by field. Issues need their input (`reportInput`), which is looked at and not shown. */
export function fieldErrorsOf(
  issues: readonly z.core.$ZodIssue[],
  place: Place = 'body',
): readonly FieldError[] {
  return issues.flatMap(issue =>
    issue.code === 'unrecognized_keys'
      ? issue.keys.map(key => ({ pointer: pointerTo(place, [...issue.path, key]), code: 'unknown_field' }))
      : [{ pointer: pointerTo(place, issue.path), ...toldOf(issue) }],
  );
}

function toldOf(issue: z.core.$ZodIssue): { readonly code: string; readonly data?: FieldData } {
  switch (issue.code) {
    case 'custom':
      return (issue.params ?? { code: 'custom' }) as { code: string; data?: FieldData }; // as `rule` made it
    case 'invalid_type':
      return {
        code: issue.code,
        data: { expected: issue.input === undefined ? 'something' : issue.expected },
      };
    case 'too_big':
      return { code: issue.code, data: boundOf(issue.origin, issue.maximum, issue.inclusive) };
    case 'too_small':
      return { code: issue.code, data: boundOf(issue.origin, issue.minimum, issue.inclusive) };
    case 'invalid_format':
      return { code: issue.code, data: { format: issue.format, pattern: issue.pattern ?? '' } };
    case 'not_multiple_of':
      return { code: issue.code, data: { divisor: issue.divisor } };
    case 'invalid_value':
      return { code: issue.code, data: { allowed: issue.values.map(String).join(', ') } };
    default:
      return { code: issue.code };
  }
}

function boundOf(origin: string, bound: number | bigint, inclusive = true): FieldData {
  return { origin, bound: Number(bound), inclusive: String(inclusive) };
}

/** Fields outside the body are named by their place first. */
function pointerTo(place: Place, path: readonly PropertyKey[]): string {
  return fieldPointer(place === 'body' ? path : [place, ...path]);
}
