import { type Caller, type TenantId, tenantId, timestamp } from '../../kernel/index.ts';
import { PLATFORM } from '../tenancy/index.ts';
import {
  type ActionCount,
  type AuditEntry,
  type AuditSearch,
  countActions,
  searchChanges,
} from './search-changes.ts';
import type { AuditTools } from './tools.ts';
import { SECURITY } from './within-branches.ts';

/** In one tenant or, without one, in all of them. Each tenant hides addresses under a key of its own, so they need one. */
type OperatorsSearch = AuditSearch & { readonly tenant?: string | undefined };

/** An entry as operators see it: who, by their id. Names and addresses are the tenant's, and no key of it is asked for. */
export type MaskedEntry = Omit<AuditEntry, 'by' | 'address'> & {
  readonly by: { readonly user: string; readonly operator?: string };
};

type MaskedPage = { readonly items: readonly MaskedEntry[]; readonly next: string | undefined };

/** Which security events, where and when; the end excluded. */
type SecurityQuery = {
  readonly tenant?: string | undefined;
  readonly from: string;
  readonly to: string;
};

/**
 * The operators' door into what happened in tenants. Whoever looks says why; that and what they looked for is written down first,
 * in the audit of the operators' own directory.
 */
export type OperatorsAudit = {
  searchEverywhere(operator: Caller, reason: string, search: OperatorsSearch): Promise<MaskedPage>;
  /** How often each security event happened in each tenant. */
  securityCountsEverywhere(
    operator: Caller,
    reason: string,
    query: SecurityQuery,
  ): Promise<readonly ActionCount[]>;
};

/** Opens the operators' door. */
export function operatorsAudit(tools: AuditTools): OperatorsAudit {
  return {
    searchEverywhere: async (operator, reason, { tenant, ...search }) => {
      await noteReading(tools, operator, 'audit_searched', reason, { tenant, ...search });
      const page = await searchChanges(tools, tenantId(PLATFORM), idOf(tenant), search);
      return { items: page.items.map(masked), next: page.next };
    },
    securityCountsEverywhere: async (operator, reason, query) => {
      await noteReading(tools, operator, 'security_events_counted', reason, query);
      return countActions(tools, idOf(query.tenant), `${SECURITY}*`, query.from, query.to);
    },
  };
}

function idOf(tenant: string | undefined): TenantId | undefined {
  return tenant === undefined ? undefined : tenantId(tenant);
}

function masked({ by, address: _address, ...entry }: AuditEntry): MaskedEntry {
  const { user, operator } = by;
  return { ...entry, by: { user, ...(operator === undefined ? {} : { operator: operator.user }) } };
}

/** What is told of a search, beside the reason: ids, actions and times. An address is somebody's, so only that one was given. */
const TOLD = ['tenant', 'user', 'action', 'record', 'from', 'to'] as const;

async function noteReading(
  { records, now }: AuditTools,
  operator: Caller,
  what: string,
  reason: string,
  search: Partial<OperatorsSearch>,
): Promise<void> {
  const day = timestamp(now()).slice(0, 10);
  const told = TOLD.flatMap(name => (search[name] === undefined ? [] : [`${name}=${search[name]}`]));
  if (search.address !== undefined) told.push('address');
  const looked = told.length === 0 ? '' : ` (${told.join(', ')})`;
  await records
    .for(operator)
    .scope(`operator-audit-${day}`)
    .commit({ action: `platform.operator.${what}`, reason: `${reason}${looked}`, events: [] });
}
