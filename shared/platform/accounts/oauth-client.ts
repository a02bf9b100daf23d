import type { Caller } from '../../kernel/index.ts';
import type { Capabilities } from '../capabilities/index.ts';
import {
  isSecret,
  machineSecretKind,
  type OAuthClientData,
  oauthClientKind,
  secretStateId,
} from '../identity/index.ts';
import type { Saved } from '../records/index.ts';
import { oauthFault } from './oauth-faults.ts';

/** How a client says who it is: `client_secret_basic` or `client_secret_post`; public clients by their id alone. */
export type ClientCredentials = { readonly id: string; readonly secret: string | undefined };

/** The credentials of a token request. Both ways at once are refused (RFC 6749 section 2.3). */
export function clientCredentials(
  authorization: string | undefined,
  body: { readonly client_id?: string | undefined; readonly client_secret?: string | undefined },
): ClientCredentials {
  const basic = /^Basic ([A-Za-z0-9+/=]+)$/i.exec(authorization ?? '')?.[1];
  if (basic === undefined) return { id: body.client_id ?? '', secret: body.client_secret };
  const text = Buffer.from(basic, 'base64').toString('utf8');
  const at = text.indexOf(':');
  if (at < 0 || body.client_secret !== undefined) throw oauthFault('platform.oauth.invalid_client');
  try {
    const id = decodeURIComponent(text.slice(0, at));
    if (body.client_id !== undefined && body.client_id !== id)
      throw oauthFault('platform.oauth.invalid_client');
    return { id, secret: decodeURIComponent(text.slice(at + 1)) };
  } catch (error) {
    throw oauthFault('platform.oauth.invalid_client', {}, error);
  }
}

/** The client with these credentials. A public one has no secret, and must not send one. */
export async function authenticateClient(
  platform: Capabilities,
  caller: Caller,
  { id, secret }: ClientCredentials,
): Promise<Saved<OAuthClientData>> {
  const records = platform.records.for(caller);
  const [client, kept] = await Promise.all([
    records.find(oauthClientKind, id),
    records.scope('directory').state(machineSecretKind, secretStateId(id)),
  ]);
  if (client?.data.status !== 'active') throw oauthFault('platform.oauth.invalid_client');
  const isGood = client.data.kind === 'public' ? secret === undefined : isSecret(kept, secret ?? '');
  if (!isGood) throw oauthFault('platform.oauth.invalid_client');
  return client;
}

/** The permissions that a scope asks for, within those of the client; all of them when it asks for none. */
export function scopeOf(client: Pick<OAuthClientData, 'permissions'>, scope: string | undefined): string[] {
  const asked = (scope ?? '').split(' ').filter(part => part !== '');
  if (asked.length === 0) return [...client.permissions];
  if (asked.some(part => !client.permissions.includes(part)))
    throw oauthFault('platform.oauth.invalid_scope');
  return asked;
}
