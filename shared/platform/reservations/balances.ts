import { type Caller, timestamp } from '../../kernel/index.ts';
import { type PartitionKey, recordFault, type Stored } from '../records/index.ts';
import { reservationFault } from './faults.ts';
import { type FenceClaim, type Pending, pendingUntil, wasCommitted } from './fence.ts';
import type { ReservationTools } from './tools.ts';

/** What a balance has: amounts are whole minor units (cents, points) and never below zero. */
export type Balance = { readonly unit: string; readonly available: number; readonly held: number };

/** Values that sales in many scopes draw on: a gift card, points, store credit. */
export type Balances = {
  read(caller: Caller, balance: string): Promise<Balance | undefined>;
  /** Adds an amount; the same key adds it once. The first one says what unit the balance is in. */
  credit(
    caller: Caller,
    balance: string,
    credit: { readonly key: string; readonly amount: number; readonly unit: string },
  ): Promise<Balance>;
  /**
   * Holds an amount for a document whose commit must take the claim along; asked again for the same document it is the same
   * hold. `platform.balance_too_low` when less is available.
   */
  hold(
    caller: Caller,
    balance: string,
    hold: { readonly amount: number; readonly owner: string; readonly scope: string },
  ): Promise<FenceClaim>;
  /** After the commit, or when there will be none: the amount is spent, or available again. */
  settle(caller: Caller, balance: string, owner: string): Promise<HoldState>;
};

export type HoldState = 'reserved' | 'spent' | 'released';

type Place = { readonly id: string; readonly tenantId: string; readonly register: string };
type HeadEntry = Place & Balance & { readonly type: 'balance' };
type CreditEntry = Place & { readonly type: 'credit'; readonly amount: number; readonly at: string };
export type HoldEntry = Place &
  Omit<Pending, 'expiresAt'> & {
    readonly type: 'hold';
    readonly state: HoldState;
    readonly amount: number;
    readonly expiresAt: string | null;
  };

const MOST_TRIES = 40;

/** Opens the balances over container `reservations`. */
export function openBalances(tools: ReservationTools): Balances {
  return {
    read: async (caller, balance) =>
      balanceOf(await tools.store.read<HeadEntry>(keyOf(caller, balance), 'head')),
    credit: (caller, balance, credit) => addCredit(tools, keyOf(caller, balance), credit),
    hold: (caller, balance, hold) => takeHold(tools, keyOf(caller, balance), hold),
    settle: async (caller, balance, owner) => {
      const entry = await tools.store.read<HoldEntry>(keyOf(caller, balance), holdId(owner));
      return entry === undefined ? 'released' : settleHold(tools, caller, entry);
    },
  };
}

function balanceOf(head: HeadEntry | undefined): Balance | undefined {
  return head === undefined ? undefined : { unit: head.unit, available: head.available, held: head.held };
}

async function addCredit(
  tools: ReservationTools,
  key: PartitionKey,
  { key: creditKey, amount, unit }: { readonly key: string; readonly amount: number; readonly unit: string },
): Promise<Balance> {
  refuseOdd(amount);
  const id = `credit:${creditKey}`;
  return patiently(async () => {
    const [head, before] = await Promise.all([
      tools.store.read<HeadEntry>(key, 'head'),
      tools.store.read<CreditEntry>(key, id),
    ]);
    if (before !== undefined && head !== undefined) return balanceOf(head);
    if (head !== undefined && head.unit !== unit)
      throw reservationFault('platform.hold_differs', { unit: head.unit });
    const next = headWith(key, head, unit, amount, 0);
    const credit: CreditEntry = { ...placeOf(key, id), type: 'credit', amount, at: timestamp(tools.now()) };
    const outcome = await tools.store.batch(key, [writeHead(next, head), { kind: 'create', item: credit }]);
    return outcome.done ? balanceOf(next) : undefined;
  });
}

