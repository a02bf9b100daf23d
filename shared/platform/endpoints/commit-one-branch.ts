import { AppError, type Caller } from '../../kernel/index.ts';
import { branchKind } from '../access/index.ts';
import type { Capabilities } from '../capabilities/index.ts';
import type { RecordKind } from '../records/index.ts';
import type { FenceClaim } from '../reservations/index.ts';
import { mostOf, refuseFull } from '../tenancy/index.ts';

const PLACE = 'platform.branch_place';

type Place = { readonly value: string; readonly claim: FenceClaim };

/**
 * Makes the commit that adds a branch, or refuses it when the tenant's plan has no place for one more: never more than the plan
 * allows, however many come at once. Branches stand in scopes of their own, so each has one of the tenant's numbered places: reserved
 * first, had with the commit that takes the claim along, free again when there is none. Every branch has one, also while the plan
 * says no limit: a later plan may.
 */
export async function commitOneBranch<T>(
  platform: Capabilities,
  caller: Caller,
  id: string,
  commit: (claims: readonly FenceClaim[]) => Promise<T>,
): Promise<T> {
  const records = platform.records.for(caller);
  const most = await mostOf(platform, caller, 'branches');
  // None is ever deleted, so there are so many at least.
  const there = await records.count(branchKind as RecordKind, {});
  const place = there >= (most ?? Infinity) ? undefined : await reserve(platform, caller, id, there, most);
  if (place === undefined) return refuseFull(records.scope(id), 'branches', most ?? there);
  try {
    return await commit([place.claim]);
  } finally {
    // What fails here is settled by the platform's own tick.
    await platform.uniques.settle(caller, PLACE, place.value).catch(() => undefined);
  }
}

/** The first free place behind those that are had, or one that was given back among them. */
async function reserve(
  platform: Pick<Capabilities, 'uniques'>,
  caller: Caller,
  id: string,
  there: number,
  most: number | undefined,
): Promise<Place | undefined> {
  for (let place = there + 1; place <= (most ?? Infinity); place += 1) {
    const taken = await takePlace(platform, caller, id, String(place));
    if (taken !== undefined) return taken;
  }
  for (let place = 1; place <= there; place += 1) {
    const taken = await takePlace(platform, caller, id, String(place));
    if (taken !== undefined) return taken;
  }
  return undefined;
}

async function takePlace(
  { uniques }: Pick<Capabilities, 'uniques'>,
  caller: Caller,
  id: string,
  value: string,
): Promise<Place | undefined> {
  try {
    const claim = await uniques.reserve(caller, { name: PLACE, value, owner: id, scope: id });
    return claim === undefined ? undefined : { value, claim };
  } catch (error) {
    if (error instanceof AppError && error.code === 'platform.value_taken') return undefined;
    throw error;
  }
}
