import { isDeepStrictEqual } from 'node:util';
import { fieldPointer } from '../../kernel/index.ts';
import type { PersonKeys } from '../keys/index.ts';
import { recordFault } from './faults.ts';
import { mapPersonal, unmarkedBy } from './map-personal.ts';
import { COMMON, type PersonalPlan, planOf, type Spot } from './personal-plan.ts';
import type { Saved } from './saved.ts';

/**
 * Refuses data that says of somebody who was erased that they are nobody: what is written of them from then on would stand in
 * clear. Throws `person_erased` with pointers.
 */
export function assertNobodyComesBack(
  keys: PersonKeys,
  { kind, id, data: before }: Pick<Saved<unknown>, 'kind' | 'id' | 'data'>,
  data: unknown,
): void {
  const back = unmarkedBy(planOf(kind.schema), before, data, id).filter(
    ({ sealedFor }) => keys.get(sealedFor) === null,
  );
  const said = new Set(
    back.map(({ path, only }) => pointerOf([...path.split('/').slice(0, -1), only?.when ?? ''])),
  );
  if (said.size === 0) return;
  const errors = [...said].map(pointer => ({ pointer, code: 'person_erased' }));
  throw recordFault('platform.person_erased', { errors });
}

/**
 * Refuses the mark of somebody erased where it is typed of somebody who was not: it would be taken for an erasure. What law keeps may
 * hold it, as a copy. Throws `text_reserved` with pointers.
 */
export function assertNoMarkIsTyped(
  keys: PersonKeys,
  { kind, id }: Pick<Saved<unknown>, 'kind' | 'id'>,
  data: unknown,
  before?: unknown,
): void {
  const plan = planOf(kind.schema);
  if (plan === undefined) return;
  const marks = marksIn(plan, id, data).filter(
    ({ sealedFor }) => sealedFor !== COMMON && keys.get(sealedFor) !== null,
  );
  if (marks.length === 0) return;
  const were = new Set(before === undefined ? [] : marksIn(plan, id, before).map(placeOf));
  const errors = marks
    .filter(spot => !were.has(placeOf(spot)))
    .map(({ path }) => ({ pointer: pointerOf(path.split('/')), code: 'reserved_text' }));
  if (errors.length > 0) throw recordFault('platform.text_reserved', { errors });
}

function marksIn(plan: PersonalPlan, id: string, data: unknown): readonly Spot[] {
  const marks: Spot[] = [];
  mapPersonal(plan, data, id, (value, spot) => {
    const isEmpty = Array.isArray(value) && value.length === 0;
    if (!isEmpty && isDeepStrictEqual(value, spot.erased)) marks.push(spot);
    return value;
  });
  return marks;
}

function placeOf({ path, about }: Spot): string {
  return JSON.stringify([path, about]);
}

/** The place in the data; of one of many, that of the many. */
function pointerOf(path: readonly string[]): string {
  const many = path.indexOf('*');
  return fieldPointer(many === -1 ? path : path.slice(0, many));
}
