import type { Caller } from '../../kernel/index.ts';
import { type Place, sees } from './branches.ts';
import type { RecordKind, Reference } from './record-kind.ts';
import { BRANCH } from './saved.ts';
import type { Store } from './store.ts';

/** Records of one kind that refer to another record: how many, and the first of them. */
export type Use = {
  readonly kind: string;
  /** At most a hundred are counted. */
  readonly count: number;
  readonly first: readonly string[];
};

const MOST_COUNTED = 100;
const MOST_NAMED = 5;

/** Everything that refers to a record, by kind; one indexed query for each way to refer to it. */
export async function usersOf(
  store: Store,
  caller: Caller,
  kind: RecordKind,
  id: string,
): Promise<readonly Use[]> {
  const uses = await Promise.all((kind.usedBy ?? []).map(reference => useOf(store, caller, reference, id)));
  return uses.filter(({ count }) => count > 0);
}

async function useOf(store: Store, caller: Caller, reference: Reference, id: string): Promise<Use> {
  const { kind, field, where = {} } = reference;
  const path = `c.ix[${JSON.stringify(field)}]`;
  const narrowing = Object.entries(where).map(
    ([name, values], index) => [`ARRAY_CONTAINS(@w${index}, c.ix[${JSON.stringify(name)}])`, values] as const,
  );
  const conditions = [
    "c.tenantId = @tenant AND c.type = 'record' AND c.kind = @kind",
    `(${path} = @id OR ARRAY_CONTAINS(${path}, @id))`,
    ...narrowing.map(([text]) => text),
  ];
  const rows = await store.queryAcross<Place>({
    text: `SELECT TOP ${MOST_COUNTED} c.id, c.scope, c.ix.${BRANCH} AS branch FROM c WHERE ${conditions.join(' AND ')}`,
    parameters: {
      ...{ tenant: caller.tenant, kind, id },
      ...Object.fromEntries(narrowing.map(([, values], index) => [`w${index}`, values])),
    },
  });
  // Who is limited to branches learns how many there are, and the names of their own.
  const named = rows.filter(place => sees(caller, place));
  return { kind, count: rows.length, first: named.slice(0, MOST_NAMED).map(row => row.id) };
}
