import { type Caller, timestamp } from '../../kernel/index.ts';
import type { Store, Stored } from '../records/index.ts';
import { fenceId, type NumberEntry, numberId, type OwnerEntry, ownerId } from './entries.ts';
import { type FenceClaim, pendingUntil, wasCommitted } from './fence.ts';
import { type Ask, numberGiver } from './give-numbers.ts';
import type { ReservationTools } from './tools.ts';

/** A number that is held for a document until its commit takes the claim, or the reservation expires. */
export type ReservedNumber = {
  readonly sequence: number;
  readonly number: string;
  /** To be taken by the document's commit. */
  readonly claim: FenceClaim;
};

/** Registers of numbers without gaps: certificate numbers, invoice numbers. */
export type Registers = {
  /**
   * The same document gets the same number, however often it asks. `write`: how a number of the register is written now; what
   * was given before stays as it was written.
   */
  reserve(
    caller: Caller,
    register: string,
    document: { readonly id: string; readonly scope: string },
    write?: (sequence: number) => string,
  ): Promise<ReservedNumber>;
  /** Settles a number once and for all: assigned when the document's commit took it, else void. */
  settle(caller: Caller, register: string, sequence: number): Promise<NumberEntry['state']>;
  /** Writes down that a number belongs to its document. Only for who has seen the document with this number. */
  assign(caller: Caller, register: string, sequence: number): Promise<void>;
  /** The register's numbers in order. */
  list(caller: Caller, register: string): Promise<readonly NumberEntry[]>;
};

/** Opens the registers over container `reservations`. */
export function openRegisters(tools: ReservationTools): Registers {
  const { store, now } = tools;
  const give = numberGiver(store);
  return {
    reserve: async (caller, register, { id, scope }, write = String) => {
      const ask: Ask = {
        document: id,
        scope,
        write,
        reservedAt: timestamp(now()),
        expiresAt: pendingUntil(now()),
      };
      const { sequence, number } = await give([caller.tenant, register], ask);
      return { sequence, number, claim: { id: fenceId(register, sequence), owner: id } };
    },
    settle: async (caller, register, sequence) => {
      const entry = await store.read<NumberEntry>([caller.tenant, register], numberId(sequence));
      return entry === undefined ? 'void' : settleNumber(tools, caller, entry);
    },
    assign: async (caller, register, sequence) => {
      const key = [caller.tenant, register];
      const entry = await store.read<NumberEntry>(key, numberId(sequence));
      if (entry?.state === 'reserved') await write(store, key, entry, 'assigned');
    },
    list: async (caller, register) =>
      store.query<NumberEntry>([caller.tenant, register], {
        text: "SELECT * FROM c WHERE c.type = 'number' ORDER BY c.sequence ASC",
        parameters: {},
      }),
  };
}

/** Ends a number's reservation as its document's commit decided. */
export async function settleNumber(
  tools: ReservationTools,
  caller: Caller,
  entry: Stored<NumberEntry>,
): Promise<NumberEntry['state']> {
  if (entry.state !== 'reserved') return entry.state;
  const fence = fenceId(entry.register, entry.sequence);
  const state = (await wasCommitted(tools.records, caller, { ...entry, fence })) ? 'assigned' : 'void';
  await write(tools.store, [entry.tenantId, entry.register], entry, state);
  return state;
}

/**
 * A void number and its document part in one batch, so that the document gets another number when it comes after
 * all. Losing the race is fine: both sides read the same claim and so write the same state.
 */
async function write(
  store: Store,
  key: readonly string[],
  entry: Stored<NumberEntry>,
  state: 'assigned' | 'void',
): Promise<void> {
  const reason = state === 'void' ? 'The document was never committed.' : null;
  const item: NumberEntry = { ...own(entry), state, reason };
  const pointer = state === 'void' ? await store.read<OwnerEntry>(key, ownerId(entry.owner)) : undefined;
  const parting = pointer?.sequence === entry.sequence ? [pointer] : [];
  await store.batch(key, [
    { kind: 'replace', item, etag: entry._etag },
    ...parting.map(({ id, _etag }) => ({ kind: 'remove' as const, id, etag: _etag })),
  ]);
}

function own(entry: Stored<NumberEntry>): NumberEntry {
  const { id, tenantId, register, type, sequence, number, state, owner, ownerScope } = entry;
  const { reservedAt, expiresAt, reason } = entry;
  const place = { id, tenantId, register, type, sequence, number };
  return { ...place, state, owner, ownerScope, reservedAt, expiresAt, reason };
}
