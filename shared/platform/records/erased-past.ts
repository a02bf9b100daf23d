import type { Touch } from './documents.ts';
import { spotsIn, walkFrom } from './map-personal.ts';
import { COMMON, ERASED_TEXT, hasOnlyWhen, type PersonalPlan, planOf, type Spot } from './personal-plan.ts';
import type { Saved } from './saved.ts';
import type { Opener } from './sealing.ts';

type Present = Pick<Saved<unknown>, 'kind' | 'id' | 'data'>;

/**
 * What is shown of a record's past. A value that is personal of some only may stand there in clear, from when the record did not
 * say so; where the key of whom it is about was destroyed, it is not shown either.
 */
export type PastView = {
  data(past: unknown): unknown;
  steps(steps: Touch['forward']): Touch['forward'];
};

const AS_IT_IS: PastView = { data: past => past, steps: steps => steps };

/** Where the present record holds something of who was erased, and whether all that it says of itself is gone with it. */
type Erased = { readonly paths: ReadonlySet<string>; readonly own: boolean };

/**
 * The view of a record's past by who was erased, which their key tells. The present record says of whom a value is personal: who was
 * erased stays who they are (`assertNobodyComesBack`), and a firm that was erased keeps its name. Of a record that is gone all is hidden.
 */
export async function pastViewOf(
  opener: Pick<Opener, 'erased'>,
  { kind, id, data }: Present,
): Promise<PastView> {
  const plan = planOf(kind.schema);
  if (plan === undefined || !hasOnlyWhen(plan)) return AS_IT_IS;
  const spots = spotsIn(plan, data, id, (_value, { only }) => only !== undefined);
  const isGone = data === null && isAboutItself(plan);
  const persons = new Set(spots.map(({ sealedFor }) => sealedFor).filter(person => person !== COMMON));
  const erased = await opener.erased(isGone ? [id] : persons);
  if (erased.size === 0) return AS_IT_IS;
  const paths = spots.flatMap(({ path, sealedFor }) => (erased.has(sealedFor) ? [path] : []));
  return viewOf(plan, id, { paths: new Set(paths), own: isGone });
}

function viewOf(plan: PersonalPlan, id: string, erased: Erased): PastView {
  const hides = ({ only, sealedFor, path }: Spot): boolean =>
    only !== undefined && (erased.paths.has(path) || (erased.own && sealedFor === id));
  const hidden: Hide = (at, value, path) =>
    walkFrom(at, value, id, { value: (inner, spot) => (hides(spot) ? spot.erased : inner) }, path);
  return {
    data: past => hidden(plan, past, []),
    steps: steps =>
      steps.map(step =>
        'value' in step ? { ...step, value: hiddenStep(plan, step, erased, hidden) } : step,
      ),
  };
}

type Hide = (at: PersonalPlan, value: unknown, path: readonly string[]) => unknown;

/** Whether what is personal of some only is about the record itself. */
function isAboutItself({ leaf, person, members, each }: PersonalPlan): boolean {
  if (person !== undefined) return false;
  if (leaf?.only !== undefined && leaf.person === undefined) return true;
  return [...(members?.values() ?? []), ...(each === undefined ? [] : [each])].some(isAboutItself);
}

/** The value of a step that leads to a place within the data, or to all of it. */
function hiddenStep(
  plan: PersonalPlan,
  { path: pointer, value }: { readonly path: string; readonly value: unknown },
  { paths, own }: Erased,
  hidden: Hide,
): unknown {
  // The first names the member `data`, where all of it stands.
  const [, , ...names] = pointer.split('/');
  const path: string[] = [];
  let at = plan;
  let isOwn = true;
  for (const name of names) {
    isOwn &&= at.person === undefined;
    const member = at.members?.get(name);
    const next = member ?? at.each;
    if (next === undefined) break;
    path.push(member === undefined ? '*' : name);
    at = next;
  }
  const isOver = names.length > path.length;
  if (!isOver) return hidden(at, value, path);
  const { leaf } = at;
  if (leaf?.only === undefined) return value;
  const isErased = (own && isOwn && leaf.person === undefined) || paths.has(path.join('/'));
  return isErased ? ERASED_TEXT : value;
}
