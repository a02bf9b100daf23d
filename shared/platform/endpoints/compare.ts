import { createPatch } from 'rfc6902';

export type FieldChange = { readonly field: string; readonly before: unknown; readonly after: unknown };
export type Comparison = { readonly patch: readonly unknown[]; readonly fields: readonly FieldChange[] };

/** What is different between two states of a record: as an RFC 6902 patch, and field by field for people. */
export function compare(before: unknown, after: unknown): Comparison {
  return { patch: createPatch(before, after), fields: changedFields('', before, after) };
}

/** The innermost fields that differ; `items.0.serial` names one. What is not there on one side is null there. */
function changedFields(field: string, before: unknown, after: unknown): readonly FieldChange[] {
  if (before === after) return [];
  const [left, right] = [membersOf(before), membersOf(after)];
  if (left === undefined || right === undefined || left.isList !== right.isList)
    return [{ field, before: before ?? null, after: after ?? null }];
  const names = new Set([...left.members.keys(), ...right.members.keys()]);
  return [...names].flatMap(name =>
    changedFields(field === '' ? name : `${field}.${name}`, left.members.get(name), right.members.get(name)),
  );
}

function membersOf(
  value: unknown,
): { readonly isList: boolean; readonly members: ReadonlyMap<string, unknown> } | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  return { isList: Array.isArray(value), members: new Map(Object.entries(value)) };
}
