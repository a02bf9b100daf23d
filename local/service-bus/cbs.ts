import type { Message } from 'rhea';
import type { Authorizations } from './authorizations.ts';
import { Refusal } from './refusals.ts';
import type { Reply } from './requests.ts';
import { type SharedAccessKey, verifySas } from './sas.ts';

/** Where tokens are put (AMQP claims-based security, working draft). */
export const cbsAddress = '$cbs';

const sasTokenType = 'servicebus.windows.net:sastoken';

/** Takes a put-token request and remembers what its token grants. Throws a Refusal. */
export function putToken(
  keys: readonly SharedAccessKey[],
  authorizations: Authorizations,
  request: Message,
  now: number,
): Reply {
  const { operation, type, name } = request.application_properties ?? {};
  if (operation !== 'put-token')
    throw new Refusal('not-implemented', `$cbs does not know '${String(operation)}'.`);
  if (type !== sasTokenType)
    throw new Refusal('unauthorized', `Tokens of type '${String(type)}' are not accepted here.`);
  authorizations.add(verifySas(keys, String(request.body), String(name), now));
  return { status: 202, description: 'Accepted' };
}
