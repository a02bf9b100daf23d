import type * as z from 'zod';
import type { ZodType } from 'zod';
import type { FieldError } from '../../kernel/index.ts';
import { recordFault } from '../records/index.ts';
import { httpFault } from './faults.ts';

export type Place = 'body' | 'query' | 'params';

/** Parses one part of a request; a mismatch is `platform.input_invalid` with a pointer to each field. */
export function parsePart<T>(schema: ZodType<T>, value: unknown, place: Place): T {
  const outcome = schema.safeParse(value);
  if (outcome.success) return outcome.data;
  const errors = outcome.error.issues.flatMap(issue => fieldErrors(issue, place));
  // An id that cannot be one is an id of nothing.
  if (place === 'params') throw recordFault('platform.not_found', { errors });
  throw httpFault('platform.input_invalid', { errors });
}

function fieldErrors(issue: z.core.$ZodIssue, place: Place): readonly FieldError[] {
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map(key => ({
      pointer: pointerTo(place, [...issue.path, key]),
      code: 'unknown_field',
      detail: 'This field is not known here.',
    }));
  }
  return [{ pointer: pointerTo(place, issue.path), code: issue.code, detail: issue.message }];
}

/** RFC 6901 as a URI fragment; fields outside the body are named by their place first. */
function pointerTo(place: Place, path: readonly PropertyKey[]): string {
  const steps = path.map(step => String(step).toWellFormed().replaceAll('~', '~0').replaceAll('/', '~1'));
  const rooted = place === 'body' ? steps : [place, ...steps];
  return `#${rooted.map(step => `/${encodeURIComponent(step)}`).join('')}`;
}
