import { timingSafeEqual } from 'node:crypto';
import * as z from 'zod';
import { defineState, type State, type StateWrite } from '../records/index.ts';
import { sha256 } from './refresh-token.ts';

/** The secret of a machine: 256 random bits, of which the SHA-256 is kept. Stands in scope `directory`. */
export const MachineSecret = z.strictObject({ hash: z.string(), issuedAt: z.string() });
export type MachineSecret = z.infer<typeof MachineSecret>;

export const machineSecretKind = defineState<MachineSecret>({
  name: 'platform.machine_secret',
  schema: MachineSecret,
});

/** When a machine's secret was used last, to the nearest few minutes. */
export const machineUseKind = defineState<{ at: string }>({
  name: 'platform.machine_use',
  schema: z.strictObject({ at: z.string() }),
});

/** The ids of the states that belong to a key or a client. */
export function secretStateId(machine: string): string {
  return `secret_${machine}`;
}
export function useStateId(machine: string): string {
  return `use_${machine}`;
}

/** How a new secret is written; the one before is no longer good. */
export function secretWrite(
  machine: string,
  secret: string,
  issuedAt: string,
  kept: State<MachineSecret> | undefined,
): StateWrite {
  const data: MachineSecret = { hash: sha256(secret), issuedAt };
  return { kind: machineSecretKind, id: secretStateId(machine), data, etag: kept?.etag };
}

/** Whether this is the secret. */
export function isSecret(kept: State<MachineSecret> | undefined, secret: string): boolean {
  if (kept === undefined) return false;
  return timingSafeEqual(Buffer.from(kept.data.hash), Buffer.from(sha256(secret)));
}
