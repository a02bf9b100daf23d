import { AppError, type Caller } from '../../kernel/index.ts';
import type { Capabilities } from '../../platform/capabilities/index.ts';
import { type Anew, isStale } from '../../platform/records/index.ts';
import { readNumber, writeNumber } from '../../platform/tenancy/index.ts';
import { tenantOf } from './local-day.ts';

/** The registers of this module; each year has its own. */
type NumberKind = 'srf' | 'certificate';

/** A number that is held for a document, with the claim that its commit takes. */
export type HeldNumber = {
  readonly number: string;
  readonly register: string;
  readonly sequence: number;
  readonly claim: { readonly id: string; readonly owner: string };
};

/** `certificate-2026`. */
export function registerName(kind: NumberKind, year: string): string {
  return `${kind}-${year}`;
}

/** The register and sequence of a number; undefined when it is none. */
export function placeOf(
  kind: NumberKind,
  number: string,
): { readonly register: string; readonly sequence: number } | undefined {
  const place = readNumber(number);
  return place === undefined
    ? undefined
    : { register: registerName(kind, place.year), sequence: place.sequence };
}

/** Holds the next number for a document, as the tenant writes them; the same document gets the same number again. */
export async function holdNumber(
  platform: Capabilities,
  caller: Caller,
  kind: NumberKind,
  year: string,
  document: { readonly id: string; readonly scope: string },
): Promise<HeldNumber> {
  const register = registerName(kind, year);
  const { numberFormats } = await tenantOf(platform, caller);
  const write = (sequence: number): string => writeNumber(numberFormats, kind, year, sequence);
  const { sequence, number, claim } = await platform.registers.reserve(caller, register, document, write);
  return { number, register, sequence, claim };
}

/** How who takes a number decides anew: also when it was voided meanwhile, and its fence taken; the next try holds another one. */
export const whenNumberLost: Anew = {
  lost: error => isStale(error) || error.code === 'platform.claim_taken',
};

/** Marks the number as assigned. The document has it already; a register that does not answer settles it later. */
export async function settleNumber(
  platform: Capabilities,
  caller: Caller,
  held: { readonly register: string; readonly sequence: number },
): Promise<void> {
  try {
    await platform.registers.assign(caller, held.register, held.sequence);
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
  }
}
