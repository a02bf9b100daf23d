import * as z from 'zod';
import { defineRecord, defineState } from '../records/index.ts';

/**
 * A program of somebody else (RFC 6749 section 2.1). Confidential ones keep a secret and act for themselves; public ones
 * keep none and act for people, by authorization code with PKCE.
 */
export const OAuthClient = z.strictObject({
  name: z.string(),
  kind: z.enum(['confidential', 'public']),
  /** What it may at most. */
  permissions: z.array(z.string()),
  /** Compared as `leadsBack` says. */
  redirectUris: z.array(z.string()),
  maker: z.string(),
  /** When its maker was given its secret, the last time. */
  secretIssuedAt: z.string().optional(),
  status: z.enum(['active', 'revoked']),
});
export type OAuthClientData = z.infer<typeof OAuthClient>;

export const oauthClientKind = defineRecord({
  name: 'platform.oauth_client',
  prefix: 'cli',
  home: { fixed: 'directory' },
  schema: OAuthClient,
  indexed: ({ status, kind }) => ({ status, kind }),
  owner: ({ maker }) => maker,
  readPermission: 'platform.oauth_client:read',
});

const OWN_MACHINE: readonly string[] = ['127.0.0.1', '[::1]', 'localhost'];

/**
 * Whether a program may register this address: https, or http on the person's own machine for programs there (RFC 8252
 * section 7.3), without a fragment (RFC 6749 section 3.1.2), without user information, which would hide the host from who reads it.
 */
export function isRedirectUri(text: string): boolean {
  if (!/^https?:\/\/[^/?@\\#\s]+(?:[/?][^\\#\s]*)?$/i.test(text) || !URL.canParse(text)) return false;
  const { protocol, hostname } = new URL(text);
  return protocol === 'https:' || OWN_MACHINE.includes(hostname);
}

/** On the program's own machine, whichever port it was given there. */
const LOOPBACK = /^(http:\/\/(?:127\.0\.0\.1|\[::1\]|localhost))(?::\d{1,5})?((?:[/?].*)?)$/;

/**
 * Whether a program may be answered at this address: one that it registered, byte by byte (RFC 9700 section 2.1), but for
 * the port of a loopback address, which a native program learns only when it starts (RFC 8252 section 7.3).
 */
export function leadsBack({ redirectUris }: Pick<OAuthClientData, 'redirectUris'>, asked: string): boolean {
  if (!URL.canParse(asked)) return false;
  const wanted = withoutPort(asked);
  return redirectUris.some(uri => uri === asked || (wanted !== undefined && withoutPort(uri) === wanted));
}

/** A loopback address without its port; undefined for every other. */
function withoutPort(uri: string): string | undefined {
  const found = LOOPBACK.exec(uri);
  return found === null ? undefined : `${found[1]}${found[2]}`;
}

/** What an authorization code stands for. Its id is the code's SHA-256; it stands in the scope named by the client. */
export const AuthorizationCode = z.strictObject({
  user: z.string(),
  redirectUri: z.string(),
  challenge: z.string(),
  permissions: z.array(z.string()),
  methods: z.array(z.string()),
  authTime: z.number().int().nullable(),
  expiresAt: z.string(),
  /** The session that it was exchanged for; a second use ends it. */
  session: z.string().nullable(),
});
export type AuthorizationCode = z.infer<typeof AuthorizationCode>;

export const authorizationCodeKind = defineState<AuthorizationCode>({
  name: 'platform.authorization_code',
  schema: AuthorizationCode,
});

export const CODE_SECONDS = 60;
