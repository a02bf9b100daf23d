import type { ZodType } from 'zod';

/**
 * Where personal values stand in data of a schema. A field says `.meta({ personal: true })`, and `kept: '<why>'` beside it
 * when law wants it kept after an erasure. An object says `.meta({ person: '<member>' })` when that member is the id of whom
 * its fields are about, and a field the same of a member beside it; elsewhere they are about the record itself. What is personal
 * of some and not of others, such as a customer's name, says `.meta({ personal: { when: '<member>', is: '<value>' } })`.
 */
export type PersonalPlan = {
  readonly leaf?: Leaf;
  readonly person?: string;
  readonly members?: ReadonlyMap<string, PersonalPlan>;
  readonly each?: PersonalPlan;
};

/** A member beside a value, and what it says where the value is personal. */
export type PersonalWhen = { readonly when: string; readonly is: string };

type Leaf = {
  readonly kept: boolean;
  readonly why: string;
  readonly erased: unknown;
  readonly person?: string;
  readonly only?: PersonalWhen;
};

/** One personal value: its place in the schema, whom it is about, and under whose key it is sealed. */
export type Spot = {
  /** By members and `*` for what is one of many: `contacts`, `*`, `email` with slashes between. */
  readonly path: string;
  readonly about: string;
  readonly sealedFor: string;
  /** What stands for it once it was erased; fits the schema. */
  readonly erased: unknown;
  /** The rule that keeps it after an erasure; empty for what goes. */
  readonly kept: string;
  /** It is personal of some only, and what stands beside it says of whom: by this. */
  readonly only?: PersonalWhen;
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
  const leaf = leafOf(schema);
  if (leaf !== undefined) return { leaf };
  const { person } = schema.meta() ?? {};
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

function leafOf(schema: ZodType): Leaf | undefined {
  const { personal, kept, person } = schema.meta() ?? {};
  if (personal !== true && !isWhen(personal)) return undefined;
  return {
    ...{ kept: kept !== undefined, why: kept === undefined ? '' : String(kept), erased: erasedFor(schema) },
    ...(typeof person === 'string' ? { person } : {}),
    ...(personal === true ? {} : { only: personal }),
  };
}

/** Whether the plan knows values that are personal of some only. */
export function hasOnlyWhen(plan: PersonalPlan | undefined): boolean {
  if (plan === undefined) return false;
  return plan.leaf?.only !== undefined || [...(plan.members?.values() ?? []), plan.each].some(hasOnlyWhen);
}

function isWhen(personal: unknown): personal is PersonalWhen {
  if (typeof personal !== 'object' || personal === null) return false;
  const { when, is } = personal as Partial<PersonalWhen>;
  return typeof when === 'string' && typeof is === 'string';
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

/** Stands for a text that was erased. */
export const ERASED_TEXT = '[erased]';
/** RFC 6761: nobody ever has an address in `invalid`. */
const MARKS: readonly unknown[] = [ERASED_TEXT, 'erased@erased.invalid', [ERASED_TEXT], []];

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
 * One personal field of a schema, for the register of personal data: where, about whom, the rule that keeps it, and when it is
 * personal, for what is so of some only (`form is person`).
 */
export type PersonalField = {
  readonly path: string;
  readonly about: string;
  readonly kept: string;
  readonly when?: string;
};

/** Every personal field of a kind, in the order of its schema. `about` names the member with the person's id, or `itself`. */
export function personalFields({ schema }: { readonly schema: ZodType }): readonly PersonalField[] {
  const plan = planOf(schema);
  return plan === undefined ? [] : fieldsOf(plan, [], 'itself');
}

function fieldsOf(plan: PersonalPlan, path: readonly string[], about: string): readonly PersonalField[] {
  const { leaf, each, members, person } = plan;
  if (leaf !== undefined) {
    const beside = path.slice(0, -1);
    const { why, only } = leaf;
    const whose = leaf.person === undefined ? about : [...beside, leaf.person].join('.');
    const when = only === undefined ? {} : { when: `${[...beside, only.when].join('.')} is ${only.is}` };
    return [{ path: path.join('.'), about: whose, kept: why, ...when }];
  }
  const whom = person === undefined ? about : [...path, person].join('.');
  return [
    ...(each === undefined ? [] : fieldsOf(each, [...path, '*'], about)),
    ...[...(members ?? [])].flatMap(([name, member]) => fieldsOf(member, [...path, name], whom)),
  ];
}
