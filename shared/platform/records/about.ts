import type { Caller } from '../../kernel/index.ts';
import { mapPersonal, markedPersonal, personsIn, saysPerson } from './map-personal.ts';
import { PERSONS, planOf } from './personal-plan.ts';
import type { RecordKind } from './record-kind.ts';
import type { Saved } from './saved.ts';
import type { Store } from './store.ts';

/** A record with something about a person in it. */
export type RecordPlace = { readonly id: string; readonly kind: string; readonly scope: string };

/** Where to go on, by id, and how many at most. `copies`: where records may name the person that were not known to be about one. */
export type AboutPage = {
  readonly after: string;
  readonly limit: number;
  readonly copies?: RecordKind['copies'];
};

/** Records of the caller's tenant that say something about a person, beside the person's own, in the order of their ids. */
export async function placesAbout(
  store: Store,
  caller: Caller,
  person: string,
  { after, limit, copies = [] }: AboutPage,
): Promise<readonly RecordPlace[]> {
  const kinds = Object.fromEntries(copies.map(({ kind }, index) => [`kind${index}`, kind]));
  const ways = [
    `ARRAY_CONTAINS(c.ix["${PERSONS}"], @person)`,
    ...copies.map(
      ({ field }, index) => `(c.kind = @kind${index} AND c.ix[${JSON.stringify(field)}] = @person)`,
    ),
  ];
  return store.queryAcross<RecordPlace>({
    text: `SELECT TOP ${limit} c.id, c.kind, c.scope FROM c WHERE c.tenantId = @tenant AND c.type = 'record'
      AND (${ways.join(' OR ')}) AND c.id > @after ORDER BY c.id ASC`,
    parameters: { tenant: caller.tenant, person, after, ...kinds },
  });
}

/** Everybody whom a record is about, itself among them when it has personal values of its own. */
export function personsAbout({
  kind,
  id,
  data,
}: Pick<Saved<unknown>, 'kind' | 'id' | 'data'>): readonly string[] {
  const plan = planOf(kind.schema);
  const { own, kept } = valuesAbout({ kind, id, data }, id);
  return [...(own + kept.length > 0 ? [id] : []), ...personsIn(plan, data, id)];
}

/** Stands for what an export to one person leaves out. */
export const WITHHELD = '[withheld]';

/** The data for one person alone: values about anybody else are withheld. */
export function withheldFromOthers(
  { kind, id, data }: Pick<Saved<unknown>, 'kind' | 'id' | 'data'>,
  person: string,
): unknown {
  return mapPersonal(planOf(kind.schema), data, id, (value, { about }) =>
    about === person ? value : WITHHELD,
  );
}

/** The values of a record that are about a person, each with its place in the schema. */
export function wordsAbout(
  { kind, id, data }: Pick<Saved<unknown>, 'kind' | 'id' | 'data'>,
  person: string,
): readonly (readonly [path: string, value: unknown])[] {
  const words: [string, unknown][] = [];
  mapPersonal(planOf(kind.schema), data, id, (value, { path, about }) => {
    if (about === person) words.push([path, value]);
    return value;
  });
  return words;
}

/** How many values of a record go with a person's key, and the rules by which law keeps others that are about them. */
export function valuesAbout(
  { kind, id, data }: Pick<Saved<unknown>, 'kind' | 'id' | 'data'>,
  person: string,
): { readonly own: number; readonly kept: readonly string[] } {
  let own = 0;
  const kept = new Set<string>();
  mapPersonal(planOf(kind.schema), data, id, (value, { about, kept: rule }) => {
    if (about === person && rule === '') own += 1;
    else if (about === person) kept.add(rule);
    return value;
  });
  return { own, kept: [...kept] };
}

/** Whether a record says of itself that it is a person, where its kind holds others, too: its copies are of a person, then. */
export function saysItIsPerson({ kind, id, data }: Pick<Saved<unknown>, 'kind' | 'id' | 'data'>): boolean {
  return saysPerson(planOf(kind.schema), data, id, id);
}

/** The record's data, saying that what it holds of this person is personal, whatever it said when that was copied. */
export function asPersonal(
  { kind, id, data }: Pick<Saved<unknown>, 'kind' | 'id' | 'data'>,
  person: string,
): unknown {
  return markedPersonal(planOf(kind.schema), data, id, person);
}
