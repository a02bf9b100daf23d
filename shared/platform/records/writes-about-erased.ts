import { isDeepStrictEqual } from 'node:util';
import { fieldPointer } from '../../kernel/index.ts';
import type { PersonKeys } from '../keys/index.ts';
import { recordFault } from './faults.ts';
import { mapPersonal, placeOf, spotsIn, unmarkedBy } from './map-personal.ts';
import { COMMON, type PersonalPlan, planOf, type Spot } from './personal-plan.ts';
import type { Saved } from './saved.ts';

type Of = Pick<Saved<unknown>, 'kind' | 'id'>;

/**
 * Refuses data that says something new of somebody who was erased and whom the record itself is about, or whom it has as its own: it
 * would not be written. Also what says of them that they are nobody: it would stand in clear. What was there before may still come, from
 * whoever read it a moment ago; it is left out. Throws `person_erased` with pointers.
 */
export function assertNobodyComesBack(keys: PersonKeys, of: Of, data: unknown, before?: unknown): void {
  const { kind, id } = of;
  const plan = planOf(kind.schema);
  if (plan === undefined) return;
  const isGone = ({ sealedFor }: Spot): boolean => keys.get(sealedFor) === null;
  const unmarked = before === undefined ? [] : unmarkedBy(plan, before, data, id).filter(isGone);
  const said = new Set([
    ...unmarked.map(({ path, only }) => pointerOf([...path.split('/').slice(0, -1), only?.when ?? ''])),
    ...newlySaid(plan, of, data, before)
      .filter(isGone)
      .map(({ path }) => pointerOf(path.split('/'))),
  ]);
  if (said.size === 0) return;
  const errors = [...said].map(pointer => ({ pointer, code: 'person_erased' }));
  throw recordFault('platform.person_erased', { errors });
}

/** The values about the record itself, and about whom it has as its own, that were not there before and are no mark. */
function newlySaid(plan: PersonalPlan, { kind, id }: Of, data: unknown, before: unknown): readonly Spot[] {
  const owns = (kind.people ?? []).map(prefix => `${prefix}_`);
  const sayingOf = (value: unknown, { path, about }: Spot): string => JSON.stringify([path, about, value]);
  const were = new Set<string>();
  mapPersonal(plan, before, id, (value, spot) => {
    were.add(sayingOf(value, spot));
    return value;
  });
  return spotsIn(plan, data, id, (value, spot) => {
    const isOwn = spot.about === id || owns.some(prefix => spot.about.startsWith(prefix));
    return isOwn && !isDeepStrictEqual(value, spot.erased) && !were.has(sayingOf(value, spot));
  });
}

/**
 * Refuses the mark of somebody erased where it is typed of somebody who was not: it would be taken for an erasure. What law keeps may
 * hold it, as a copy. Throws `text_reserved` with pointers.
 */
export function assertNoMarkIsTyped(
  keys: PersonKeys,
  { kind, id }: Of,
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
  return spotsIn(plan, data, id, (value, spot) => {
    const isEmpty = Array.isArray(value) && value.length === 0;
    return !isEmpty && isDeepStrictEqual(value, spot.erased);
  });
}

/** The place in the data; of one of many, that of the many. */
function pointerOf(path: readonly string[]): string {
  const many = path.indexOf('*');
  return fieldPointer(many === -1 ? path : path.slice(0, many));
}
