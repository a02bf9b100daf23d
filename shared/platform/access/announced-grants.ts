import * as z from 'zod';
import { type Caller, timestamp } from '../../kernel/index.ts';
import {
  defineState,
  onFresh,
  type RecordsDoor,
  RepeatedRequest,
  recordFault,
  type StateWrite,
  type TenantRecords,
} from '../records/index.ts';
import { type FenceClaim, isCommitted, pendingUntil, wasCommitted } from '../reservations/index.ts';
import { type GrantData, grantFault, grantKind, holderOf, MOST_HELD } from './grant.ts';
import { isCustomRole, roleKind } from './role.ts';
import { allGrants } from './shares.ts';

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
 * Who is just sharing something with somebody, or with a role. It stands in the directory, beside whom it names, so that all who share
 * with them, and deleting a role of the tenant's own, meet at one ETag, though grants live with what they share.
 */
const sharesKind = defineState({
  name: 'platform.role_shares',
  schema: z.strictObject({ gone: z.boolean(), sharing: z.array(Sharing) }),
});
type Sharing = z.infer<typeof Sharing>;

/** Of those who share with the same holder at once, each look lets one pass. */
const MOST_TRIES = 60;
/** Beside people and standard roles nothing has to stand for longer than somebody may wait for their commit. */
const KEPT_SECONDS = 3600;

type Announced = { readonly id: string; readonly scope: string };

/**
 * Commits a grant that was announced beside whom it names, with a claim that decides whether it was made. So nobody ever holds more than
 * `MOST_HELD`, however many share with them at once (`platform.grants_held`), and the claim cannot be taken any more once a role
 * of the tenant's own is being deleted; one that is not there is `platform.grantee_unknown`.
 */
export async function committingGrant<T>(
  tools: Tools,
  caller: Caller,
  to: GrantData['to'],
  grant: Announced,
  commit: (claims: readonly FenceClaim[]) => Promise<T>,
): Promise<T> {
  return onFresh(
    () => announce(tools, caller, to, grant),
    claim => commit([claim]),
    // Whoever would delete the role was faster with this one; whether the role is gone now, the next look tells.
    { tries: MOST_TRIES, lost: ({ code }) => code === 'platform.claim_taken' },
  );
}

function announce(tools: Tools, caller: Caller, to: GrantData['to'], grant: Announced): Promise<FenceClaim> {
  const directory = tools.records.for(caller).scope('directory');
  const holder = holderOf(to);
  const isOwnRole = 'role' in to && isCustomRole(to.role);
  const load = async () => {
    const kept = await directory.state(sharesKind, stateId(holder));
    const isThere =
      kept?.data.gone !== true && (!isOwnRole || (await directory.find(roleKind, holder)) !== undefined);
    if (!isThere) throw grantFault('platform.grantee_unknown', { holder });
    return { etag: kept?.etag, others: await undecided(tools, caller, kept?.data.sharing ?? []) };
  };
  const act = async ({ etag, others }: Awaited<ReturnType<typeof load>>) => {
    await assertRoom(tools, caller, holder, grant, others);
    const fence = `fence:${holder}:${tools.newKey()}`;
    const own = {
      ...{ owner: grant.id, ownerScope: grant.scope, fence },
      expiresAt: pendingUntil(tools.now()),
    };
    const write = writeOf(holder, { gone: false, sharing: [...others, own] }, etag);
    const saved = await directory.saveState(isOwnRole ? write : { ...write, ttlSeconds: KEPT_SECONDS });
    if (saved === undefined) throw recordFault('platform.version_stale', { id: write.id });
    return { id: fence, owner: grant.id };
  };
  return onFresh(load, act, { tries: MOST_TRIES });
}

/**
 * Refuses one more than somebody may hold: lists read all of it, so there is an end to it. `others` were announced of late, and a query
 * may not see them yet. While the last places are others' who have not committed, it is looked at again.
 */
async function assertRoom(
  { records, now }: Tools,
  caller: Caller,
  holder: string,
  grant: Announced,
  others: readonly Sharing[],
): Promise<void> {
  const door = records.for(caller);
  const time = timestamp(now());
  const where = { to: holder, expiresAt: { from: time } };
  if ((await door.count(grantKind, where)) + others.length < MOST_HELD) return;
  const held = new Set((await allGrants(records, caller, where)).map(({ id }) => id));
  let waiting = 0;
  for (const one of others.filter(({ owner }) => !held.has(owner))) {
    const isMade = await isCommitted(records, caller, one);
    if (isMade === undefined) waiting += 1;
    else if (isMade && (await isOpen(door, one.owner, time))) held.add(one.owner);
  }
  if (held.size + waiting < MOST_HELD) return;
  if (held.size < MOST_HELD) throw recordFault('platform.version_stale', { id: stateId(holder) });
  const repeated = await door.scope(grant.scope).repeated();
  if (repeated !== undefined) throw new RepeatedRequest(repeated);
  throw grantFault('platform.grants_held', { holder, most: MOST_HELD });
}

async function isOpen(door: TenantRecords, id: string, time: string): Promise<boolean> {
  const grant = await door.find(grantKind, id);
  return grant !== undefined && grant.data.expiresAt > time;
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
  const kept = await door.scope('directory').state(sharesKind, stateId(role));
  const time = timestamp(now());
  const decided = await Promise.all(
    (kept?.data.sharing ?? []).map(async sharing => {
      const isMade = await wasCommitted(records, caller, sharing);
      return isMade && (await isOpen(door, sharing.owner, time)) ? [sharing.owner] : [];
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

function writeOf(holder: string, data: z.infer<typeof sharesKind.schema>, etag: string | undefined) {
  return { kind: sharesKind, id: stateId(holder), data, etag };
}

/** Begins as the id of a role does: whoever meets a stale one decides anew, as about a stale role. */
function stateId(holder: string): string {
  return `${holder}_shares`;
}
