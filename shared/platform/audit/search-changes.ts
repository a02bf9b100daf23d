import type { TenantId } from '../../kernel/index.ts';
import {
  type AsFound,
  archivedBefore,
  blindIndexOf,
  type ChangeDocument,
  cursorKeyOf,
  entryAsFound,
  openCursor,
  sealCursor,
  sortRange,
  timeKey,
} from '../records/index.ts';
import type { AuditTools } from './tools.ts';
import type { Clause } from './within-branches.ts';

/** Which changes; everything that is given must hold. Times are timestamps in UTC, the end excluded. */
export type AuditSearch = {
  readonly user?: string | undefined;
  /** An action, or the beginning of one before `*`: `calibration.srf.*`. */
  readonly action?: string | undefined;
  readonly record?: string | undefined;
  readonly address?: string | undefined;
  readonly from?: string | undefined;
  readonly to?: string | undefined;
  readonly order: 'oldest' | 'newest';
  readonly limit: number;
  readonly cursor?: string | undefined;
};

/** One change without what exactly it changed: that is for who may read the record. */
export type AuditEntry = AsFound<
  Pick<
    ChangeDocument,
    'id' | 'tenantId' | 'scope' | 'time' | 'action' | 'by' | 'reason' | 'requestId' | 'address' | 'hash'
  > & {
    readonly records: readonly { readonly id: string; readonly kind: string; readonly version: number }[];
  }
>;

type Row = AuditEntry & { readonly key: string };

const COLUMNS = `c.id, c.tenantId, c.scope, c.time, c.action, c["by"], c.reason, c.requestId, c.address, c.hash,
  ARRAY(SELECT t.id, t.kind, t.version FROM t IN c.touches) AS records`;

export type AuditPage = { readonly items: readonly AuditEntry[]; readonly next: string | undefined };

/**
 * One page of changes of a tenant, or of all tenants when none is named, as they stand at rest: names and addresses are sealed.
 * `asker` is the tenant whose key seals the cursor, `within` what they see of it.
 */
export async function searchChanges(
  tools: AuditTools,
  asker: TenantId,
  tenant: TenantId | undefined,
  search: AuditSearch,
  within: readonly Clause[] = [],
): Promise<AuditPage> {
  const { order, limit, cursor, ...filters } = search;
  const binding = ['audit', tenant ?? '*', filters, order];
  const cursorKey = cursorKeyOf(tools.keyring, asker);
  const [after] = cursor === undefined ? [] : await openCursor(cursorKey, binding, cursor);
  // Over all tenants there is no place in the index that belongs to them together; time alone is the order.
  const path = tenant === undefined ? 'c.at' : 'c.sort.time';
  const clauses = [
    { text: "c.type = 'change'", parameters: {} },
    ...timeClauses(path, tenant, search, after),
    ...(tenant === undefined ? [] : [{ text: 'c.tenantId = @tenant', parameters: { tenant } }]),
    ...(await filterClauses(tools, tenant, search)),
    ...within,
  ];
  const query = {
    text: `SELECT TOP ${limit + 1} ${COLUMNS}, ${path} AS key FROM c WHERE ${clauses.map(({ text }) => text).join(' AND ')}
      ORDER BY ${path} ${order === 'newest' ? 'DESC' : 'ASC'}`,
    parameters: Object.assign({}, ...clauses.map(({ parameters }) => parameters)),
  };
  const late = await tools.store.queryAcross<Row>(query);
  const rows = reachesBack(tools, search, late)
    ? inOrder([...(await tools.archive.queryAcross<Row>(query)), ...late], order).slice(0, limit + 1)
    : late;
  if (tenant !== undefined && rows.some(row => row.tenantId !== tenant))
    throw new Error('the audit met a change of another tenant');
  const page = rows.slice(0, limit);
  const last = rows.length > limit ? page.at(-1)?.key : undefined;
  return {
    items: page.map(({ key: _key, ...entry }) => entryAsFound(entry)),
    next: last === undefined ? undefined : await sealCursor(cursorKey, binding, [last]),
  };
}

