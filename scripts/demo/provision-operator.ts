import type { Composition } from '../../functions/compose.ts';
import { derivedKey, joinId, systemCaller } from '../../shared/kernel/index.ts';
import { setFirstAuthenticator, setFirstPassword } from '../../shared/platform/accounts/index.ts';
import { emailClaim, userKind } from '../../shared/platform/identity/index.ts';
import { PLATFORM, PLATFORM_SLUG } from '../../shared/platform/tenancy/index.ts';
import { operatorAuthenticator, operatorPerson, passphrase } from '../demo-data/people.ts';
import { unlessFaster } from '../enrol.ts';
import { bytesOf } from './authenticator.ts';

/** Sees to it that the demonstration's operator is there. Running it again changes nothing. */
export async function provisionOperator({ platform }: Composition): Promise<void> {
  const caller = systemCaller(PLATFORM, PLATFORM_SLUG, 'provisioning');
  const { email, name, title, roles } = operatorPerson;
  const directory = platform.records.for(caller).scope('directory');
  const claim = emailClaim(await platform.blindIndex(PLATFORM), email);
  if ((await directory.claimOwner(claim)) !== undefined) return;
  const id = joinId(userKind.prefix, undefined, derivedKey(PLATFORM, email));
  await setFirstPassword(platform, caller, id, passphrase);
  await setFirstAuthenticator(platform, caller, id, bytesOf(operatorAuthenticator));
  await unlessFaster(
    directory.commit({
      action: 'platform.user.created',
      create: [{ kind: userKind, id, data: { email, name, title, roles: [...roles], status: 'active' } }],
      claims: [{ id: claim, owner: id }],
    }),
  );
}
