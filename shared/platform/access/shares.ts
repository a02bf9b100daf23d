import { type Caller, timestamp } from '../../kernel/index.ts';
import type { ListQuery, RecordsDoor, Saved } from '../records/index.ts';
import { type GrantData, type Grantee, grantKind } from './grant.ts';

/** What is shared with people over all records of their tenant. */
export type Shares = {
  /** All grants that name somebody or a role of theirs and have not expired, the newest first. */
  of(who: Caller, grantee: Grantee): Promise<readonly GrantData[]>;
};

const AT_ONCE = 500;
/** Whoever has none pays for one look in so long, and sees a new one so much later. What somebody has is read each time. */
const NONE_MILLISECONDS = 10_000;
const KEEP_MOST = 10_000;

/** Opens the look at grants. */
export function openShares(records: RecordsDoor, now: () => Date): Shares {
  const none = new Map<string, number>();
  return {
    of: async (who, { user, roles }) => {
      const key = JSON.stringify([who.tenant, user, ...roles]);
      const time = now();
      if ((none.get(key) ?? 0) > time.getTime()) return [];
      const where = { to: { oneOf: [user, ...roles] }, expiresAt: { from: timestamp(time) } };
      const items = await allGrants(records, who, where);
      none.delete(key);
      if (none.size >= KEEP_MOST) none.clear();
      if (items.length === 0) none.set(key, time.getTime() + NONE_MILLISECONDS);
      return items.map(({ data }) => data);
    },
  };
}

/** Every grant of these, page after page. */
export async function allGrants(
  records: RecordsDoor,
  who: Caller,
  where: NonNullable<ListQuery['where']>,
): Promise<readonly Saved<GrantData>[]> {
  const found: Saved<GrantData>[] = [];
  let cursor: string | undefined;
  do {
    const page = await records.for(who).list(grantKind, { where, limit: AT_ONCE, cursor });
    found.push(...page.items);
    cursor = page.next;
  } while (cursor !== undefined);
  return found;
}
