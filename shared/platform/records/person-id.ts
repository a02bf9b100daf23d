import { parseId } from '../../kernel/index.ts';
import { personalFields } from './personal-plan.ts';
import type { RecordKind } from './record-kind.ts';

/**
 * Whether an id is of a kind that is a person: a record with personal values of its own that law does not keep, or somebody whom
 * records hold (`people`). What is anything else's, or no id at all, is no person.
 */
export function isPersonId(kinds: readonly RecordKind[], id: string): boolean {
  const prefix = parseId(id)?.prefix;
  return prefix !== undefined && kinds.some(kind => peopleOf(kind).includes(prefix));
}

function peopleOf(kind: RecordKind): readonly string[] {
  const isPerson = personalFields(kind).some(({ about, kept }) => about === 'itself' && kept === '');
  return [...(isPerson ? [kind.prefix] : []), ...(kind.people ?? [])];
}