/** Whether some of what is asked for may have moved to the archive. */
function reachesBack(tools: AuditTools, { from, order, limit }: AuditSearch, late: readonly Row[]): boolean {
  const border = archivedBefore(tools.now());
  if (from !== undefined && from >= border) return false;
  return order === 'oldest' || late.length <= limit || (late.at(-1)?.time ?? '') < border;
}

/** Each once: a change that is just being moved stands twice. */
function inOrder(rows: readonly Row[], order: AuditSearch['order']): readonly Row[] {
  const direction = order === 'newest' ? -1 : 1;
  const once = new Map(rows.map(row => [row.id, row]));
  return [...once.values()].toSorted((left, right) => (left.key < right.key ? -direction : direction));
}

/** Between two times, and behind the place where the last page ended. */
function timeClauses(
  path: string,
  tenant: TenantId | undefined,
  { from, to, order }: AuditSearch,
  after: string | undefined,
): readonly Clause[] {
  const edge = (time: string): string => (tenant === undefined ? time : timeKey(tenant, time, ''));
  const range = tenant === undefined ? { from: '', to: '\uffff' } : sortRange(tenant, 'change');
  const lowest = from === undefined ? range.from : edge(from);
  const highest = to === undefined ? range.to : edge(to);
  const place =
    after === undefined
      ? []
      : [{ text: `${path} ${order === 'newest' ? '<' : '>'} @after`, parameters: { after } }];
  return [{ text: `${path} >= @lowest AND ${path} < @highest`, parameters: { lowest, highest } }, ...place];
}

async function filterClauses(
  tools: AuditTools,
  tenant: TenantId | undefined,
  { user, action, record, address }: AuditSearch,
): Promise<readonly Clause[]> {
  const clauses: Clause[] = [];
  if (user !== undefined) clauses.push({ text: 'c.ix.user = @user', parameters: { user } });
  if (action !== undefined) clauses.push(actionClause(action));
  if (record !== undefined)
    clauses.push({ text: 'ARRAY_CONTAINS(c.ix.touches, @record)', parameters: { record } });
  if (address !== undefined && tenant !== undefined) {
    const from = (await blindIndexOf(tools.keyring, tenant)).token(address);
    clauses.push({ text: 'c.ix.address = @address', parameters: { address: from } });
  }
  return clauses;
}

function actionClause(action: string): Clause {
  return action.endsWith('*')
    ? { text: 'STARTSWITH(c.ix.action, @action)', parameters: { action: action.slice(0, -1) } }
    : { text: 'c.ix.action = @action', parameters: { action } };
}

export type ActionCount = { readonly tenant: string; readonly action: string; readonly count: number };

/** How often each action that begins so happened between two instants in a tenant, or in each when none is named. */
export async function countActions(
  tools: AuditTools,
  tenant: TenantId | undefined,
  action: string,
  from: string,
  to: string,
  within: readonly Clause[] = [],
): Promise<readonly ActionCount[]> {
  const clauses = [
    { text: "c.type = 'change'", parameters: {} },
    tenant === undefined
      ? { text: 'c.at >= @from AND c.at < @to', parameters: { from, to } }
      : {
          text: 'c.tenantId = @tenant AND c.sort.time >= @from AND c.sort.time < @to',
          parameters: { tenant, from: timeKey(tenant, from, ''), to: timeKey(tenant, to, '') },
        },
    actionClause(action),
    ...within,
  ];
  const rows = await tools.store.queryAcross<ActionCount>({
    text: `SELECT c.tenantId AS tenant, c.ix.action AS action, COUNT(1) AS count FROM c
      WHERE ${clauses.map(({ text }) => text).join(' AND ')} GROUP BY c.tenantId, c.ix.action`,
    parameters: Object.assign({}, ...clauses.map(({ parameters }) => parameters)),
  });
  return rows.map(({ tenant: of, action: name, count }) => ({ tenant: of, action: name, count }));
}
