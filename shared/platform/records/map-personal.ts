import { parseId } from '../../kernel/index.ts';
import { COMMON, hasOnlyWhen, type PersonalPlan, type Spot } from './personal-plan.ts';

type Members = Readonly<Record<string, unknown>>;
type Change = (value: unknown, spot: Spot) => unknown;

/** What becomes of data on a walk over its personal values. */
export type Visitor = {
  /** What an object is taken for before its members are looked at. */
  members?(plan: PersonalPlan, own: Members, about: string): Members;
  /** `isPersonal`: whether what stands beside the value says so, where that decides. */
  value(value: unknown, spot: Spot, isPersonal: boolean): unknown;
};

type Place = { readonly path: readonly string[]; readonly about: string; readonly beside: Members };

/**
 * The data with each personal value replaced by what `change` makes of it. What holds none is the same object as before.
 * `owner` is the record that the data belongs to.
 */
export function mapPersonal(
  plan: PersonalPlan | undefined,
  data: unknown,
  owner: string,
  change: Change,
): unknown {
  return walkFrom(plan, data, owner, {
    value: (value, spot, isPersonal) => (isPersonal ? change(value, spot) : value),
  });
}

/** The places of the personal values for which this holds. */
export function spotsIn(
  plan: PersonalPlan | undefined,
  data: unknown,
  owner: string,
  holds: (value: unknown, spot: Spot) => boolean,
): readonly Spot[] {
  const spots: Spot[] = [];
  mapPersonal(plan, data, owner, (value, spot) => {
    if (holds(value, spot)) spots.push(spot);
    return value;
  });
  return spots;
}

/** The values that stand in clear because the data says that they are of nobody, and would be personal if it said otherwise. */
export function unmarkedIn(plan: PersonalPlan | undefined, data: unknown, owner: string): readonly Spot[] {
  const spots: Spot[] = [];
  walkFrom(plan, data, owner, {
    value: (value, spot, isPersonal) => {
      if (!isPersonal) spots.push(spot);
      return value;
    },
  });
  return spots;
}

/** Whether values of the data that are about this person are personal only because the data says so. */
export function saysPerson(
  plan: PersonalPlan | undefined,
  data: unknown,
  owner: string,
  person: string,
): boolean {
  let says = false;
  walkFrom(plan, data, owner, {
    value: (value, { about, only }, isPersonal) => {
      says ||= isPersonal && only !== undefined && about === person;
      return value;
    },
  });
  return says;
}

/** The values that stop being personal where data follows on other data: what stands beside them says something else. */
export function unmarkedBy(
  plan: PersonalPlan | undefined,
  before: unknown,
  after: unknown,
  owner: string,
): readonly Spot[] {
  if (!hasOnlyWhen(plan)) return [];
  const was = new Set(spotsIn(plan, before, owner, (_value, { only }) => only !== undefined).map(placeOf));
  return unmarkedIn(plan, after, owner).filter(spot => was.has(placeOf(spot)));
}

/** A place as a text, with whom it is about, so that places of two versions can be told to be the same. */
export function placeOf({ path, about }: Spot): string {
  return JSON.stringify([path, about]);
}

/** The data, saying of itself that what it holds of this person is personal: for copies that were made before that was known. */
export function markedPersonal(
  plan: PersonalPlan | undefined,
  data: unknown,
  owner: string,
  person: string,
): unknown {
  return walkFrom(plan, data, owner, {
    members: ({ members = new Map() }, own, about) => {
      const marks = [...members].flatMap(([name, { leaf }]: [string, PersonalPlan]) => {
        if (leaf?.only === undefined || own[name] === undefined || own[name] === null) return [];
        const whom = leaf.person === undefined ? about : personOf(own[leaf.person]);
        return whom === person ? [[leaf.only.when, leaf.only.is] as const] : [];
      });
      return marks.every(([name, is]) => own[name] === is) ? own : { ...own, ...Object.fromEntries(marks) };
    },
    value: value => value,
  });
}

/** A walk over data, or over a part of it that stands at `path`; then nothing is known of what stands around it. */
export function walkFrom(
  plan: PersonalPlan | undefined,
  data: unknown,
  owner: string,
  visitor: Visitor,
  path: readonly string[] = [],
): unknown {
  return plan === undefined ? data : walk(plan, data, { path, about: owner, beside: {} }, visitor);
}

function walk(plan: PersonalPlan, value: unknown, place: Place, visitor: Visitor): unknown {
  if (value === null || value === undefined) return value;
  const { leaf, each } = plan;
  if (leaf !== undefined) return visitLeaf(leaf, value, place, visitor);
  if (typeof value !== 'object') return value;
  if (each !== undefined && Array.isArray(value)) {
    const path = [...place.path, '*'];
    const after = value.map(item => walk(each, item, { ...place, path }, visitor));
    return after.every((item, index) => item === value[index]) ? value : after;
  }
  return walkMembers(plan, value, place, visitor);
}

function visitLeaf(
  { kept, why, erased, person, only }: NonNullable<PersonalPlan['leaf']>,
  value: unknown,
  { path, about, beside }: Place,
  visitor: Visitor,
): unknown {
  const whom = person === undefined ? about : personOf(beside[person]);
  const spot = {
    ...{ path: path.join('/'), about: whom, sealedFor: kept ? COMMON : whom, erased, kept: why },
    ...(only === undefined ? {} : { only }),
  };
  return visitor.value(value, spot, only === undefined || beside[only.when] === only.is);
}

function walkMembers(plan: PersonalPlan, value: object, place: Place, visitor: Visitor): unknown {
  const { each, members, person } = plan;
  const found = value as Members; // an object, as was just seen
  const whom = person === undefined ? place.about : personOf(found[person]);
  const own = visitor.members?.(plan, found, whom) ?? found;
  const entries = Object.entries(own).map(([name, member]) => {
    const next = members?.get(name) ?? (Array.isArray(value) ? undefined : each);
    const step = members?.has(name) === true ? name : '*';
    const inner = { path: [...place.path, step], about: whom, beside: own };
    return [name, next === undefined ? member : walk(next, member, inner, visitor)] as const;
  });
  return own === found && entries.every(([name, member]) => member === own[name])
    ? value
    : Object.fromEntries(entries);
}

const MACHINES = ['key', 'cli'];

/** Whom an id names, when it is a person's; the system, strangers and machines are nobody. */
export function personOf(id: unknown): string {
  const parsed = typeof id === 'string' ? parseId(id) : undefined;
  return parsed === undefined || MACHINES.includes(parsed.prefix) ? COMMON : String(id);
}

/** Everybody whom data is about, but the record itself. */
export function personsIn(plan: PersonalPlan | undefined, data: unknown, owner: string): readonly string[] {
  const persons = new Set<string>();
  mapPersonal(plan, data, owner, (value, { about }) => {
    if (about !== owner && about !== COMMON) persons.add(about);
    return value;
  });
  return [...persons];
}
