import type { Principal } from './authenticate.ts';
import type { Endpoint } from './endpoint.ts';
import { httpFault } from './faults.ts';

/** A proof of who one is serves sensitive actions for so long. */
const PROOF_SECONDS = 600;

/** Refuses a caller without the endpoint's permission, before anything is read for the request. */
export function permit(endpoint: Endpoint, { permissions, proof }: Principal, now: Date): void {
  const { access } = endpoint;
  if (access === 'public' || access === 'platform') return;
  const needed = access === 'operator' ? 'platform.operate' : access.permission;
  if (!permissions.has(needed)) throw httpFault('platform.permission_missing', { permission: needed });
  if (endpoint.stepUp !== true) return;
  const age = proof === undefined ? Number.POSITIVE_INFINITY : (now.getTime() - proof.at.getTime()) / 1000;
  if (age > PROOF_SECONDS) throw httpFault('platform.step_up_required', { maxAgeSeconds: PROOF_SECONDS });
}
