import { type Caller, timestamp } from '../../kernel/index.ts';
import { blindIndexOf, type PartitionKey, recordFault, type Stored } from '../records/index.ts';
import { reservationFault } from './faults.ts';
import { type FenceClaim, isCommitted, type Pending, pendingUntil, wasCommitted } from './fence.ts';
import type { ReservationTools } from './tools.ts';

/** Values that one record of a tenant can have at a time, whatever scopes the records live in: a SKU, a serial number. */
export type Uniques = {
  /**
   * Reserves a value for a record whose commit must take the claim along; undefined when the record has the value already.
   * `platform.value_taken` when another one has it or is about to.
   */
  reserve(caller: Caller, wish: UniqueWish): Promise<FenceClaim | undefined>;
  /** Says that the record's next commit gives the value up; it must take the claim along. Undefined when it has it not. */
  leave(caller: Caller, wish: UniqueWish): Promise<FenceClaim | undefined>;
  /** After the commit, or when there will be none: who has the value now. */
  settle(caller: Caller, name: string, value: string): Promise<string | undefined>;
};

export type UniqueWish = {
  /** What is unique: `retail.sku`. */
  readonly name: string;
  /** As it is compared; normalise it before. Nobody reads it from what is stored. */
  readonly value: string;
  readonly owner: string;
  readonly scope: string;
};

/** A value in container `reservations`: about to be had, had, or about to be given up. */
export type UniqueEntry = Omit<Pending, 'expiresAt'> & {
  readonly id: string;
  readonly tenantId: string;
  readonly register: string;
  readonly type: 'unique';
  readonly state: 'reserved' | 'held' | 'leaving';
  readonly expiresAt: string | null;
};

const MOST_TRIES = 10;

/** Opens the unique values over container `reservations`. */
export function openUniques(tools: ReservationTools): Uniques {
  return {
    reserve: (caller, wish) => reserve(tools, caller, wish),
    leave: (caller, wish) => leave(tools, caller, wish),
    settle: async (caller, name, value) => {
      const id = await idOf(tools, caller, { name, value });
      const entry = await tools.store.read<UniqueEntry>(keyOf(caller, name), id);
      return entry === undefined ? undefined : settleUnique(tools, caller, entry);
    },
  };
}

async function reserve(
  tools: ReservationTools,
  caller: Caller,
  wish: UniqueWish,
): Promise<FenceClaim | undefined> {
  const key = keyOf(caller, wish.name);
  const id = await idOf(tools, caller, wish);
  for (let tries = 0; tries < MOST_TRIES; tries += 1) {
    const entry = newEntry(tools, key, id, wish);
    if ((await tools.store.create(key, entry)) === 'created') return { id: entry.fence, owner: wish.owner };
    const present = await tools.store.read<UniqueEntry>(key, entry.id);
    if (present === undefined) continue;
    const isOver = await isDue(tools, caller, present);
    const owner = isOver ? await settleUnique(tools, caller, present) : present.owner;
    if (owner === undefined) continue;
    if (owner !== wish.owner) throw reservationFault('platform.value_taken', { name: wish.name });
    if (present.state === 'reserved' && !isOver) return { id: present.fence, owner };
    if (present.state !== 'leaving' || isOver) return undefined;
    throw recordFault('platform.busy');
  }
  throw recordFault('platform.busy');
}

async function leave(
  tools: ReservationTools,
  caller: Caller,
  wish: UniqueWish,
): Promise<FenceClaim | undefined> {
  const key = keyOf(caller, wish.name);
  const id = await idOf(tools, caller, wish);
  for (let tries = 0; tries < MOST_TRIES; tries += 1) {
    const present = await tools.store.read<UniqueEntry>(key, id);
    if (present === undefined || present.owner !== wish.owner) return undefined;
    if (present.state !== 'held') {
      if (await isDue(tools, caller, present)) await settleUnique(tools, caller, present);
      else if (present.state === 'leaving') return { id: present.fence, owner: wish.owner };
      else throw recordFault('platform.busy');
      continue;
    }
    const leaving: UniqueEntry = { ...newEntry(tools, key, id, wish), state: 'leaving' };
    if ((await tools.store.replace(key, leaving, present._etag)) === 'replaced')
      return { id: leaving.fence, owner: wish.owner };
  }
  throw recordFault('platform.busy');
}

function newEntry(
  tools: ReservationTools,
  [tenantId = '', register = '']: PartitionKey,
  id: string,
  wish: UniqueWish,
): UniqueEntry {
  return {
    id,
    ...{ tenantId, register },
    type: 'unique',
    state: 'reserved',
    owner: wish.owner,
    ownerScope: wish.scope,
    fence: `fence:${register}:${tools.newKey()}`,
    expiresAt: pendingUntil(tools.now()),
  };
}

/** Its commit was made, or it waited long enough. */
async function isDue(tools: ReservationTools, caller: Caller, entry: UniqueEntry): Promise<boolean> {
  if (entry.state === 'held') return false;
  if (entry.expiresAt !== null && entry.expiresAt < timestamp(tools.now())) return true;
  return (await isCommitted(tools.records, caller, entry)) !== undefined;
}

/**
 * Ends what is pending: a reserved value is had by who committed, else free; a value that was to be given up is free when
 * that was committed, else still had. Gives its owner. Losing a race is fine: both sides read the same claim.
 */
export async function settleUnique(
  tools: ReservationTools,
  caller: Caller,
  entry: Stored<UniqueEntry>,
): Promise<string | undefined> {
  if (entry.state === 'held') return entry.owner;
  const key = [entry.tenantId, entry.register];
  const committed = await wasCommitted(tools.records, caller, entry);
  if (committed !== (entry.state === 'reserved')) {
    await tools.store.remove(key, entry.id, entry._etag);
    return undefined;
  }
  const { id, tenantId, register, type, owner, ownerScope, fence } = entry;
  const held: UniqueEntry = {
    ...{ id, tenantId, register, type, owner, ownerScope, fence },
    state: 'held',
    expiresAt: null,
  };
  await tools.store.replace(key, held, entry._etag);
  return owner;
}

function keyOf(caller: Caller, name: string): PartitionKey {
  return [caller.tenant, `unique:${name}`];
}

async function idOf(
  { keyring }: ReservationTools,
  { tenant }: Caller,
  { name, value }: Pick<UniqueWish, 'name' | 'value'>,
): Promise<string> {
  return `value:${(await blindIndexOf(keyring, tenant)).value(name, value)}`;
}
