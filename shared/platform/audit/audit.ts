import { type Caller, timestamp } from '../../kernel/index.ts';
import { anchorDue } from './make-anchors.ts';
import { type AuditEntry, type AuditSearch, countActions, searchChanges } from './search-changes.ts';
import type { AuditTools } from './tools.ts';
import { type TenantReport, verifyTenant } from './verify-tenant.ts';

export type AuditPage = { readonly items: readonly AuditEntry[]; readonly next: string | undefined };

/** What happened in a tenant: who did what to which record, when and from where. It can be read and only grows. */
export type Audit = {
  search(caller: Caller, search: AuditSearch): Promise<AuditPage>;
  /** How often each security event happened between two instants, the second one excluded. */
  securityCounts(
    caller: Caller,
    from: string,
    to: string,
  ): Promise<readonly { readonly action: string; readonly count: number }[]>;
  /**
   * Over all tenants, for an operator with a reason. That it was asked is written down first, in the audit of the
   * operators' own directory.
   */
  searchEverywhere(
    operator: Caller,
    reason: string,
    /** Not by address: each tenant hides addresses under a key of its own. */
    search: Omit<AuditSearch, 'address'>,
  ): Promise<AuditPage>;
  /** Anchors what days that are over hold, of every tenant. For the platform's own tick. */
  anchorDue(): Promise<number>;
  /** Checks every change, anchor and record of a tenant. For the job that was asked to. */
  verify(caller: Caller, progress: (percent: number, step: string) => Promise<void>): Promise<TenantReport>;
};

/** Every security event's action begins so. */
const SECURITY = 'platform.security.';

/** Opens the audit over container `records`. */
export function openAudit(tools: AuditTools): Audit {
  return {
    search: (caller, search) => searchChanges(tools, caller.tenant, { ...search, branches: caller.branches }),
    securityCounts: (caller, from, to) => countActions(tools, caller.tenant, `${SECURITY}*`, from, to),
    searchEverywhere: async (operator, reason, search) => {
      const day = timestamp(tools.now()).slice(0, 10);
      await tools.records
        .for(operator)
        .scope(`operator-audit-${day}`)
        .commit({ action: 'platform.operator.audit_searched', reason, events: [] });
      return searchChanges(tools, undefined, search);
    },
    anchorDue: () => anchorDue(tools),
    verify: (caller, progress) => verifyTenant(tools, caller.tenant, progress),
  };
}
