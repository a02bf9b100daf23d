import type { Caller } from '../../kernel/index.ts';
import type { Capabilities } from '../capabilities/index.ts';
import { type RecordKind, scopeOfId } from '../records/index.ts';

type Place = { readonly kind: RecordKind; readonly id: string; readonly scope: string };

/** The person's own record, and every other one that says something of them, in the order of their ids. */
export async function placesOf(
  platform: Capabilities,
  kinds: readonly RecordKind[],
  caller: Caller,
  person: string,
): Promise<readonly Place[]> {
  const records = platform.records.for(caller);
  const about = await records.about(person);
  const others = about.flatMap(({ kind: name, id, scope }) => {
    const kind = kinds.find(candidate => candidate.name === name);
    return kind === undefined ? [] : [{ kind, id, scope }];
  });
  const own = kinds.find(kind => kind.home !== 'within' && scopeOfId(kind, person) !== undefined);
  const scope = own === undefined ? undefined : scopeOfId(own, person);
  if (own === undefined || scope === undefined)
    return others.toSorted((left, right) => (left.id < right.id ? -1 : 1));
  const found = (await records.find(own, person)) === undefined ? [] : [{ kind: own, id: person, scope }];
  return [...found, ...others].toSorted((left, right) => (left.id < right.id ? -1 : 1));
}
