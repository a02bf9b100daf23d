import type { Caller } from '../../kernel/index.ts';
import type { Capabilities } from '../capabilities/index.ts';
import { isSameAddress, type UserData, userKind } from '../identity/index.ts';
import {
  type CommitRequest,
  isErasedMark,
  onFresh,
  recordFault,
  type Saved,
  type StateWrite,
} from '../records/index.ts';
import { addressMoved } from './change-email.ts';
import { endAllSessions, revocationWrite } from './end-sessions.ts';
import { accountFault } from './faults.ts';
import { letterTo } from './letters.ts';
import { assertMayChange, whenRolesMoved } from './may-change.ts';
import { isAccessChange, losesOwner, type UserChange } from './role-change.ts';
import { commitOnePerson } from './room-for-people.ts';

/**
 * Changes a person. What their tokens say is no longer good in the same commit; whoever is disabled is logged out
 * everywhere. The last owner stays one: another is named in the commit and may not change meanwhile.
 */
export async function changeUser(
  platform: Capabilities,
  caller: Caller,
  id: string,
  version: number,
  change: UserChange,
  reply: NonNullable<CommitRequest['reply']>,
) {
  const records = platform.records.for(caller);
  const user = await records.get(userKind, id);
  if (user.version !== version) throw recordFault('platform.version_stale', { version: user.version });
  if (isErasedMark(user.data.email)) throw accountFault('platform.user_erased');
  const isCorrection = change.email !== undefined && change.email !== user.data.email;
  // Whoever was let in changes their address themself, and proves that it is theirs.
  if (isCorrection && user.data.status !== 'invited') throw accountFault('platform.user_not_invited');
  const data: UserData = { ...user.data, ...change };
  const isAccess = isAccessChange(change);
  const owners = losesOwner(user.data, change) ? [await anotherOwner(platform, caller, id)] : [];
  const revoked = isAccess ? [revocationWrite(platform, { user: id, version: version + 1 })] : [];
  const isBack = user.data.status === 'disabled' && change.status === 'active';
  const commit = (place: readonly StateWrite[]) =>
    onFresh(
      () => assertMayChange(platform, caller, user, change),
      async given => {
        // Whoever disabled them may have been cut off before their sessions ended.
        if (isBack) await endAllSessions(platform, caller, id);
        return records.scope('directory').commit({
          action: change.status === 'disabled' ? 'platform.user.disabled' : 'platform.user.changed',
          update: [{ record: user, data }],
          expect: [...owners, ...given],
          ...(isCorrection ? await corrected(platform, caller, user, data.email) : {}),
          states: [...revoked, ...place],
          reply,
        });
      },
      whenRolesMoved,
    );
  const committed = isBack ? await commitOnePerson(platform, caller, commit) : await commit([]);
  platform.directory.forget(caller.tenant);
  platform.machines.forget(caller.tenant);
  if (change.status === 'disabled') await endAllSessions(platform, caller, id);
  return committed;
}

async function anotherOwner(platform: Capabilities, caller: Caller, id: string): Promise<Saved<UserData>> {
  const query = { where: { owner: true, status: 'active' }, limit: 2 };
  const { items } = await platform.records.for(caller).list(userKind, query);
  const other = items.find(owner => owner.id !== id);
  if (other === undefined) throw accountFault('platform.owner_last');
  return other;
}

/** The invitation goes out once more, to the right address; the link of the one before is good for nothing. */
async function corrected(
  platform: Capabilities,
  caller: Caller,
  user: Saved<UserData>,
  email: string,
): Promise<Pick<CommitRequest, 'create' | 'jobs' | 'claims' | 'release'>> {
  const letter = letterTo(platform, caller, 'invitation', user.id, 'directory');
  const isOther = !isSameAddress(email, user.data.email);
  return { ...letter, ...(isOther ? await addressMoved(platform, caller, user, email) : {}) };
}
