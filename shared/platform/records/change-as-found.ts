import * as z from 'zod';
import type { ChangeDocument, Touch } from './documents.ts';

/** Stands for what nobody can read, since it was written past the service by nobody who had the keys. */
export const UNREADABLE = '[unreadable]';

/** Something that is shown of a change, and what of it cannot be read, if anything. */
export type AsFound<T> = T & { readonly unreadable?: readonly string[] };

const Step = z.looseObject({ op: z.string(), path: z.string() });
const Touched = z.looseObject({ id: z.string(), kind: z.string(), version: z.int() });
const Person = z.object({ user: z.string(), name: z.string() });

const Whole = z.looseObject({
  ...{ id: z.string(), tenantId: z.string(), scope: z.string(), type: z.literal('change'), at: z.string() },
  ...{ time: z.string(), action: z.string(), requestId: z.string(), hash: z.string() },
  ...{ reason: z.string().nullable(), address: z.string().nullable() },
  by: Person.extend({ operator: Person.optional() }),
  touches: z.array(Touched.extend({ forward: z.array(Step), inverse: z.array(Step) })),
  jobs: z.array(z.looseObject({ id: z.string(), queue: z.string(), version: z.number() })),
  events: z.array(z.looseObject({ type: z.string() })),
  sort: z.looseObject({ time: z.string() }),
});

/** Whether a commit can have written it: it has every member of a change, and each is such a thing. */
export function isChange(document: unknown): document is ChangeDocument {
  return Whole.safeParse(document).success;
}

type Shown = Pick<ChangeDocument, 'time' | 'action' | 'by' | 'reason' | 'requestId' | 'address' | 'hash'>;
type Notes = Set<string>;

/** A change that nobody vouches for, so that it can be shown: what is no such thing is said to be unreadable, by its name. */
export function changeAsFound(change: ChangeDocument): AsFound<ChangeDocument> {
  const notes: Notes = new Set();
  const touches = listOf(Touched, change.touches, notes).map(touch => ({
    ...touch,
    forward: stepsOf(touch['forward'], notes),
    inverse: stepsOf(touch['inverse'], notes),
  })) as unknown as readonly Touch[]; // as much as is shown of one was just looked at
  return noted({ ...change, ...shownOf(change, notes), touches }, notes);
}

/** The same of a change that is found without its patches. */
export function entryAsFound<T extends Shown & { readonly records: readonly unknown[] }>(
  entry: T,
): AsFound<T> {
  const notes: Notes = new Set();
  return noted({ ...entry, ...shownOf(entry, notes), records: listOf(Touched, entry.records, notes) }, notes);
}

function noted<T>(found: T, notes: Notes): AsFound<T> {
  return { ...found, ...(notes.size === 0 ? {} : { unreadable: [...notes] }) };
}

function shownOf({ time, action, by, reason, requestId, address, hash }: Shown, notes: Notes): Shown {
  const text = (name: string, value: unknown): string => {
    if (typeof value === 'string') return value;
    notes.add(name);
    return UNREADABLE;
  };
  const person = (name: string, value: Partial<Shown['by']>): z.infer<typeof Person> => ({
    user: text(`${name}.user`, value?.user),
    name: text(`${name}.name`, value?.name),
  });
  const operator: unknown = by?.operator;
  return {
    ...{ time: text('time', time), action: text('action', action) },
    by: {
      ...person('by', by),
      ...(operator === undefined ? {} : { operator: person('by.operator', operator as Shown['by']) }),
    },
    reason: reason === null ? null : text('reason', reason),
    address: address === null ? null : text('address', address),
    ...{ requestId: text('requestId', requestId), hash: text('hash', hash) },
  };
}

/** Those of a list that are such things. */
function listOf<T extends z.ZodType>(item: T, value: unknown, notes: Notes): readonly z.infer<T>[] {
  const found = (Array.isArray(value) ? value : []).map(one => item.safeParse(one));
  if (!(Array.isArray(value) && found.every(({ success }) => success))) notes.add('records');
  return found.flatMap(({ data }) => (data === undefined ? [] : [data]));
}

function stepsOf(value: unknown, notes: Notes): Touch['forward'] {
  const steps = z.array(Step).safeParse(value);
  if (!steps.success) notes.add('records.patch');
  return (steps.data ?? []) as unknown as Touch['forward']; // each says what it does and where
}
