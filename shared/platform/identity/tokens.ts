import { createHash } from 'node:crypto';
import * as z from 'zod';
import { type Language, languages } from '../../kernel/languages/index.ts';
import type { SigningKey } from '../secrets/index.ts';

/** What an access token says of its bearer (RFC 9068); `act` names who acts in their place (RFC 8693). */
const Claims = z.object({
  sub: z.string(),
  tenant: z.string(),
  name: z.string(),
  roles: z.array(z.string()),
  sid: z.string().optional(),
  ver: z.number().int().optional(),
  auth_time: z.number().optional(),
  amr: z.array(z.string()).optional(),
  client_id: z.string().optional(),
  scope: z.string().optional(),
  branches: z.array(z.string()).optional(),
  locale: z.enum(languages).optional(),
  act: z.object({ sub: z.string(), name: z.string(), sid: z.string(), ver: z.number().int() }).optional(),
  iat: z.number(),
  exp: z.number(),
});

export type AccessClaims = {
  readonly user: string;
  readonly tenant: string;
  readonly name: string;
  readonly roles: readonly string[];
  /** The session that the token was issued in; it ends with it. */
  readonly session?: string | undefined;
  /** Version of the user's record when the token was issued; older ones may be revoked. */
  readonly version?: number | undefined;
  /** When the user last proved who they are, in seconds since 1970, and by which methods (RFC 8176). */
  readonly authTime?: number | undefined;
  readonly methods?: readonly string[] | undefined;
  /** The client that the token was issued to, and the permissions that it is narrowed to. */
  readonly client?: string | undefined;
  readonly permissions?: readonly string[] | undefined;
  /** The branches that the bearer is limited to. */
  readonly branches?: readonly string[] | undefined;
  /** The language that the bearer has chosen. */
  readonly locale?: Language | undefined;
  readonly operator?: ActingOperator | undefined;
};
/** Who acts in the bearer’s place, and by which session of theirs on the platform’s own host: it ends with that. */
export type ActingOperator = {
  readonly user: string;
  readonly name: string;
  readonly session: string;
  /** Version of the operator's record; older ones may be revoked. */
  readonly version: number;
};
export type KnownClaims = AccessClaims & { readonly issuedAt: number };
export type TokenOutcome =
  | { readonly valid: true; readonly claims: KnownClaims }
  | { readonly valid: false; readonly why: 'expired' | 'invalid' };

/** Issues and checks access tokens. The private key stays in Key Vault. */
export type Identity = {
  issue(claims: AccessClaims, seconds: number): Promise<string>;
  verify(token: string): Promise<TokenOutcome>;
  /** The public keys as a JWK set (RFC 7517). */
  keySet(): Promise<{ readonly keys: readonly object[] }>;
  readonly issuer: string;
};

const AUDIENCE = 'touchstone-api';
const CLOCK_TOLERANCE_SECONDS = 5;
const KEPT_MOST = 5000;

/** Tokens signed with ES256; algorithm, type, issuer and audience are pinned (RFC 8725). */
export function openIdentity(key: SigningKey, issuer: string, now: () => Date): Identity {
  const verified = new Map<string, { readonly claims: KnownClaims; readonly until: number }>();
  return {
    issuer,
    issue: (claims, seconds) => issue(key, issuer, now(), claims, seconds),
    keySet: async () => ({ keys: await key.publicKeys() }),
    verify: async token => {
      const digest = createHash('sha256').update(token).digest('base64');
      const known = verified.get(digest);
      if (known !== undefined && known.until > now().getTime()) return { valid: true, claims: known.claims };
      const outcome = await verify(key, issuer, now(), token);
      if (!outcome.valid) return outcome;
      if (verified.size >= KEPT_MOST) verified.clear();
      verified.set(digest, { claims: outcome.claims, until: outcome.expires });
      return { valid: true, claims: outcome.claims };
    },
  };
}

async function issue(
  key: SigningKey,
  issuer: string,
  now: Date,
  claims: AccessClaims,
  seconds: number,
): Promise<string> {
  const header = { alg: 'ES256', typ: 'at+jwt', kid: await key.currentId() };
  const signed = `${encoded(header)}.${encoded(payloadOf(issuer, now, claims, seconds))}`;
  const signature = await key.sign(createHash('sha256').update(signed).digest());
  return `${signed}.${Buffer.from(signature).toString('base64url')}`;
}

function payloadOf(issuer: string, now: Date, claims: AccessClaims, seconds: number): object {
  const issuedAt = Math.floor(now.getTime() / 1000);
  return {
    iss: issuer,
    aud: AUDIENCE,
    sub: claims.user,
    tenant: claims.tenant,
    name: claims.name,
    roles: claims.roles,
    sid: claims.session,
    ver: claims.version,
    auth_time: claims.authTime,
    amr: claims.methods,
    client_id: claims.client,
    scope: claims.permissions?.join(' '),
    branches: claims.branches,
    locale: claims.locale,
    act: claims.operator === undefined ? undefined : actorClaim(claims.operator),
    iat: issuedAt,
    nbf: issuedAt,
    exp: issuedAt + seconds,
  };
}

function actorClaim({ user, name, session, version }: ActingOperator): object {
  return { sub: user, name, sid: session, ver: version };
}

async function verify(
  key: SigningKey,
  issuer: string,
  now: Date,
  token: string,
): Promise<
  | { readonly valid: true; readonly claims: KnownClaims; readonly expires: number }
  | (TokenOutcome & { valid: false })
> {
  const { errors, importJWK, jwtVerify } = await import('jose');
  const keyOf = async ({ kid = '' }: { kid?: string | undefined }) => {
    const jwk = await key.publicKey(kid);
    if (jwk === undefined) throw new errors.JWKSNoMatchingKey();
    return importJWK(jwk, 'ES256');
  };
  try {
    const { payload } = await jwtVerify(token, keyOf, {
      algorithms: ['ES256'],
      typ: 'at+jwt',
      issuer,
      audience: AUDIENCE,
      currentDate: now,
      clockTolerance: CLOCK_TOLERANCE_SECONDS,
      requiredClaims: ['exp', 'nbf', 'iat', 'sub'],
    });
    const claims = Claims.parse(payload);
    return { valid: true, claims: claimsOf(claims), expires: claims.exp * 1000 };
  } catch (error) {
    if (error instanceof errors.JWTExpired) return { valid: false, why: 'expired' };
    if (error instanceof errors.JOSEError || error instanceof z.ZodError)
      return { valid: false, why: 'invalid' };
    throw error;
  }
}

function claimsOf(claims: z.infer<typeof Claims>): KnownClaims {
  const { sub, tenant, name, roles, branches, locale, sid, ver, auth_time, amr, client_id, scope, act, iat } =
    claims;
  return {
    user: sub,
    tenant,
    name,
    roles,
    branches,
    locale,
    session: sid,
    version: ver,
    authTime: auth_time,
    methods: amr,
    client: client_id,
    permissions: scope === undefined ? undefined : scope.split(' ').filter(part => part !== ''),
    operator:
      act === undefined ? undefined : { user: act.sub, name: act.name, session: act.sid, version: act.ver },
    issuedAt: iat,
  };
}

function encoded(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}
