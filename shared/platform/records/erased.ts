import { isDeepStrictEqual } from 'node:util';
import { readEnvelope } from './envelope.ts';
import { mapPersonal } from './map-personal.ts';
import { planOf } from './personal-plan.ts';
import type { RecordKind } from './record-kind.ts';

/** Whether data in clear holds a value of somebody who was erased. */
export function hasErased(kind: Pick<RecordKind, 'schema'>, id: string, data: unknown): boolean {
  let found = false;
  mapPersonal(planOf(kind.schema), data, id, (value, { erased }) => {
    found ||= isDeepStrictEqual(value, erased);
    return value;
  });
  return found;
}

/**
 * Whether data at rest is what it was, but for marks where somebody was erased meanwhile. A value that nobody changed stays
 * sealed as it is, so this needs no key and tells a change of what nobody can read any more, too.
 */
export function isSameButErased(before: unknown, after: unknown): boolean {
  if (typeof after === 'string' && typeof before === 'string')
    return before === after || isErasedFrom(before, after);
  if (typeof before !== 'object' || typeof after !== 'object' || before === null || after === null)
    return before === after;
  if (Array.isArray(before) !== Array.isArray(after)) return false;
  const [old, young] = [before, after].map(part => new Map(Object.entries(part)));
  if (old === undefined || young === undefined || old.size !== young.size) return false;
  return [...old].every(([name, value]) => young.has(name) && isSameButErased(value, young.get(name)));
}

function isErasedFrom(before: string, after: string): boolean {
  const [was, is] = [readEnvelope(before), readEnvelope(after)];
  return (
    was !== undefined &&
    is !== undefined &&
    is.version === 0 &&
    was.person === is.person &&
    was.path === is.path
  );
}