async function takeHold(
  tools: ReservationTools,
  key: PartitionKey,
  { amount, owner, scope }: { readonly amount: number; readonly owner: string; readonly scope: string },
): Promise<FenceClaim> {
  refuseOdd(amount);
  return patiently(async () => {
    const [head, before] = await Promise.all([
      tools.store.read<HeadEntry>(key, 'head'),
      tools.store.read<HoldEntry>(key, holdId(owner)),
    ]);
    if (before !== undefined && before.state !== 'released') {
      if (before.amount !== amount)
        throw reservationFault('platform.hold_differs', { amount: before.amount });
      return { id: before.fence, owner };
    }
    const available = head?.available ?? 0;
    if (head === undefined || available < amount)
      throw reservationFault('platform.balance_too_low', { available, wanted: amount });
    const hold: HoldEntry = {
      ...placeOf(key, holdId(owner)),
      ...{ type: 'hold', state: 'reserved', amount, owner, ownerScope: scope },
      fence: `fence:${key[1]}:${tools.newKey()}`,
      expiresAt: pendingUntil(tools.now()),
    };
    const outcome = await tools.store.batch(key, [
      writeHead(headWith(key, head, head.unit, -amount, amount), head),
      before === undefined
        ? { kind: 'create', item: hold }
        : { kind: 'replace', item: hold, etag: before._etag },
    ]);
    return outcome.done ? { id: hold.fence, owner } : undefined;
  });
}

/** Ends a hold as its document's commit decided; the amount leaves the balance or comes back to it, in one batch. */
export async function settleHold(
  tools: ReservationTools,
  caller: Caller,
  pending: Stored<HoldEntry>,
): Promise<HoldState> {
  if (pending.state !== 'reserved') return pending.state;
  const state = (await wasCommitted(tools.records, caller, pending)) ? 'spent' : 'released';
  const key = [pending.tenantId, pending.register];
  return patiently(async () => {
    const [head, hold] = await Promise.all([
      tools.store.read<HeadEntry>(key, 'head'),
      tools.store.read<HoldEntry>(key, pending.id),
    ]);
    if (head === undefined || hold === undefined) return undefined;
    // Somebody else settled it; another hold of the same document may have followed.
    if (hold.state !== 'reserved' || hold.fence !== pending.fence) return state;
    const { amount, owner, ownerScope, fence } = hold;
    const ended: HoldEntry = {
      ...placeOf(key, hold.id),
      ...{ type: 'hold', state, amount, owner, ownerScope, fence, expiresAt: null },
    };
    const outcome = await tools.store.batch(key, [
      writeHead(headWith(key, head, head.unit, state === 'released' ? amount : 0, -amount), head),
      { kind: 'replace', item: ended, etag: hold._etag },
    ]);
    return outcome.done ? state : undefined;
  });
}

/** Many draw on one balance at once and meet at its ETag. */
async function patiently<T>(attempt: () => Promise<T | undefined>): Promise<T> {
  for (let tries = 0; tries < MOST_TRIES; tries += 1) {
    const result = await attempt();
    if (result !== undefined) return result;
    await new Promise(resolve => setTimeout(resolve, Math.random() * 5 * (tries + 1)));
  }
  throw recordFault('platform.busy');
}

function headWith(
  key: PartitionKey,
  head: HeadEntry | undefined,
  unit: string,
  available: number,
  held: number,
): HeadEntry {
  return {
    ...placeOf(key, 'head'),
    type: 'balance',
    unit,
    available: (head?.available ?? 0) + available,
    held: (head?.held ?? 0) + held,
  };
}

function writeHead(next: HeadEntry, head: Stored<HeadEntry> | undefined) {
  return head === undefined
    ? ({ kind: 'create', item: next } as const)
    : ({ kind: 'replace', item: next, etag: head._etag } as const);
}

function placeOf([tenantId = '', register = '']: PartitionKey, id: string): Place {
  return { id, tenantId, register };
}

function refuseOdd(amount: number): void {
  if (!Number.isSafeInteger(amount) || amount <= 0)
    throw new Error(`an amount is a positive number of whole minor units, not ${amount}`);
}

function keyOf(caller: Caller, balance: string): PartitionKey {
  return [caller.tenant, `balance:${balance}`];
}

function holdId(owner: string): string {
  return `hold:${owner}`;
}
