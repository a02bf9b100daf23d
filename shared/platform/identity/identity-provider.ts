import * as z from 'zod';
import { roles } from '../../kernel/index.ts';
import type { BlindIndex } from '../keys/index.ts';
import { defineRecord, defineState } from '../records/index.ts';
import { lineText } from '../texts/index.ts';

/** An OpenID Connect issuer that a tenant trusts to say who its people are. Its secret stands apart, sealed. */
export const IdentityProvider = z.strictObject({
  name: z.string(),
  issuer: z.string(),
  clientId: z.string(),
  /** Domains of addresses that it may speak for. */
  emailDomains: z.array(z.string()),
  /** People who are not known yet are made, with these roles. */
  createUsers: z.boolean(),
  defaultRoles: z.array(z.enum(roles)),
  /** Whoever is known by an address that the issuer has verified is the same person. */
  linkByVerifiedEmail: z.boolean(),
  status: z.enum(['active', 'disabled']),
});
export type IdentityProviderData = z.infer<typeof IdentityProvider>;

export const identityProviderKind = defineRecord({
  name: 'platform.identity_provider',
  prefix: 'idp',
  home: { fixed: 'directory' },
  schema: IdentityProvider,
  indexed: ({ status }) => ({ status }),
  wholeTenant: true,
  readPermission: 'platform.identity_provider:read',
});

export const providerSecretKind = defineState<{ sealed: string }>({
  name: 'platform.provider_secret',
  schema: z.strictObject({ sealed: z.string() }),
});

/** The claim that makes a person of an issuer belong to one user. `sub` is unique within `iss` (OpenID Connect 5.7). */
export function federatedClaim(blind: BlindIndex, issuer: string, subject: string): string {
  return `federated:${blind.value('federated', `${issuer}\n${subject}`)}`;
}

/** What an issuer says of somebody. */
export type FederatedPerson = {
  readonly email: string | undefined;
  readonly emailVerified: boolean;
  readonly name: string | undefined;
};

export type FederationDecision =
  | { readonly what: 'link' }
  | { readonly what: 'create'; readonly email: string; readonly name: string }
  | {
      readonly what: 'refuse';
      readonly why: 'platform.federation_unknown_person' | 'platform.federation_email_unverified';
    };

const Email = z.email().max(254);
const Name = lineText(200);

const unknown = { what: 'refuse', why: 'platform.federation_unknown_person' } as const;

/**
 * What becomes of somebody whom the issuer knows and we do not. Only an address that the issuer has verified, of a domain
 * that it may speak for, makes a user of ours or links to one, and that as far as the tenant says so: else whoever can
 * choose an address at the issuer could take over an account, or sit in one that its owner is given later. An address that is none
 * here is nobody's; a name that nobody may have here is left out. Pure.
 */
export function decideFederation(
  provider: Pick<IdentityProviderData, 'emailDomains' | 'createUsers' | 'linkByVerifiedEmail'>,
  person: FederatedPerson,
  isAddressTaken: boolean,
): FederationDecision {
  const email = Email.safeParse(person.email).data;
  const domain = email?.split('@').at(-1)?.toLowerCase();
  if (email === undefined || domain === undefined || !provider.emailDomains.includes(domain)) return unknown;
  if (!(isAddressTaken ? provider.linkByVerifiedEmail : provider.createUsers)) return unknown;
  if (!person.emailVerified) return { what: 'refuse', why: 'platform.federation_email_unverified' };
  if (isAddressTaken) return { what: 'link' };
  return { what: 'create', email, name: Name.safeParse(person.name).data ?? email };
}
