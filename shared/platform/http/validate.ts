import type { ZodType } from 'zod';
import { recordFault } from '../records/index.ts';
import { httpFault } from './faults.ts';
import { fieldErrorsOf, type Place } from './field-errors.ts';

/** Parses one part of a request; a mismatch is `platform.input_invalid` with a pointer to each field. */
export function parsePart<T>(schema: ZodType<T>, value: unknown, place: Place): T {
  const outcome = schema.safeParse(value, { reportInput: true });
  if (outcome.success) return outcome.data;
  const errors = fieldErrorsOf(outcome.error.issues, place);
  // An id that cannot be one is an id of nothing.
  if (place === 'params') throw recordFault('platform.not_found', { errors });
  throw httpFault('platform.input_invalid', { errors });
}
