import * as z from 'zod';
import type { Caller } from '../../kernel/index.ts';
import type { Capabilities } from '../capabilities/index.ts';
import { federationFault, type IssuerClient } from '../federation/index.ts';
import {
  decideFederation,
  emailClaim,
  federatedClaim,
  type IdentityProviderData,
  identityProviderKind,
  providerSecretKind,
  type UserData,
  userKind,
} from '../identity/index.ts';
import { newRecordId, recordFault, type Saved } from '../records/index.ts';
import { isClosed } from '../tenancy/index.ts';
import { commitOnePerson } from './room-for-people.ts';
import { securityAction } from './security-event.ts';
import { type Device, type LoggedIn, newSession, tokensOf } from './session-tokens.ts';

const Travelling = z.strictObject({
  provider: z.string(),
  state: z.string(),
  nonce: z.string(),
  verifier: z.string(),
  returnTo: z.string(),
  until: z.number(),
});
const TRAVEL_SECONDS = 10 * 60;
const PURPOSE = 'federation';

/** The id of the state that holds a provider's secret. */
export function providerSecretId(provider: string): string {
  return `secret_${provider}`;
}

/** Our client at a provider's issuer. */
export async function issuerClientOf(
  platform: Capabilities,
  caller: Caller,
  provider: Pick<Saved<IdentityProviderData>, 'id' | 'data'>,
): Promise<IssuerClient> {
  const directory = platform.records.for(caller).scope('directory');
  const secret = await directory.state(providerSecretKind, providerSecretId(provider.id));
  // An issuer whose secret was not given yet is no way to log in.
  if (secret === undefined) throw recordFault('platform.not_found', { id: provider.id });
  const clientSecret = await platform.identityKeys.open(PURPOSE, caller.tenant, secret.data.sealed);
  return { issuer: provider.data.issuer, clientId: provider.data.clientId, clientSecret };
}

/** Where to send somebody who logs in at their own issuer, and what their browser must bring back. */
export async function beginFederation(
  platform: Capabilities,
  caller: Caller,
  id: string,
  redirectUri: string,
  { returnTo, fresh = false }: { readonly returnTo: string; readonly fresh?: boolean },
): Promise<{ readonly url: string; readonly cookie: string; readonly seconds: number }> {
  const provider = await platform.records.for(caller).get(identityProviderKind, id);
  if (provider.data.status !== 'active') throw federationFault('platform.federation_refused');
  const client = await issuerClientOf(platform, caller, provider);
  const { url, journey } = await platform.issuers.begin(client, redirectUri, fresh);
  const until = platform.now().getTime() + TRAVEL_SECONDS * 1000;
  const travelling = JSON.stringify({ provider: id, ...journey, returnTo, until });
  const cookie = await platform.identityKeys.seal(PURPOSE, caller.tenant, travelling);
  return { url, cookie, seconds: TRAVEL_SECONDS };
}

/** Somebody back from their issuer: a session, for whom the issuer says they are. */
export async function finishFederation(
  platform: Capabilities,
  caller: Caller,
  cookie: string,
  answered: URL,
  device: Device,
): Promise<LoggedIn & { readonly returnTo: string }> {
  const { provider: id, returnTo, until, ...journey } = await openTravel(platform, caller, cookie);
  if (until < platform.now().getTime()) throw federationFault('platform.federation_state_invalid');
  const records = platform.records.for(caller);
  const provider = await records.get(identityProviderKind, id);
  if (provider.data.status !== 'active') throw federationFault('platform.federation_refused');
  const client = await issuerClientOf(platform, caller, provider);
  const person = await platform.issuers.finish(client, answered, journey);
  const claim = federatedClaim(await platform.blindIndex(caller.tenant), person.issuer, person.subject);
  const owner = await records.scope('directory').claimOwner(claim);
  const user =
    owner === undefined
      ? await meet(platform, caller, provider, person, claim)
      : await records.find(userKind, owner);
  if (user?.data.status !== 'active') throw federationFault('platform.federation_unknown_person');
  const actor = { ...caller, user: user.id, name: user.data.name };
  const session = await newSession(platform, actor, user.id, device, {
    methods: person.methods,
    authTime: provedAt(person.authTime, platform.now()),
  });
  await platform.records
    .for(actor)
    .scope(user.id)
    .commit({ ...securityAction('login_succeeded'), states: [session.write] });
  return { user, tokens: await tokensOf(platform, caller, user, session), returnTo };
}

/** When somebody showed their issuer who they are, and not in the future. Whoever was led through silently did so long ago. */
function provedAt(authTime: number | undefined, now: Date): Date | undefined {
  return authTime === undefined ? undefined : new Date(Math.min(authTime * 1000, now.getTime()));
}

async function openTravel(platform: Capabilities, caller: Caller, cookie: string) {
  try {
    return Travelling.parse(JSON.parse(await platform.identityKeys.open(PURPOSE, caller.tenant, cookie)));
  } catch (error) {
    throw federationFault('platform.federation_state_invalid', {}, error);
  }
}

/** In a suspended tenant people log in, and nobody is made. */
async function assertOpen(platform: Capabilities, caller: Caller): Promise<void> {
  const tenant = await platform.tenants.byId(caller.tenant);
  if (tenant === undefined || isClosed(tenant.status))
    throw federationFault('platform.federation_unknown_person');
}

type Person = Parameters<typeof decideFederation>[1];

/** Somebody who comes for the first time: linked to a user of ours, made one, or refused. */
async function meet(
  platform: Capabilities,
  caller: Caller,
  provider: Saved<IdentityProviderData>,
  person: Person,
  claim: string,
): Promise<Saved<UserData> | undefined> {
  const records = platform.records.for(caller);
  const directory = records.scope('directory');
  const blind = await platform.blindIndex(caller.tenant);
  const taken =
    person.email === undefined ? undefined : await directory.claimOwner(emailClaim(blind, person.email));
  const decision = decideFederation(provider.data, person, taken !== undefined);
  if (decision.what === 'refuse') throw federationFault(decision.why);
  if (decision.what === 'link') {
    const user = await records.find(userKind, taken ?? '');
    if (user?.data.status !== 'active') return undefined;
    await directory.commit({
      action: 'platform.user.linked',
      expect: [user],
      claims: [{ id: claim, owner: user.id }],
    });
    return records.find(userKind, user.id);
  }
  await assertOpen(platform, caller);
  const id = newRecordId(userKind, platform.newKey());
  const { email, name } = decision;
  const data: UserData = { email, name, roles: provider.data.defaultRoles, status: 'active' };
  const claims = [emailClaim(blind, email), claim].map(taken => ({ id: taken, owner: id }));
  await commitOnePerson(platform, caller, states =>
    directory.commit({
      action: 'platform.user.created',
      create: [{ kind: userKind, id, data }],
      claims,
      states,
    }),
  );
  return records.find(userKind, id);
}
