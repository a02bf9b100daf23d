import { createPublicKey, randomUUID, sign, verify } from 'node:crypto';
import { type LocalIdentity, OWNER } from './identities.ts';
import type { JwkSet, SigningKey } from './signing-key.ts';

export const TENANT_ID = '00000000-0000-0000-0000-000000000001';
/** Issuer of version 1 tokens; Azurite accepts bearer tokens of this shape only. */
export const ISSUER = `https://sts.windows.net/${TENANT_ID}/`;

/** Claims as Entra ID writes them in version 1 access tokens of a managed identity. Times in seconds. */
export type TokenClaims = {
  readonly aud: string;
  readonly iss: string;
  readonly iat: number;
  readonly nbf: number;
  readonly exp: number;
  readonly appid: string;
  readonly oid: string;
  readonly sub: string;
  readonly tid: string;
};

/** Why a token was refused; `reason` is a short English clause for the caller's error message. */
export class TokenRefused extends Error {}

/** Entra ID sets `nbf` five minutes back, so that clocks may differ by that much. */
const NOT_BEFORE_LEEWAY_SECONDS = 300;

/** Signs an RS256 access token of an identity, the owner's by default, for the audience that was asked for. */
export function issueToken(
  key: SigningKey,
  audience: string,
  nowSeconds: number,
  lifetimeSeconds: number,
  { clientId, principalId }: LocalIdentity = OWNER,
): string {
  const header = { typ: 'JWT', alg: 'RS256', kid: key.id };
  const claims = {
    aud: audience,
    iss: ISSUER,
    iat: nowSeconds,
    nbf: nowSeconds - NOT_BEFORE_LEEWAY_SECONDS,
    exp: nowSeconds + lifetimeSeconds,
    appid: clientId,
    appidacr: '2',
    idp: ISSUER,
    idtyp: 'app',
    oid: principalId,
    sub: principalId,
    tid: TENANT_ID,
    uti: randomUUID().replaceAll('-', '').slice(0, 22),
    ver: '1.0',
  };
  const signed = `${encode(header)}.${encode(claims)}`;
  return `${signed}.${sign('RSA-SHA256', Buffer.from(signed), key.privateKey).toString('base64url')}`;
}

/**
 * Returns the claims of a token, or throws `TokenRefused` when its signature, lifetime, issuer or audience is
 * not right. An audience matches with or without its closing slash, as the SDKs write both.
 */
export function verifyToken(token: string, jwks: JwkSet, audience: string, nowSeconds: number): TokenClaims {
  const [header = '', payload = '', signature = ''] = token.split('.');
  const { alg, kid } = decode(header);
  const jwk = jwks.keys.find(key => key['kid'] === kid);
  if (alg !== 'RS256' || jwk === undefined) throw new TokenRefused('the signing key is not known');
  const publicKey = createPublicKey({ key: jwk, format: 'jwk' });
  const isSigned = verify(
    'RSA-SHA256',
    Buffer.from(`${header}.${payload}`),
    publicKey,
    Buffer.from(signature, 'base64url'),
  );
  if (!isSigned) throw new TokenRefused('the signature is not valid');
  const claims = decode(payload) as TokenClaims; // our own signature vouches for the shape
  if (claims.exp <= nowSeconds) throw new TokenRefused('the token has expired');
  if (claims.nbf > nowSeconds) throw new TokenRefused('the token is not valid yet');
  if (claims.iss !== ISSUER) throw new TokenRefused('the issuer is not known');
  if (withoutSlash(claims.aud) !== withoutSlash(audience))
    throw new TokenRefused(`the audience is ${claims.aud}`);
  return claims;
}

function encode(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}

function decode(part: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(Buffer.from(part, 'base64url').toString());
    if (typeof value === 'object' && value !== null) return { ...value };
  } catch {
    // a part that is not JSON is refused below
  }
  throw new TokenRefused('it is not a JSON Web Token');
}

function withoutSlash(audience: string): string {
  return audience.replace(/\/$/, '');
}
