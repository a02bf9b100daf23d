import { isDeepStrictEqual } from 'node:util';
import type { Touch } from './documents.ts';
import { mapPersonal, walkFrom } from './map-personal.ts';
import { type PersonalPlan, planOf } from './personal-plan.ts';
import type { Saved } from './saved.ts';

type Present = Pick<Saved<unknown>, 'kind' | 'id' | 'data'>;

/**
 * What is shown of a record's past. A value that is personal of some only may stand there in clear, from when the record did not
 * say so; where the present one says that it was erased, the earlier ones are not shown either.
 */
export type PastView = {
  data(past: unknown): unknown;
  steps(steps: Touch['forward']): Touch['forward'];
};

const AS_IT_IS: PastView = { data: past => past, steps: steps => steps };

/** The view of a record's past by what is erased of it now. */
export function pastViewOf({ kind, id, data }: Present): PastView {
  const plan = planOf(kind.schema);
  const erased = new Set<string>();
  mapPersonal(plan, data, id, (value, spot) => {
    if (spot.isOnlyWhen && isDeepStrictEqual(value, spot.erased)) erased.add(spot.path);
    return value;
  });
  if (plan === undefined || erased.size === 0) return AS_IT_IS;
  const hidden = (at: PersonalPlan, value: unknown, path: readonly string[]): unknown =>
    walkFrom(at, value, id, { value: (inner, spot) => (erased.has(spot.path) ? spot.erased : inner) }, path);
  return {
    data: past => hidden(plan, past, []),
    steps: steps =>
      steps.map(step =>
        'value' in step ? { ...step, value: hiddenStep(plan, step, erased, hidden) } : step,
      ),
  };
}

const MARK = '[erased]';

/** The value of a step that leads to a place within the data, or to all of it. */
function hiddenStep(
  plan: PersonalPlan,
  { path: pointer, value }: { readonly path: string; readonly value: unknown },
  erased: ReadonlySet<string>,
  hidden: (at: PersonalPlan, value: unknown, path: readonly string[]) => unknown,
): unknown {
  // The first names the member `data`, where all of it stands.
  const [, , ...names] = pointer.split('/');
  const path: string[] = [];
  let at = plan;
  for (const name of names) {
    const member = at.members?.get(name);
    const next = member ?? at.each;
    if (next === undefined) break;
    path.push(member === undefined ? '*' : name);
    at = next;
  }
  const isOver = names.length > path.length;
  if (!isOver) return hidden(at, value, path);
  return at.leaf !== undefined && erased.has(path.join('/')) ? MARK : value;
}
