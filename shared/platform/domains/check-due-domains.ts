import { systemCaller } from '../../kernel/index.ts';
import type { Store } from '../records/index.ts';
import { type CustomDomain, domainKind } from '../tenancy/index.ts';
import { type CheckTools, checkDomain } from './check-domain.ts';

export type CheckDueTools = CheckTools & {
  readonly store: Store;
  /** Hears of a check that failed; the others go on. */
  readonly failed: (domain: string, error: unknown) => void;
};

/** Seconds between two rounds. */
export const ROUND_SECONDS = 300;
/** A domain that is not news any more is looked at every hour: in one round of twelve, which one follows from its id. */
const ROUNDS = 12;
const NEWS_MILLISECONDS = 3_600_000;
const PAGE = 200;
const AT_ONCE = 4;

type Row = {
  readonly id: string;
  readonly tenantId: string;
  readonly at: string;
  readonly data: CustomDomain;
};

/** One round over the open domains of every tenant. Returns how many were looked at. */
export async function checkDueDomains(tools: CheckDueTools): Promise<number> {
  let checked = 0;
  let after = '';
  for (;;) {
    const rows = await readOpen(tools.store, after);
    const due = rows.filter(row => isDue(row, tools.now()));
    for (let start = 0; start < due.length; start += AT_ONCE)
      await Promise.all(due.slice(start, start + AT_ONCE).map(row => check(tools, row)));
    checked += due.length;
    if (rows.length < PAGE) return checked;
    after = rows.at(-1)?.at ?? '';
  }
}

/** The one read over tenants here; what it finds is looked at tenant by tenant. */
function readOpen(store: Store, after: string): Promise<readonly Row[]> {
  return store.queryAcross<Row>({
    text: `SELECT TOP ${PAGE} c.id, c.tenantId, c.at, c.data FROM c WHERE c.type = 'record' AND c.kind = @kind
      AND c.ix.status IN ('pending', 'verified', 'active') AND c.at > @after ORDER BY c.at ASC`,
    parameters: { kind: domainKind.name, after },
  });
}

/** What waits for somebody is looked at in every round of its first hour. Pure. */
export function isDue({ id, data }: Pick<Row, 'id' | 'data'>, now: Date): boolean {
  const isNews = now.getTime() - Date.parse(data.verifiedAt ?? data.addedAt) < NEWS_MILLISECONDS;
  if (data.status !== 'active' && isNews) return true;
  const round = Math.floor(now.getTime() / 1000 / ROUND_SECONDS);
  const own = [...id].reduce((sum, letter) => sum + letter.charCodeAt(0), 0);
  return own % ROUNDS === round % ROUNDS;
}

async function check(tools: CheckDueTools, { id, tenantId }: Row): Promise<void> {
  try {
    const tenant = await tools.tenants.byId(tenantId);
    if (tenant === undefined) return;
    await checkDomain(tools, systemCaller(tenantId, tenant.slug, 'check-domains'), id);
  } catch (error) {
    tools.failed(id, error);
  }
}
