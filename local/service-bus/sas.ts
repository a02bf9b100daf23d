import { createHmac, timingSafeEqual } from 'node:crypto';
import { Refusal } from './refusals.ts';
import type { AccessRight } from './settings.ts';

/** A key that signs tokens, with what they may then do. */
export type SharedAccessKey = {
  readonly name: string;
  readonly key: string;
  readonly rights: readonly AccessRight[];
};

/** What a valid token grants: the entity path it covers (empty for the namespace) and until when, in milliseconds. */
export type Grant = {
  readonly path: string;
  readonly expiresAt: number;
  readonly rights: readonly AccessRight[];
};

const scheme = 'SharedAccessSignature ';

/** Whether a token is, or claims to be, a shared access signature. */
export function isSas(token: string): boolean {
  return token.startsWith(scheme);
}

/**
 * Verifies a shared access signature for an audience: the key's name, the HMAC over resource and
 * expiry, the expiry, and that the resource covers the audience
 * (https://learn.microsoft.com/azure/service-bus-messaging/service-bus-sas). `keysOf` tells which keys sign for a
 * path. Throws a Refusal.
 */
export function verifySas(
  keysOf: (path: string) => readonly SharedAccessKey[],
  token: string,
  audience: string,
  now: number,
): Grant {
  if (!isSas(token)) throw unauthorized('MalformedToken: The token is not a shared access signature.');
  const fields = new URLSearchParams(token.slice(scheme.length));
  const [sr, sig, se, skn] = ['sr', 'sig', 'se', 'skn'].map(name => fields.get(name));
  if (!sr || !sig || !se || !skn)
    throw unauthorized('MalformedToken: The token must have sr, sig, se and skn.');
  const resource = locate(sr);
  const encodedResource = /(?:^|[ &])sr=([^&]*)/.exec(token)?.[1] ?? '';
  const signer = keysOf(resource.path).find(
    each => each.name === skn && isSignedBy(each.key, `${encodedResource}\n${se}`, sig),
  );
  if (signer === undefined) throw unauthorized('InvalidSignature: The token has an invalid signature.');
  const expiresAt = Number(se) * 1000;
  if (!(expiresAt > now)) throw unauthorized(`ExpiredToken: The token is expired. Expiration time: ${se}.`);
  const wanted = locate(audience);
  if (resource.host !== wanted.host || !covers(resource.path, wanted.path)) {
    throw unauthorized(
      `InvalidAudience: The authorization header contains a token for '${sr}', not '${audience}'.`,
    );
  }
  return { path: wanted.path, expiresAt, rights: signer.rights };
}

/** Whether a grant for one path reaches another: the same entity or something inside it. */
export function covers(granted: string, path: string): boolean {
  return granted === '' || granted === path || path.startsWith(`${granted}/`);
}

/** Host and path of an address in lower case, without port and query. */
export function locate(resource: string): { host: string; path: string } {
  const match = /^(?:[a-z]+:\/\/)?([^/:?]*)(?::\d+)?\/?([^?]*?)\/?(?:\?.*)?$/i.exec(resource);
  return { host: (match?.[1] ?? '').toLowerCase(), path: (match?.[2] ?? '').toLowerCase() };
}

/** Base64 may come encoded once more than the query decoding undoes, as the administration client has it. */
function isSignedBy(key: string, text: string, signature: string): boolean {
  const expected = createHmac('sha256', key).update(text).digest();
  const given = Buffer.from(signature.replaceAll(' ', '+'), 'base64');
  return given.length === expected.length && timingSafeEqual(given, expected);
}

function unauthorized(description: string): Refusal {
  return new Refusal('unauthorized', description);
}
