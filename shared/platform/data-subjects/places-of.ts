import type { Caller } from '../../kernel/index.ts';
import type { Capabilities } from '../capabilities/index.ts';
import {
  type AboutPage,
  lastSaid,
  personsAbout,
  type RecordKind,
  type Saved,
  saysItIsPerson,
  scopeOfId,
} from '../records/index.ts';

export type Source = {
  readonly platform: Capabilities;
  readonly kinds: readonly RecordKind[];
  readonly caller: Caller;
};

export type Place = { readonly kind: RecordKind; readonly id: string; readonly scope: string };

/** A page of where something is said of a person. */
export type Places = {
  readonly page: readonly Place[];
  /**
   * Their own record is of a kind that holds others than people, and says that this is one: then copies of it are about a person,
   * too, whatever they said when they were made.
   */
  readonly isPerson: boolean;
};

/** A page of the person's own record and every other one that says something of them, in the order of their ids. */
export async function placesOf(source: Source, person: string, page: AboutPage): Promise<Places> {
  const { platform, kinds, caller } = source;
  const own = await ownRecord(source, person);
  const isPerson = own !== undefined && saysItIsPerson(own);
  const copies = isPerson ? (own.kind.copies ?? []) : [];
  const about = await platform.records.for(caller).about(person, { ...page, copies });
  const others = about.map(({ kind: name, id, scope }) => {
    const kind = kinds.find(candidate => candidate.name === name);
    if (kind === undefined) throw new Error(`${id} is of a kind that is not known`);
    return { kind, id, scope };
  });
  const all =
    own === undefined || person <= page.after ? others : [...others.filter(({ id }) => id !== person), own];
  const sorted = all.toSorted((left, right) => (left.id < right.id ? -1 : 1)).slice(0, page.limit);
  return { page: sorted, isPerson };
}

/** The record with a person's id. One that was deleted is known by what it said last: its past tells of them still. */
async function ownRecord(
  { platform, kinds, caller }: Source,
  person: string,
): Promise<Saved<unknown> | undefined> {
  const kind = kinds.find(
    ({ home, prefix }) => home !== 'within' && scopeOfId({ home, prefix }, person) !== undefined,
  );
  if (kind === undefined) return undefined;
  const scope = platform.records.for(caller).scopeOf(kind, person);
  if ((await scope.atRest(person)) === undefined) return undefined;
  return lastSaid(scope, await scope.ever(kind, person));
}

const PAGE = 100;

/** Those whom a person's own record holds because of that person and no other record of its kind knows: how a customer is reached. */
export async function heldFor(source: Source, person: string): Promise<readonly string[]> {
  const own = await ownRecord(source, person);
  if (own === undefined || !saysItIsPerson(own)) return [];
  const people = (own.kind.people ?? []).map(prefix => `${prefix}_`);
  const held = personsAbout(own).filter(id => id !== person && people.some(prefix => id.startsWith(prefix)));
  const alone = await Promise.all(held.map(async id => ((await isElsewhere(source, own, id)) ? [] : [id])));
  return alone.flat();
}

async function isElsewhere(
  { platform, caller }: Source,
  own: Saved<unknown>,
  person: string,
): Promise<boolean> {
  for (let after = ''; ; ) {
    const page = await platform.records.for(caller).about(person, { after, limit: PAGE });
    if (page.some(({ kind, id }) => kind === own.kind.name && id !== own.id)) return true;
    if (page.length < PAGE) return false;
    after = page.at(-1)?.id ?? '';
  }
}
