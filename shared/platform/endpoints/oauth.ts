import * as z from 'zod';
import type { Caller } from '../../kernel/index.ts';
import {
  authenticateClient,
  clientCredentials,
  exchangeCode,
  machineToken,
  oauthFault,
  refreshSession,
  revokeToken,
  type SessionTokens,
} from '../accounts/index.ts';
import type { Capabilities } from '../capabilities/index.ts';
import { defineEndpoint, ok } from '../http/index.ts';
import { deviceOf } from './session-reply.ts';

const Text = z.string().max(2000).optional();
/** RFC 6749 section 3.2: what is not known is ignored. */
const TokenRequest = z.object({
  grant_type: z.string().max(100),
  client_id: Text,
  client_secret: Text,
  scope: Text,
  code: Text,
  redirect_uri: Text,
  code_verifier: Text,
  refresh_token: Text,
});
type TokenRequest = z.infer<typeof TokenRequest>;

const TokenReply = z.strictObject({
  access_token: z.string(),
  token_type: z.literal('Bearer'),
  expires_in: z.number().int(),
  refresh_token: z.string().optional(),
  scope: z.string().optional(),
});

type Asked = {
  readonly caller: Caller;
  readonly body: TokenRequest;
  readonly header: (name: string) => string | undefined;
};

const token = defineEndpoint({
  id: 'platform.oauth.token',
  method: 'POST',
  path: '//oauth/token',
  access: 'public',
  limit: 'tokens',
  takes: 'form',
  refusesAs: 'oauth',
  summary: 'Tokens for programs (RFC 6749): client credentials, authorization code with PKCE, refresh token.',
  body: TokenRequest,
  example: { body: { grant_type: 'client_credentials', client_id: 'cli_01h…', client_secret: 'tss_…' } },
  replies: { 200: { description: 'The tokens.', schema: TokenReply } },
  faults: Object.keys(oauthFault.rows),
  handle: async (request, platform) => {
    const { body } = request;
    switch (body.grant_type) {
      case 'client_credentials':
        return forMachine(platform, request);
      case 'authorization_code':
        return forCode(platform, request);
      case 'refresh_token':
        return forRefresh(platform, request);
      default:
        throw oauthFault('platform.oauth.unsupported_grant_type');
    }
  },
});

async function forMachine(platform: Capabilities, { caller, body, header }: Asked) {
  const client = await clientOf(platform, { caller, body, header });
  const { accessToken, expiresIn, scope } = await machineToken(platform, caller, client, body.scope);
  return ok({ access_token: accessToken, token_type: 'Bearer', expires_in: expiresIn, scope });
}

async function forCode(platform: Capabilities, { caller, body, header }: Asked) {
  const client = await clientOf(platform, { caller, body, header });
  const { code = '', redirect_uri: redirectUri = '', code_verifier: verifier = '' } = body;
  const device = deviceOf({ caller, header });
  return tokenReply(await exchangeCode(platform, caller, client, { code, redirectUri, verifier, device }));
}

async function forRefresh(platform: Capabilities, { caller, body, header }: Asked) {
  const client = await clientOf(platform, { caller, body, header });
  try {
    return tokenReply(await refreshSession(platform, caller, body.refresh_token ?? '', client.id));
  } catch (error) {
    const code = (error as { code?: unknown }).code;
    const isRefusal = code === 'platform.refresh_invalid' || code === 'platform.refresh_reused';
    throw isRefusal ? oauthFault('platform.oauth.invalid_grant', {}, error) : error;
  }
}

function clientOf(platform: Capabilities, { caller, body, header }: Asked) {
  return authenticateClient(platform, caller, clientCredentials(header('authorization'), body));
}

function tokenReply({ accessToken, expiresIn, refreshToken }: SessionTokens) {
  return ok({
    access_token: accessToken,
    token_type: 'Bearer',
    expires_in: expiresIn,
    refresh_token: refreshToken,
  });
}

const revoke = defineEndpoint({
  id: 'platform.oauth.revoke',
  method: 'POST',
  path: '//oauth/revoke',
  access: 'public',
  takes: 'form',
  refusesAs: 'oauth',
  summary: 'Takes a token of a program back (RFC 7009).',
  faults: Object.keys(oauthFault.rows),
  body: z.object({
    token: z.string().min(1).max(4000),
    token_type_hint: Text,
    client_id: Text,
    client_secret: Text,
  }),
  example: { body: { token: 'tsr_…', client_id: 'cli_01h…' } },
  replies: { 200: { description: 'Taken back, if there was such a token.', schema: z.strictObject({}) } },
  handle: async ({ caller, body, header }, platform) => {
    const client = await authenticateClient(
      platform,
      caller,
      clientCredentials(header('authorization'), body),
    );
    await revokeToken(platform, caller, client, body.token);
    return ok({});
  },
});

const metadata = defineEndpoint({
  id: 'platform.oauth.metadata',
  method: 'GET',
  path: '//.well-known/oauth-authorization-server',
  access: 'public',
  summary: 'What programs need to know of this authorization server (RFC 8414).',
  replies: { 200: { description: 'The metadata.', schema: z.looseObject({ issuer: z.string() }) } },
  handle: async ({ caller }, platform) => {
    const issuer = platform.originOf(caller.tenantSlug);
    return ok({
      issuer,
      authorization_endpoint: `${issuer}/oauth/authorize`,
      token_endpoint: `${issuer}/oauth/token`,
      revocation_endpoint: `${issuer}/oauth/revoke`,
      jwks_uri: `${issuer}/.well-known/jwks.json`,
      response_types_supported: ['code'],
      grant_types_supported: ['authorization_code', 'refresh_token', 'client_credentials'],
      code_challenge_methods_supported: ['S256'],
      token_endpoint_auth_methods_supported: ['client_secret_basic', 'client_secret_post', 'none'],
      revocation_endpoint_auth_methods_supported: ['client_secret_basic', 'client_secret_post', 'none'],
      authorization_response_iss_parameter_supported: true,
    });
  },
});

export const oauthEndpoints = [token, revoke, metadata];
