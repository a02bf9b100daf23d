import type { Caller } from '../../kernel/index.ts';
import { sees } from './branches.ts';
import type { RecordDocument } from './documents.ts';
import type { ListPage } from './list-query.ts';
import { branchOf, type Saved, savedFrom } from './saved.ts';
import type { ScopeTools } from './scope-tools.ts';
import { openerOf } from './sealing.ts';

type Tools = Pick<ScopeTools, 'store' | 'keyring' | 'kinds'>;

/**
 * A tenant's records that are there no more, in the order of their making: their data is null, their history is what is left. Lists have
 * forgotten them, so this reads by time; `after` is the `next` of the page before.
 */
export async function deletedRecords(
  { store, keyring, kinds = [] }: Tools,
  caller: Caller,
  { limit, after = '' }: { readonly limit: number; readonly after?: string | undefined },
): Promise<ListPage<unknown>> {
  const rows = await store.queryAcross<RecordDocument>({
    text: `SELECT TOP ${limit + 1} * FROM c WHERE c.tenantId = @tenant AND c.type = 'record' AND c.deleted = true
      AND c.at > @after ORDER BY c.at ASC`,
    parameters: { tenant: caller.tenant, after },
  });
  const page = rows.slice(0, limit);
  const opener = openerOf(keyring, caller.tenant);
  const items: Saved<unknown>[] = [];
  for (const row of page) {
    const kind = kinds.find(({ name }) => name === row.kind);
    if (kind !== undefined && sees(caller, { ...row, branch: branchOf(row) }))
      items.push(...(await savedFrom(opener, kind, [row])));
  }
  return { items, next: rows.length > limit ? page.at(-1)?.at : undefined };
}
