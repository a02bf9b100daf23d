import type { Caller } from '../../kernel/index.ts';
import type { Capabilities } from '../capabilities/index.ts';
import { sessionKind, userKind } from '../identity/index.ts';
import { accountFault } from './faults.ts';
import { type Evidence, prove } from './prove.ts';
import { upgradeSession } from './second-factor.ts';
import { securityAction } from './security-event.ts';
import { accessTokenOf } from './session-tokens.ts';

/**
 * Proves once more who is there, for what wants a fresh proof (RFC 9470). Whoever has a second factor shows that one.
 * Gives an access token that says so; the refresh token stays as it is.
 */
export async function stepUp(
  platform: Capabilities,
  caller: Caller,
  evidence: Evidence,
): Promise<{ readonly accessToken: string; readonly expiresIn: number }> {
  const methods = await prove(platform, caller, caller.user, evidence, 'proofs', proven => {
    if ('password' in evidence && proven.credential.totp !== null)
      throw accountFault('platform.second_factor_needed');
    return {
      credential: proven.credential,
      commit: securityAction('proof_renewed'),
      outcome: proven.methods,
    };
  });
  if (methods === undefined) throw accountFault('platform.proof_refused');
  await upgradeSession(platform, caller, methods);
  const records = platform.records.for(caller);
  const [user, session] = await Promise.all([
    records.get(userKind, caller.user),
    records.scope(caller.user).state(sessionKind, caller.via?.id ?? '-'),
  ]);
  if (session === undefined) throw accountFault('platform.proof_refused');
  return accessTokenOf(platform, caller, user, session);
}
