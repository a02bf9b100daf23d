import type { ZodType } from 'zod';
import { parseId } from '../../kernel/index.ts';

/**
 * Where personal values stand in data of a schema. A field says `.meta({ personal: true })`, and `kept: '<why>'` beside it
 * when law wants it kept after an erasure. An object says `.meta({ person: '<member>' })` when that member is the id of whom
 * its fields are about; elsewhere they are about the record itself.
 */
export type PersonalPlan = {
  readonly leaf?: { readonly kept: boolean; readonly why: string; readonly erased: unknown };
  readonly person?: string;
  readonly members?: ReadonlyMap<string, PersonalPlan>;
  readonly each?: PersonalPlan;
};

/** One personal value: its place in the schema, whom it is about, and under whose key it is sealed. */
export type Spot = {
  /** By members and `*` for what is one of many: `contacts`, `*`, `email` with slashes between. */
  readonly path: string;
  readonly about: string;
  readonly sealedFor: string;
  /** What stands for it once it was erased; fits the schema. */
  readonly erased: unknown;
};

/** Under this key of the tenant's lies what law keeps, and what is about nobody whom we know. */
export const COMMON = '~common';
/** Where the index says whom a record is about, so that everything about a person is found. */
export const PERSONS = '~persons';
/** Members of a schema's `def` that hold the schemas which it wraps. */
type Def = {
  readonly type: string;
  readonly shape?: Readonly<Record<string, ZodType>>;
  readonly element?: ZodType;
  readonly innerType?: ZodType;
  readonly valueType?: ZodType;
  readonly options?: readonly ZodType[];
  readonly out?: ZodType;
};

const plans = new WeakMap<ZodType, PersonalPlan | null>();

/** The plan of a schema; undefined when it knows nothing personal. */
export function planOf(schema: ZodType): PersonalPlan | undefined {
  const known = plans.get(schema);
  if (known !== undefined) return known ?? undefined;
  // A schema that contains itself is looked into once.
  plans.set(schema, null);
  const plan = compile(schema);
  plans.set(schema, plan ?? null);
  return plan;
}

function compile(schema: ZodType): PersonalPlan | undefined {
  const { personal, kept, person } = schema.meta() ?? {};
  if (personal === true) {
    const why = kept === undefined ? '' : String(kept);
    return { leaf: { kept: kept !== undefined, why, erased: erasedFor(schema) } };
  }
  const def = schema._zod.def as unknown as Def; // zod's own description of a schema, by its type
  const inner = def.innerType ?? def.out;
  if (inner !== undefined) return planOf(inner);
  if (def.type === 'array' && def.element !== undefined) return eachOf(planOf(def.element));
  if (def.type === 'record' && def.valueType !== undefined) return eachOf(planOf(def.valueType));
  if (def.options !== undefined) return def.options.map(planOf).reduce(joined, undefined);
  const members = new Map<string, PersonalPlan>();
  for (const [name, member] of Object.entries(def.shape ?? {})) {
    const plan = planOf(member);
    if (plan !== undefined) members.set(name, plan);
  }
  if (members.size === 0) return undefined;
  return typeof person === 'string' ? { members, person } : { members };
}

function eachOf(plan: PersonalPlan | undefined): PersonalPlan | undefined {
  return plan === undefined ? undefined : { each: plan };
}

/** The plan of a union: whatever is personal in one of its shapes. */
function joined(left: PersonalPlan | undefined, right: PersonalPlan | undefined): PersonalPlan | undefined {
  if (left === undefined || right === undefined) return left ?? right;
  const members = new Map(left.members);
  for (const [name, plan] of right.members ?? []) members.set(name, joined(members.get(name), plan) ?? plan);
  const each = joined(left.each, right.each);
  return {
    ...left,
    ...right,
    ...(members.size === 0 ? {} : { members }),
    ...(each === undefined ? {} : { each }),
  };
}

/** RFC 6761: nobody ever has an address in `invalid`. */
const MARKS: readonly unknown[] = ['[erased]', 'erased@erased.invalid', ['[erased]'], []];

/** Whether a personal value says that whoever it was about was erased. */
export function isErasedMark(value: string): boolean {
  return MARKS.includes(value);
}

function erasedFor(schema: ZodType): unknown {
  const mark = MARKS.find(candidate => schema.safeParse(candidate).success);
  if (mark === undefined) throw new Error('a personal field has no value that says it was erased');
  return mark;
}

/**
 * The data with each personal value replaced by what `change` makes of it. What holds none is the same object as before.
 * `owner` is the record that the data belongs to.
 */
export function mapPersonal(
  plan: PersonalPlan | undefined,
  data: unknown,
  owner: string,
  change: (value: unknown, spot: Spot) => unknown,
): unknown {
  return plan === undefined ? data : walk(plan, data, [], owner, change);
}

function walk(
  plan: PersonalPlan,
  value: unknown,
  path: readonly string[],
  about: string,
  change: (value: unknown, spot: Spot) => unknown,
): unknown {
  if (value === null || value === undefined) return value;
  if (plan.leaf !== undefined) {
    const { kept, erased } = plan.leaf;
    return change(value, { path: path.join('/'), about, sealedFor: kept ? COMMON : about, erased });
  }
  if (typeof value !== 'object') return value;
  const { each, members, person } = plan;
  if (each !== undefined && Array.isArray(value))
    return same(
      value,
      value.map(item => walk(each, item, [...path, '*'], about, change)),
    );
  const own = value as Readonly<Record<string, unknown>>; // an object, as was just seen
  const whom = person === undefined ? about : personOf(own[person]);
  const entries = Object.entries(own).map(([name, member]) => {
    const next = members?.get(name) ?? (Array.isArray(value) ? undefined : each);
    const step = members?.has(name) === true ? name : '*';
    return [name, next === undefined ? member : walk(next, member, [...path, step], whom, change)] as const;
  });
  return entries.every(([name, member]) => member === own[name]) ? value : Object.fromEntries(entries);
}

function same(before: readonly unknown[], after: readonly unknown[]): readonly unknown[] {
  return after.every((item, index) => item === before[index]) ? before : after;
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

/** One personal field of a schema, for the register of personal data: where, about whom, and the rule that keeps it. */
export type PersonalField = { readonly path: string; readonly about: string; readonly kept: string };

/** Every personal field of a kind, in the order of its schema. `about` names the member with the person's id, or `itself`. */
export function personalFields({ schema }: { readonly schema: ZodType }): readonly PersonalField[] {
  const plan = planOf(schema);
  return plan === undefined ? [] : fieldsOf(plan, [], 'itself');
}

function fieldsOf(plan: PersonalPlan, path: readonly string[], about: string): readonly PersonalField[] {
  const { leaf, each, members, person } = plan;
  if (leaf !== undefined) return [{ path: path.join('.'), about, kept: leaf.why }];
  const whom = person === undefined ? about : [...path, person].join('.');
  return [
    ...(each === undefined ? [] : fieldsOf(each, [...path, '*'], about)),
    ...[...(members ?? [])].flatMap(([name, member]) => fieldsOf(member, [...path, name], whom)),
  ];
}
