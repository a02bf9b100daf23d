import { type Caller, secondsAfter, timestamp } from '../../kernel/index.ts';
import type { RecordsDoor } from '../records/index.ts';

/**
 * Something that is reserved for a commit in another partition. The commit takes the claim `fence` in its own scope;
 * whoever takes that claim first decides, once and for all, whether it happened or never will.
 */
export type Pending = {
  readonly owner: string;
  /** The scope that the owner's commit is made in. */
  readonly ownerScope: string;
  readonly fence: string;
  readonly expiresAt: string;
};

/** What an owner's commit must take along. */
export type FenceClaim = { readonly id: string; readonly owner: string };

/** A commit follows its reservation within milliseconds; this is for the ones that died in between. */
const HELD_SECONDS = 120;

/** Until when a reservation made now waits for its commit. */
export function pendingUntil(now: Date): string {
  return timestamp(secondsAfter(now, HELD_SECONDS));
}

/** Whether the owner's commit was made. When it was not, it never can be after this. */
export async function wasCommitted(
  records: RecordsDoor,
  caller: Caller,
  { owner, ownerScope, fence }: Pick<Pending, 'owner' | 'ownerScope' | 'fence'>,
): Promise<boolean> {
  return (await records.for(caller).scope(ownerScope).takeClaim(fence, 'void')) === owner;
}

/** The same without deciding anything: undefined while nobody has. */
export async function isCommitted(
  records: RecordsDoor,
  caller: Caller,
  { owner, ownerScope, fence }: Pick<Pending, 'owner' | 'ownerScope' | 'fence'>,
): Promise<boolean | undefined> {
  const holder = await records.for(caller).scope(ownerScope).claimOwner(fence);
  return holder === undefined ? undefined : holder === owner;
}
