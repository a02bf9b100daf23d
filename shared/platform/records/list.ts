import type { Caller } from '../../kernel/index.ts';
import { blindIndexOf } from './blind-index.ts';
import { branchClause } from './branches.ts';
import { cursorKeyOf, openCursor, sealCursor } from './cursor.ts';
import type { RecordDocument } from './documents.ts';
import { asksBlind, type Clause, rangesOf, searchClause, whereClause } from './list-clauses.ts';
import type { ListPage, ListQuery } from './list-query.ts';
import type { RecordKind } from './record-kind.ts';
import { type Found, savedAsFound, savedFrom } from './saved.ts';
import type { ScopeTools } from './scope-tools.ts';
import { openerOf } from './sealing.ts';
import { searchOf } from './search-tokens.ts';
import { sortRange } from './sort-key.ts';
import type { Stored } from './store.ts';

type ListTools = Pick<ScopeTools, 'store' | 'keyring'>;

/**
 * One page of a tenant's records of a kind. The text of the query always names the tenant, and its order is one
 * indexed text that begins with tenant and kind, so that a page is read from one place of the index.
 */
export async function listRecords<T>(
  tools: ListTools,
  caller: Caller,
  kind: RecordKind<T>,
  query: ListQuery,
): Promise<ListPage<T>> {
  const { rows, next } = await pageOf(tools, caller, kind, query);
  return { items: await savedFrom(openerOf(tools.keyring, caller.tenant), kind, rows), next };
}

/** The same of records whose data nobody vouches for. */
export async function listAsFound<T>(
  tools: ListTools,
  caller: Caller,
  kind: RecordKind<T>,
  query: ListQuery,
): Promise<{ readonly items: readonly Found<T>[]; readonly next: string | undefined }> {
  const { rows, next } = await pageOf(tools, caller, kind, query);
  return { items: await savedAsFound(tools.keyring, caller.tenant, kind, rows), next };
}

async function pageOf<T>(
  tools: ListTools,
  caller: Caller,
  kind: RecordKind<T>,
  query: ListQuery,
): Promise<{ readonly rows: readonly Stored<RecordDocument>[]; readonly next: string | undefined }> {
  const { by, descending } = sortOf(query);
  const { where = {}, search, limit, cursor } = query;
  const binding = [caller.tenant, kind.name, where, search, by, descending];
  const [after] =
    cursor === undefined ? [] : await openCursor(cursorKeyOf(tools.keyring, caller.tenant), binding, cursor);
  const { from, to } = sortRange(caller.tenant, kind.name);
  const bounds = descending ? { after: from, before: after ?? to } : { after: after ?? from, before: to };
  const isBlind = asksBlind(where) || (search !== undefined && kind.searchesPersonal === true);
  const blind = isBlind ? await blindIndexOf(tools.keyring, caller.tenant) : undefined;
  const words =
    search === undefined
      ? undefined
      : searchOf(search, kind.searchesPersonal === true ? blind?.token : undefined);
  if (words?.length === 0) return { rows: [], next: undefined };
  const clauses: readonly Clause[] = [
    ofKind(caller, kind),
    ...rangesOf(`c.sort.${by}`, bounds),
    ...whereClause(where, blind),
    ...branchClause(caller, kind as RecordKind),
    ...searchClause(words ?? []),
  ];
  const rows = await tools.store.queryAcross<RecordDocument>({
    text: `SELECT TOP ${limit + 1} * FROM c WHERE ${clauses.map(({ text }) => text).join(' AND ')} ORDER BY c.sort.${by} ${descending ? 'DESC' : 'ASC'}`,
    parameters: Object.assign({}, ...clauses.map(({ parameters }) => parameters)),
  });
  const foreign = rows.find(row => row.tenantId !== caller.tenant);
  if (foreign !== undefined) throw new Error(`a list met a row of another tenant: ${foreign.id}`);
  const page = rows.slice(0, limit);
  const last = rows.length > limit ? page.at(-1)?.sort[by] : undefined;
  return {
    rows: page,
    next:
      last === undefined
        ? undefined
        : await sealCursor(cursorKeyOf(tools.keyring, caller.tenant), binding, [last]),
  };
}

function ofKind<T>({ tenant }: Caller, { name }: RecordKind<T>): Clause {
  return {
    text: "c.tenantId = @tenant AND c.type = 'record' AND c.kind = @kind",
    parameters: { tenant, kind: name },
  };
}

/** How many of a tenant's records of a kind there are, of those that whoever asks sees. */
export async function countRecords<T>(
  { store }: Pick<ScopeTools, 'store'>,
  caller: Caller,
  kind: RecordKind<T>,
  where: NonNullable<ListQuery['where']>,
): Promise<number> {
  const clauses: readonly Clause[] = [
    ofKind(caller, kind),
    { text: '(NOT IS_DEFINED(c.deleted) OR c.deleted = false)', parameters: {} },
    ...whereClause(where, undefined),
    ...branchClause(caller, kind as RecordKind),
  ];
  const [count = 0] = await store.queryAcross<number>({
    text: `SELECT VALUE COUNT(1) FROM c WHERE ${clauses.map(({ text }) => text).join(' AND ')}`,
    parameters: Object.assign({}, ...clauses.map(({ parameters }) => parameters)),
  });
  return count;
}

/** The field is part of the query's text, so it may be nothing but a name. */
function sortOf({ sort, order }: ListQuery): { readonly by: string; readonly descending: boolean } {
  const wanted = sort ?? (order === 'oldest' ? 'createdAt' : '-createdAt');
  const [, minus, by = ''] = /^(-?)([a-zA-Z]+)$/.exec(wanted) ?? [];
  if (by === '') throw new Error(`no list can be sorted by ${wanted}`);
  return { by, descending: minus === '-' };
}
