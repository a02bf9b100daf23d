import { fieldPointer } from '../../kernel/index.ts';
import { readEnvelope } from './envelope.ts';
import { recordFault } from './faults.ts';

/**
 * Refuses data in clear that holds a text written as a sealed value is: whoever reads it at rest would take it for one, and for the
 * mark of somebody erased, which a signature bears. Throws `text_reserved` with pointers.
 */
export function assertNothingLooksSealed(data: unknown): void {
  // Most data holds none, and a look at all of it as one text is quick.
  if (!(JSON.stringify(data) ?? '').includes('"~1.')) return;
  const errors = placesIn(data, []).map(path => ({ pointer: fieldPointer(path), code: 'reserved_text' }));
  if (errors.length > 0) throw recordFault('platform.text_reserved', { errors });
}

function placesIn(value: unknown, path: readonly string[]): readonly (readonly string[])[] {
  if (typeof value === 'string') return readEnvelope(value) === undefined ? [] : [path];
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, member]) => placesIn(member, [...path, name]));
}
