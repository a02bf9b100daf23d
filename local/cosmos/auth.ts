import type { JsonWebKey, KeyObject } from 'node:crypto';
import { createHmac, createPublicKey, createSecretKey, timingSafeEqual, verify } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { CosmosFault } from './errors.ts';
import type { JsonObject } from './json.ts';
import { isObject, parseJson } from './json.ts';

/** What a request says about itself and what a signature covers. */
type Signed = {
  readonly method: string;
  readonly resourceType: string;
  readonly resourceLink: string;
  readonly date: string | undefined;
  readonly authorization: string | undefined;
};

/** Whoever has the account's key, or the principal of a token. */
export type Caller = 'key' | { readonly principalId: string };

type AuthOptions = {
  readonly key: string;
  /** File with the public keys of the issuer; without it no token is accepted. */
  readonly jwks: string | undefined;
  /** Audiences that a token may have, without a closing slash. */
  readonly audiences: readonly string[];
};

// https://learn.microsoft.com/rest/api/cosmos-db/access-control-on-cosmosdb-resources: a date may be 15 minutes off.
const dateToleranceMs = 15 * 60 * 1000;

function unauthorized(message: string): CosmosFault {
  return new CosmosFault(401, message);
}

/** Checks who sends a request: the account key's signature or an identity's token. Everything else is 401. */
export class Authenticator {
  private readonly options: AuthOptions;
  private readonly secret: KeyObject;
  private readonly accepted = new Map<string, { readonly until: number; readonly principalId: string }>();
  private keys = new Map<string, KeyObject>();

  constructor(options: AuthOptions) {
    this.options = options;
    this.secret = createSecretKey(Buffer.from(options.key, 'base64'));
  }

  /** Who sent the request. `now` in milliseconds. */
  check(request: Signed, now: number): Caller {
    const { authorization } = request;
    if (authorization === undefined) {
      throw unauthorized(
        'Required Header authorization is missing. Ensure a valid Authorization token is passed.',
      );
    }
    const text = decode(authorization);
    const fields = new Map(
      text.split('&').map(part => [part.slice(0, part.indexOf('=')), part.slice(part.indexOf('=') + 1)]),
    );
    const signature = fields.get('sig') ?? '';
    if (fields.get('type') === 'aad') return { principalId: this.checkToken(signature, now) };
    if (fields.get('type') !== 'master')
      throw unauthorized('The input authorization token is not in a supported format.');
    this.checkSignature(request, signature, now);
    return 'key';
  }

  private checkSignature(request: Signed, signature: string, now: number): void {
    const { method, resourceType, resourceLink, date } = request;
    const sent = Date.parse(date ?? '');
    if (Number.isNaN(sent)) throw unauthorized("The request has neither an 'x-ms-date' nor a 'date' header.");
    const payload = `${method.toLowerCase()}\n${resourceType}\n${resourceLink}\n${(date ?? '').toLowerCase()}\n\n`;
    const expected = createHmac('sha256', this.secret).update(payload).digest();
    const given = Buffer.from(signature, 'base64');
    if (given.length !== expected.length || !timingSafeEqual(given, expected)) {
      const shown = payload.replaceAll('\n', '\\n');
      throw unauthorized(
        `The input authorization token can't serve the request. The wrong key is being used or the expected payload is not built as per the protocol. For more info: https://aka.ms/cosmosdb-tsg-unauthorized. Server used the following payload to sign: '${shown}'`,
      );
    }
    if (Math.abs(now - sent) > dateToleranceMs) {
      throw new CosmosFault(
        403,
        `The authorization token is not valid at the current time. Please check the date header '${date}'.`,
      );
    }
  }

  /** Whose token it is. */
  private checkToken(token: string, now: number): string {
    const known = this.accepted.get(token);
    if (known !== undefined && known.until > now) return known.principalId;
    const [head = '', body = '', signature = ''] = token.split('.');
    const header = part(head);
    const claims = part(body);
    const key = this.keyFor(String(header['kid'] ?? ''));
    const signed = Buffer.from(`${head}.${body}`);
    const good =
      header['alg'] === 'RS256' &&
      key !== undefined &&
      verify('sha256', signed, key, Buffer.from(signature, 'base64url'));
    if (!good) throw unauthorized('The AAD token is invalid: its signature does not match a known key.');
    const expires = Number(claims['exp'] ?? 0) * 1000;
    if (!(expires > now) || Number(claims['nbf'] ?? 0) * 1000 > now + dateToleranceMs)
      throw unauthorized('The AAD token has expired.');
    const audience = String(claims['aud'] ?? '').replace(/\/$/, '');
    if (!this.options.audiences.includes(audience))
      throw unauthorized(`The AAD token is for another audience: '${audience}'.`);
    if (this.accepted.size > 1000) this.accepted.clear();
    const principalId = String(claims['oid'] ?? '');
    this.accepted.set(token, { until: expires, principalId });
    return principalId;
  }

  /** The file is read again for an unknown key: issuers roll their keys. */
  private keyFor(kid: string): KeyObject | undefined {
    if (!this.keys.has(kid)) this.keys = readKeys(this.options.jwks);
    return this.keys.get(kid);
  }
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function part(text: string): JsonObject {
  try {
    const value = parseJson(Buffer.from(text, 'base64url').toString());
    return isObject(value) ? value : {};
  } catch {
    return {};
  }
}

function readKeys(file: string | undefined): Map<string, KeyObject> {
  const keys = new Map<string, KeyObject>();
  if (file === undefined) return keys;
  const set = JSON.parse(readFileSync(file, 'utf8')) as {
    readonly keys?: readonly (JsonWebKey & { readonly kid?: string })[];
  };
  for (const key of set.keys ?? []) keys.set(key.kid ?? '', createPublicKey({ key, format: 'jwk' }));
  return keys;
}
