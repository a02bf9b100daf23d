import type { Caller } from '../../kernel/index.ts';
import { openerOf } from '../records/index.ts';
import { anchorDue } from './make-anchors.ts';
import { type OperatorsAudit, operatorsAudit } from './operators-audit.ts';
import {
  type ActionCount,
  type AuditPage,
  type AuditSearch,
  countActions,
  searchChanges,
} from './search-changes.ts';
import type { AuditTools } from './tools.ts';
import { type TenantReport, type Verification, verificationOf, verifyTenant } from './verify-tenant.ts';
import { SECURITY, withinBranches } from './within-branches.ts';

/** What happened in a tenant: who did what to which record, when and from where. It can be read and only grows. */
export type Audit = OperatorsAudit & {
  search(caller: Caller, search: AuditSearch): Promise<AuditPage>;
  /** How often each security event happened between two instants, the second one excluded. */
  securityCounts(caller: Caller, from: string, to: string): Promise<readonly ActionCount[]>;
  /** Anchors what days that are over hold, of every tenant. For the platform's own tick. */
  anchorDue(): Promise<number>;
  /** The same, for a job that goes on where it was. */
  verification(caller: Caller, progress: (percent: number, step: string) => Promise<void>): Verification;
  /** Checks every change, anchor and record of a tenant. */
  verify(caller: Caller, progress: (percent: number, step: string) => Promise<void>): Promise<TenantReport>;
};

/** Opens the audit over container `records`. */
export function openAudit(tools: AuditTools): Audit {
  return {
    ...operatorsAudit(tools),
    search: async (caller, search) => {
      const { tenant } = caller;
      const page = await searchChanges(tools, tenant, tenant, search, await withinBranches(tools, caller));
      return { ...page, items: await openerOf(tools.keyring, tenant).changes(page.items) };
    },
    securityCounts: async (caller, from, to) => {
      const within = await withinBranches(tools, caller);
      return countActions(tools, caller.tenant, `${SECURITY}*`, from, to, within);
    },
    anchorDue: () => anchorDue(tools),
    verification: (caller, progress) => verificationOf(tools, caller.tenant, progress),
    verify: (caller, progress) => verifyTenant(tools, caller.tenant, progress),
  };
}
