import * as z from 'zod';
import { AppError, type Caller, timestamp } from '../../kernel/index.ts';
import { defineState, type RecordsDoor, recordFault, type StateWrite } from '../records/index.ts';
import { type FenceClaim, isCommitted, pendingUntil, wasCommitted } from '../reservations/index.ts';
import { type GrantData, grantFault, grantKind } from './grant.ts';
import { isCustomRole, roleKind } from './role.ts';

type Tools = {
  readonly records: RecordsDoor;
  readonly now: () => Date;
  readonly newKey: () => string;
};

const Sharing = z.strictObject({
  owner: z.string(),
  ownerScope: z.string(),
  fence: z.string(),
  expiresAt: z.string(),
});

/**
 * Who is just sharing something with a role of the tenant's own. It stands beside the role, so that deleting the role and sharing with
 * it meet at one ETag, though grants live with what they share.
 */
const roleSharesKind = defineState({
  name: 'platform.role_shares',
  schema: z.strictObject({ gone: z.boolean(), sharing: z.array(Sharing) }),
});
type Sharing = z.infer<typeof Sharing>;

const MOST_TRIES = 20;

type Announced = { readonly id: string; readonly scope: string };

/**
 * Commits a grant. One to a role of the tenant's own is announced beside the role, and its commit takes a claim along that nobody
 * can take any more once the role is being deleted. A role that is not there is `platform.grantee_unknown`.
 */
export async function committingGrant<T>(
  tools: Tools,
  caller: Caller,
  to: GrantData['to'],
  grant: Announced,
  commit: (claims: readonly FenceClaim[]) => Promise<T>,
): Promise<T> {
  if (!('role' in to && isCustomRole(to.role))) return commit([]);
  for (let tries = 1; ; tries += 1) {
    try {
      return await commit([await announce(tools, caller, to.role, grant)]);
    } catch (error) {
      // Whoever would delete the role was faster with this one; whether the role is gone now, the next look tells.
      const isLost = error instanceof AppError && error.code === 'platform.claim_taken';
      if (!isLost || tries >= MOST_TRIES) throw error;
    }
  }
}

async function announce(tools: Tools, caller: Caller, role: string, grant: Announced): Promise<FenceClaim> {
  const directory = tools.records.for(caller).scope('directory');
  const fence = `fence:${role}:${tools.newKey()}`;
  const expiresAt = pendingUntil(tools.now());
  for (let tries = 1; tries <= MOST_TRIES; tries += 1) {
    const kept = await directory.state(roleSharesKind, stateId(role));
    const isThere = kept?.data.gone !== true && (await directory.find(roleKind, role)) !== undefined;
    if (!isThere) throw grantFault('platform.grantee_unknown', { holder: role });
    const sharing = [
      ...(await undecided(tools, caller, kept?.data.sharing ?? [])),
      { owner: grant.id, ownerScope: grant.scope, fence, expiresAt },
    ];
    const write = writeOf(role, { gone: false, sharing }, kept?.etag);
    if ((await directory.saveState(write)) !== undefined) return { id: fence, owner: grant.id };
    await new Promise(resolve => setTimeout(resolve, Math.random() * 5 * tries));
  }
  throw recordFault('platform.busy');
}

/**
 * Decides about every grant to a role that was announced: it is there, or can never be. Gives those that share something now, and
 * what the commit that deletes the role must write along.
 */
export async function endShares(
  { records, now }: Tools,
  caller: Caller,
  role: string,
): Promise<{ readonly grants: readonly string[]; readonly write: StateWrite }> {
  const door = records.for(caller);
  const kept = await door.scope('directory').state(roleSharesKind, stateId(role));
  const time = timestamp(now());
  const decided = await Promise.all(
    (kept?.data.sharing ?? []).map(async sharing => {
      if (!(await wasCommitted(records, caller, sharing))) return [];
      const grant = await door.find(grantKind, sharing.owner);
      return grant === undefined || grant.data.expiresAt <= time ? [] : [grant.id];
    }),
  );
  return { grants: decided.flat(), write: writeOf(role, { gone: true, sharing: [] }, kept?.etag) };
}

/** Those that nobody has decided about yet, and those so new that a query may not see their grants. */
async function undecided(
  { records, now }: Tools,
  caller: Caller,
  sharing: readonly Sharing[],
): Promise<readonly Sharing[]> {
  const time = timestamp(now());
  const kept = await Promise.all(
    sharing.map(async one => {
      if (one.expiresAt >= time) return [one];
      if ((await isCommitted(records, caller, one)) === undefined) await wasCommitted(records, caller, one);
      return [];
    }),
  );
  return kept.flat();
}

function writeOf(role: string, data: z.infer<typeof roleSharesKind.schema>, etag: string | undefined) {
  return { kind: roleSharesKind, id: stateId(role), data, etag };
}

/** Begins as the role's id does: whoever meets a stale one decides anew, as about a stale role. */
function stateId(role: string): string {
  return `${role}_shares`;
}
