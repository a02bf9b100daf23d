import type { Configuration } from 'openid-client';
import { defineFaults } from '../../kernel/index.ts';
import type { FederatedPerson } from '../identity/index.ts';
import { guardedFetch, type OutboundRules } from '../webhooks/index.ts';

export const federationFault = defineFaults({
  'platform.issuer_unreachable': { status: 422, retry: 'never' },
  'platform.federation_refused': { status: 401, retry: 'never' },
  'platform.federation_unknown_person': { status: 403, retry: 'never' },
  'platform.federation_email_unverified': { status: 403, retry: 'never' },
  'platform.federation_state_invalid': { status: 400, retry: 'never' },
});

/** A client of ours at an issuer that a tenant trusts. */
export type IssuerClient = {
  readonly issuer: string;
  readonly clientId: string;
  readonly clientSecret: string;
};

/** What must come back from the issuer with the person. */
export type Journey = { readonly state: string; readonly nonce: string; readonly verifier: string };

export type Identified = FederatedPerson & {
  readonly issuer: string;
  readonly subject: string;
  readonly methods: readonly string[];
  /** When they last showed the issuer who they are, in seconds since 1970, if it says so. */
  readonly authTime: number | undefined;
};

/** OpenID Connect as a relying party; discovery, key set, audience, nonce and times are checked by `openid-client`. */
export type Issuers = {
  /** Refuses an issuer that cannot be reached, or says that it is another one. */
  check(client: IssuerClient): Promise<void>;
  begin(
    client: IssuerClient,
    redirectUri: string,
    fresh: boolean,
  ): Promise<{ readonly url: string; readonly journey: Journey }>;
  finish(client: IssuerClient, answered: URL, journey: Journey): Promise<Identified>;
};

type Claims = Readonly<Record<string, unknown>>;

/**
 * How old a login at the issuer may be for one here. That an age is asked for at all makes the issuer say when it was
 * (`auth_time`, OpenID Connect Core 3.1.2.1).
 */
const SSO_SECONDS = 24 * 60 * 60;
const KEEP_MILLISECONDS = 10 * 60_000;
const KEEP_MOST = 500;

/** Issuers on the network, called under the rules for addresses that tenants name. The library is loaded when first used. */
export function openIssuers(rules: OutboundRules, now: () => Date): Issuers {
  const known = new Map<string, { readonly config: Configuration; readonly until: number }>();
  const configOf = async (client: IssuerClient): Promise<Configuration> => {
    const key = JSON.stringify([client.issuer, client.clientId, client.clientSecret]);
    const kept = known.get(key);
    if (kept !== undefined && kept.until > now().getTime()) return kept.config;
    const config = await discover(client, rules);
    if (known.size >= KEEP_MOST) known.clear();
    known.set(key, { config, until: now().getTime() + KEEP_MILLISECONDS });
    return config;
  };
  return {
    check: async client => {
      await configOf(client);
    },
    begin: async (client, redirectUri, fresh) => {
      const openid = await import('openid-client');
      const config = await configOf(client);
      const journey = {
        state: openid.randomState(),
        nonce: openid.randomNonce(),
        verifier: openid.randomPKCECodeVerifier(),
      };
      const url = openid.buildAuthorizationUrl(config, {
        redirect_uri: redirectUri,
        scope: 'openid email profile',
        state: journey.state,
        nonce: journey.nonce,
        code_challenge: await openid.calculatePKCECodeChallenge(journey.verifier),
        code_challenge_method: 'S256',
        ...(fresh ? { prompt: 'login', max_age: '0' } : { max_age: String(SSO_SECONDS) }),
      });
      return { url: url.href, journey };
    },
    finish: (client, answered, journey) => finish(configOf, client, answered, journey),
  };
}

async function discover(client: IssuerClient, rules: OutboundRules): Promise<Configuration> {
  const openid = await import('openid-client');
  try {
    return await openid.discovery(new URL(client.issuer), client.clientId, client.clientSecret, undefined, {
      [openid.customFetch]: guardedFetch(rules),
      // An issuer without TLS is for development, where this machine is reached, too.
      execute: rules.allowLoopback ? [openid.allowInsecureRequests] : [],
    });
  } catch (error) {
    throw federationFault('platform.issuer_unreachable', {}, error);
  }
}

/**
 * Whether the issuer vouches for the address (OpenID Connect Core 5.1; some write the truth as text). Entra ID has no
 * `email_verified`: it says by `xms_edov` that the owner of the address's domain is verified
 * (https://learn.microsoft.com/entra/identity-platform/optional-claims-reference), and without that its addresses are what
 * anybody wrote into their own directory.
 */
function isVerified({ email_verified: verified, xms_edov: byDomain }: Claims): boolean {
  return [true, 'true'].some(yes => yes === verified) || [true, 'true', 1, '1'].some(yes => yes === byDomain);
}

async function finish(
  configOf: (client: IssuerClient) => Promise<Configuration>,
  client: IssuerClient,
  answered: URL,
  journey: Journey,
): Promise<Identified> {
  const openid = await import('openid-client');
  const config = await configOf(client);
  try {
    const tokens = await openid.authorizationCodeGrant(config, answered, {
      expectedState: journey.state,
      expectedNonce: journey.nonce,
      pkceCodeVerifier: journey.verifier,
      idTokenExpected: true,
    });
    const claims = tokens.claims();
    if (claims === undefined) throw new Error('no ID token');
    const { email, name, amr, auth_time: authTime } = claims;
    return {
      issuer: claims.iss,
      subject: claims.sub,
      email: typeof email === 'string' ? email : undefined,
      emailVerified: isVerified(claims),
      name: typeof name === 'string' ? name : undefined,
      methods: Array.isArray(amr) && amr.includes('mfa') ? ['fed', 'mfa'] : ['fed'],
      authTime: typeof authTime === 'number' ? authTime : undefined,
    };
  } catch (error) {
    throw federationFault('platform.federation_refused', {}, error);
  }
}
