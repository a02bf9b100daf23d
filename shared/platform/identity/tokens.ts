import { createHash } from 'node:crypto';
import * as z from 'zod';
import type { SigningKey } from '../secrets/index.ts';

/** What an access token says of its bearer (RFC 9068). */
const Claims = z.object({
  sub: z.string(),
  tenant: z.string(),
  name: z.string(),
  roles: z.array(z.string()),
  exp: z.number(),
});

export type AccessClaims = {
  readonly user: string;
  readonly tenant: string;
  readonly name: string;
  readonly roles: readonly string[];
};
export type TokenOutcome =
  | { readonly valid: true; readonly claims: AccessClaims }
  | { readonly valid: false; readonly why: 'expired' | 'invalid' };

/** Issues and checks access tokens. The private key stays in Key Vault. */
export type Identity = {
  issue(claims: AccessClaims, seconds: number): Promise<string>;
  verify(token: string): Promise<TokenOutcome>;
  /** The public keys as a JWK set (RFC 7517). */
  keySet(): Promise<{ readonly keys: readonly object[] }>;
};

const AUDIENCE = 'touchstone-api';
const CLOCK_TOLERANCE_SECONDS = 5;
const KEPT_MOST = 5000;

/** Tokens signed with ES256; algorithm, type, issuer and audience are pinned (RFC 8725). */
export function openIdentity(key: SigningKey, issuer: string, now: () => Date): Identity {
  const verified = new Map<string, { readonly claims: AccessClaims; readonly until: number }>();
  return {
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
  const issuedAt = Math.floor(now.getTime() / 1000);
  const header = { alg: 'ES256', typ: 'at+jwt', kid: await key.currentId() };
  const payload = {
    iss: issuer,
    aud: AUDIENCE,
    sub: claims.user,
    tenant: claims.tenant,
    name: claims.name,
    roles: claims.roles,
    iat: issuedAt,
    nbf: issuedAt,
    exp: issuedAt + seconds,
  };
  const signed = `${encoded(header)}.${encoded(payload)}`;
  const signature = await key.sign(createHash('sha256').update(signed).digest());
  return `${signed}.${Buffer.from(signature).toString('base64url')}`;
}

async function verify(
  key: SigningKey,
  issuer: string,
  now: Date,
  token: string,
): Promise<
  | { readonly valid: true; readonly claims: AccessClaims; readonly expires: number }
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
    const { sub, tenant, name, roles, exp } = Claims.parse(payload);
    return { valid: true, claims: { user: sub, tenant, name, roles }, expires: exp * 1000 };
  } catch (error) {
    if (error instanceof errors.JWTExpired) return { valid: false, why: 'expired' };
    if (error instanceof errors.JOSEError || error instanceof z.ZodError)
      return { valid: false, why: 'invalid' };
    throw error;
  }
}

function encoded(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}
