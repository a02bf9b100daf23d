import type { Caller } from '../../kernel/index.ts';
import { mapPersonal, PERSONS, personsIn, planOf } from './personal-plan.ts';
import type { Saved } from './saved.ts';
import type { Store } from './store.ts';

/** A record with something about a person in it. */
export type RecordPlace = { readonly id: string; readonly kind: string; readonly scope: string };

/** Where to go on, by id, and how many at most. */
export type AboutPage = { readonly after: string; readonly limit: number };

/** Records of the caller's tenant that say something about a person, beside the person's own, in the order of their ids. */
export async function placesAbout(
  store: Store,
  caller: Caller,
  person: string,
  { after, limit }: AboutPage,
): Promise<readonly RecordPlace[]> {
  return store.queryAcross<RecordPlace>({
    text: `SELECT TOP ${limit} c.id, c.kind, c.scope FROM c WHERE c.tenantId = @tenant AND c.type = 'record'
      AND ARRAY_CONTAINS(c.ix["${PERSONS}"], @person) AND c.id > @after ORDER BY c.id ASC`,
    parameters: { tenant: caller.tenant, person, after },
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
  return [...(own + kept > 0 ? [id] : []), ...personsIn(plan, data, id)];
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

/** How many values of a record are about a person: those that go with the person's key, and those that law keeps. */
export function valuesAbout(
  { kind, id, data }: Pick<Saved<unknown>, 'kind' | 'id' | 'data'>,
  person: string,
): { readonly own: number; readonly kept: number } {
  let [own, kept] = [0, 0];
  mapPersonal(planOf(kind.schema), data, id, (value, { about, sealedFor }) => {
    if (about === person && sealedFor === person) own += 1;
    else if (about === person) kept += 1;
    return value;
  });
  return { own, kept };
}
