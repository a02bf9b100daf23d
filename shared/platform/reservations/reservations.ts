import { systemCaller, timestamp } from '../../kernel/index.ts';
import type { Stored } from '../records/index.ts';
import { type Balances, type HoldEntry, openBalances, settleHold } from './balances.ts';
import type { NumberEntry } from './entries.ts';
import { openRegisters, type Registers, settleNumber } from './register.ts';
import type { ReservationTools } from './tools.ts';
import { openUniques, settleUnique, type UniqueEntry, type Uniques } from './uniques.ts';

/**
 * What spans scopes: reserved here, committed there with a claim, confirmed here; or it ends by itself. Three things are
 * made of that one idea.
 */
export type Reservations = {
  readonly registers: Registers;
  readonly uniques: Uniques;
  readonly balances: Balances;
  /** Ends what was reserved and never confirmed, of every tenant. For the platform's own tick. */
  settleReservations(): Promise<number>;
};

type Expired = Stored<NumberEntry | UniqueEntry | HoldEntry>;

/** Opens them over container `reservations`. */
export function openReservations(tools: ReservationTools): Reservations {
  return {
    registers: openRegisters(tools),
    uniques: openUniques(tools),
    balances: openBalances(tools),
    settleReservations: async () => {
      const expired = await readExpired(tools);
      for (const entry of expired) await settle(tools, entry);
      return expired.length;
    },
  };
}

async function settle(tools: ReservationTools, entry: Expired): Promise<unknown> {
  const caller = systemCaller(entry.tenantId, '', 'settle-reservations');
  switch (entry.type) {
    case 'number':
      return settleNumber(tools, caller, entry);
    case 'unique':
      return settleUnique(tools, caller, entry);
    case 'hold':
      return settleHold(tools, caller, entry);
  }
}

/** The one read over tenants here; what it finds is settled tenant by tenant. */
async function readExpired(tools: ReservationTools): Promise<readonly Expired[]> {
  return tools.store.queryAcross<NumberEntry | UniqueEntry | HoldEntry>({
    text: "SELECT TOP 200 * FROM c WHERE c.state IN ('reserved', 'leaving') AND c.expiresAt < @now",
    parameters: { now: timestamp(tools.now()) },
  });
}
