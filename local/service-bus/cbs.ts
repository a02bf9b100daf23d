import type { Message } from 'rhea';
import type { Authenticator } from './authenticator.ts';
import type { Authorizations } from './authorizations.ts';
import { Refusal } from './refusals.ts';
import type { Reply } from './requests.ts';

/** Where tokens are put (AMQP claims-based security, working draft). */
export const cbsAddress = '$cbs';

/** Takes a put-token request and remembers what its token grants. Throws a Refusal. */
export function putToken(
  authenticator: Authenticator,
  authorizations: Authorizations,
  request: Message,
  now: number,
): Reply {
  const { operation, type, name } = request.application_properties ?? {};
  if (operation !== 'put-token')
    throw new Refusal('not-implemented', `$cbs does not know '${String(operation)}'.`);
  authorizations.add(authenticator.verify(type, String(request.body), String(name), now));
  return { status: 202, description: 'Accepted' };
}
