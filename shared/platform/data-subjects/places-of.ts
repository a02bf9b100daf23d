import type { Caller } from '../../kernel/index.ts';
import type { Capabilities } from '../capabilities/index.ts';
import { type AboutPage, type RecordKind, scopeOfId } from '../records/index.ts';

type Place = { readonly kind: RecordKind; readonly id: string; readonly scope: string };

/** A page of the person's own record and every other one that says something of them, in the order of their ids. */
export async function placesOf(
  platform: Capabilities,
  kinds: readonly RecordKind[],
  caller: Caller,
  person: string,
  page: AboutPage,
): Promise<readonly Place[]> {
  const records = platform.records.for(caller);
  const about = await records.about(person, page);
  const others = about.map(({ kind: name, id, scope }) => {
    const kind = kinds.find(candidate => candidate.name === name);
    if (kind === undefined) throw new Error(`${id} is of a kind that is not known`);
    return { kind, id, scope };
  });
  const own = person > page.after ? await ownPlace(platform, kinds, caller, person) : undefined;
  const all = own === undefined ? others : [...others.filter(({ id }) => id !== person), own];
  return all.toSorted((left, right) => (left.id < right.id ? -1 : 1)).slice(0, page.limit);
}

async function ownPlace(
  platform: Capabilities,
  kinds: readonly RecordKind[],
  caller: Caller,
  person: string,
): Promise<Place | undefined> {
  const kind = kinds.find(
    ({ home, prefix }) => home !== 'within' && scopeOfId({ home, prefix }, person) !== undefined,
  );
  const scope = kind === undefined ? undefined : scopeOfId(kind, person);
  if (kind === undefined || scope === undefined) return undefined;
  return (await platform.records.for(caller).find(kind, person)) === undefined
    ? undefined
    : { kind, id: person, scope };
}
