import { type Caller, secondsAfter, systemCaller, timestamp } from '../../kernel/index.ts';
import type { RecordsDoor, Store, Stored } from '../records/index.ts';
import { fenceId, type NumberEntry, numberId, type OwnerEntry, ownerId } from './entries.ts';
import { type Ask, numberGiver } from './give-numbers.ts';

export type { NumberEntry } from './entries.ts';

/** A number that is held for a document until its commit takes the claim, or the reservation expires. */
export type ReservedNumber = {
  readonly sequence: number;
  /** To be taken by the document's commit. */
  readonly claim: { readonly id: string; readonly owner: string };
};

/** Registers of numbers without gaps: certificate numbers, invoice numbers. */
export type Registers = {
  /** The same document gets the same number, however often it asks. */
  reserve(caller: Caller, register: string, document: string, scope: string): Promise<ReservedNumber>;
  /** Settles a number once and for all: assigned when the document's commit took it, else void. */
  settle(caller: Caller, register: string, sequence: number): Promise<NumberEntry['state']>;
  /** Writes down that a number belongs to its document. Only for who has seen the document with this number. */
  assign(caller: Caller, register: string, sequence: number): Promise<void>;
  /** Settles what was reserved and never settled, of every tenant. For the platform's own tick. */
  settleExpired(): Promise<number>;
  /** The register's numbers in order. */
  list(caller: Caller, register: string): Promise<readonly NumberEntry[]>;
};

/** A commit follows its reservation within milliseconds; this is for the ones that died in between. */
const HELD_SECONDS = 120;

/** Opens the registers over container `reservations`. */
export function openRegisters(store: Store, records: RecordsDoor, now: () => Date): Registers {
  const give = numberGiver(store);
  return {
    reserve: async (caller, register, document, scope) => {
      const ask: Ask = {
        document,
        scope,
        reservedAt: timestamp(now()),
        expiresAt: timestamp(secondsAfter(now(), HELD_SECONDS)),
      };
      const sequence = await give([caller.tenant, register], ask);
      return { sequence, claim: { id: fenceId(register, sequence), owner: document } };
    },
    settle: (caller, register, sequence) => settle(store, records, caller, register, sequence),
    assign: async (caller, register, sequence) => {
      const key = [caller.tenant, register];
      const entry = await store.read<NumberEntry>(key, numberId(sequence));
      if (entry?.state === 'reserved') await write(store, key, entry, 'assigned');
    },
    settleExpired: async () => {
      const expired = await readExpired(store, timestamp(now()));
      for (const { tenantId, register, sequence } of expired) {
        await settle(store, records, systemCaller(tenantId, '', 'settle-numbers'), register, sequence);
      }
      return expired.length;
    },
    list: async (caller, register) =>
      store.query<NumberEntry>([caller.tenant, register], {
        text: "SELECT * FROM c WHERE c.type = 'number' ORDER BY c.sequence ASC",
        parameters: {},
      }),
  };
}

type Expired = Pick<NumberEntry, 'tenantId' | 'register' | 'sequence'>;

/** The one read over tenants here; what it finds is settled tenant by tenant. */
function readExpired(store: Store, now: string): Promise<readonly Expired[]> {
  return store.queryAcross<Expired>({
    text: "SELECT TOP 200 c.tenantId, c.register, c.sequence FROM c WHERE c.state = 'reserved' AND c.expiresAt < @now",
    parameters: { now },
  });
}

async function settle(
  store: Store,
  records: RecordsDoor,
  caller: Caller,
  register: string,
  sequence: number,
): Promise<NumberEntry['state']> {
  const key = [caller.tenant, register];
  const entry = await store.read<NumberEntry>(key, numberId(sequence));
  if (entry === undefined) return 'void';
  if (entry.state !== 'reserved') return entry.state;
  const holder = await records
    .for(caller)
    .scope(entry.ownerScope)
    .takeClaim(fenceId(register, sequence), 'void');
  const state = holder === entry.owner ? 'assigned' : 'void';
  await write(store, key, entry, state);
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
  const { id, tenantId, register, type, sequence, state, owner, ownerScope, reservedAt, expiresAt, reason } =
    entry;
  return { id, tenantId, register, type, sequence, state, owner, ownerScope, reservedAt, expiresAt, reason };
}
