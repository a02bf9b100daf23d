import type { Caller } from '../../kernel/index.ts';
import { userKind } from '../identity/index.ts';
import { belongingClause } from '../records/index.ts';
import type { AuditTools } from './tools.ts';

/** A part of a WHERE clause over changes, and the parameters that it names. */
export type Clause = {
  readonly text: string;
  readonly parameters: Readonly<Record<string, string | number | boolean>>;
};

/** Every security event's action begins so. */
export const SECURITY = 'platform.security.';

const AT_ONCE = 500;

/**
 * What of a tenant's changes somebody sees: everything, unless they are limited to branches. Then what is of these, of none, or their own; and of
 * logins and refusals those of people whom they meet.
 */
export async function withinBranches(
  tools: Pick<AuditTools, 'records'>,
  caller: Caller,
): Promise<readonly Clause[]> {
  const { branches, user } = caller;
  if (branches === undefined) return [];
  return [belongingClause(branches, user), personalClause(await peopleMet(tools, caller))];
}

async function peopleMet(
  { records }: Pick<AuditTools, 'records'>,
  caller: Caller,
): Promise<ReadonlySet<string>> {
  const met = new Set([caller.user]);
  let cursor: string | undefined;
  do {
    const page = await records.for(caller).list(userKind, { limit: AT_ONCE, cursor });
    for (const { id } of page.items) met.add(id);
    cursor = page.next;
  } while (cursor !== undefined);
  return met;
}

/** What happens to somebody's login stands in a scope of their own; refusals stand together, under who was refused. */
function personalClause(people: ReadonlySet<string>): Clause {
  const ids = Object.fromEntries([...people].map((id, index) => [`p${index}`, id]));
  const names = Object.keys(ids).map(name => `@${name}`);
  const isPersonal = 'STARTSWITH(c.ix.action, @security) OR STARTSWITH(c.scope, @personal)';
  return {
    text: `(NOT (${isPersonal}) OR c.ix.user IN (${names}) OR c.scope IN (${names}))`,
    parameters: { ...ids, security: SECURITY, personal: `${userKind.prefix}_` },
  };
}
