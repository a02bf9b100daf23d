import { AppError, type Caller } from '../../kernel/index.ts';
import type { Capabilities } from '../../platform/capabilities/index.ts';

/** The registers of this module; each year has its own. */
const PREFIXES = { srf: 'SRF', certificate: 'CAL' } as const;
type NumberKind = keyof typeof PREFIXES;

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

/** `CAL-2026-00042`; undefined when there is no such register. */
export function formatNumber(register: string, sequence: number): string | undefined {
  const match = /^(srf|certificate)-(\d{4})$/.exec(register);
  if (match === null) return undefined;
  const kind: NumberKind = match[1] === 'srf' ? 'srf' : 'certificate';
  return `${PREFIXES[kind]}-${match[2]}-${String(sequence).padStart(5, '0')}`;
}

/** The register and sequence of a certificate's or request's number. */
export function parseNumber(number: string): { register: string; sequence: number } | undefined {
  const match = /^(SRF|CAL)-(\d{4})-(\d{5,9})$/.exec(number);
  if (match === null) return undefined;
  const kind: NumberKind = match[1] === 'SRF' ? 'srf' : 'certificate';
  return { register: registerName(kind, match[2] ?? ''), sequence: Number(match[3]) };
}

/** Holds the next number for a document; the same document gets the same number again. */
export async function holdNumber(
  platform: Capabilities,
  caller: Caller,
  kind: NumberKind,
  year: string,
  document: { readonly id: string; readonly scope: string },
): Promise<HeldNumber> {
  const register = registerName(kind, year);
  const { sequence, claim } = await platform.registers.reserve(caller, register, document.id, document.scope);
  const number = formatNumber(register, sequence);
  if (number === undefined) throw new Error(`there is no format for the numbers of ${register}`);
  return { number, register, sequence, claim };
}

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
