import type { Caller } from '../../kernel/index.ts';
import { accessFault } from './faults.ts';

/** A proof of who one is serves sensitive actions for so long. */
const PROOF_SECONDS = 600;

/** Refuses what is sensitive without a proof of at most ten minutes ago (RFC 9470). */
export function assertFresh({ proof }: Pick<Caller, 'proof'>, now: Date): void {
  const age = proof === undefined ? Number.POSITIVE_INFINITY : (now.getTime() - proof.at.getTime()) / 1000;
  if (age > PROOF_SECONDS) throw accessFault('platform.step_up_required', { maxAgeSeconds: PROOF_SECONDS });
}
