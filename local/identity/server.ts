import { randomBytes, timingSafeEqual } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { Faults } from '../faults/faults.ts';
import { guard } from '../faults/guard.ts';
import { requestUrl } from '../http.ts';
import { describe, refuse } from './faults.ts';
import { IDENTITIES, type LocalIdentity, OWNER } from './identities.ts';
import { type Reply, refusal } from './refusal.ts';
import { loadSigningKey, type SigningKey } from './signing-key.ts';
import { ISSUER, issueToken } from './tokens.ts';

export type IdentityServer = {
  readonly port: number;
  /** Value that a client sends as X-IDENTITY-HEADER. */
  readonly header: string;
  readonly jwksFile: string;
  close(): Promise<void>;
};

/** A managed identity's tokens live for a day; clients renew after half of it. */
const TOKEN_LIFETIME_SECONDS = 86_400;
const API_VERSION = '2019-08-01';

/**
 * Serves the managed identity endpoint of App Service (protocol 2019-08-01) and the key set that verifies its
 * tokens, on 127.0.0.1. The key and the header secret stay in `dataDir`, so tokens outlive a restart.
 */
export async function startIdentityServer(options: {
  readonly port: number;
  readonly dataDir: string;
  readonly faultsToken?: string | undefined;
}): Promise<IdentityServer> {
  const key = await loadSigningKey(options.dataDir);
  const header = loadHeader(options.dataDir);
  const faults = new Faults('identity');
  const server = createServer(
    guard(faults, { token: options.faultsToken, describe, refuse }, (request, response) => {
      send(response, answer(request, key, header, faults.clock.now()));
    }),
  );
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject).listen(options.port, '127.0.0.1', resolve);
  });
  const { port } = server.address() as AddressInfo; // a TCP server has no other kind of address
  return {
    port,
    header,
    jwksFile: join(options.dataDir, 'jwks.json'),
    close: () =>
      new Promise(resolve => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function answer(request: IncomingMessage, key: SigningKey, header: string, nowMs: number): Reply {
  const url = requestUrl(request, 'http');
  if (url === undefined) return refusal(400, 'The request is not valid.');
  if (request.method !== 'GET') return refusal(405, 'The HTTP method is not allowed.');
  if (url.pathname === '/msi/token')
    return token(url.searchParams, request.headers['x-identity-header'], key, header, nowMs);
  if (url.pathname.endsWith('/.well-known/openid-configuration')) {
    return { status: 200, body: discovery(url.origin) };
  }
  if (url.pathname === '/discovery/keys') return { status: 200, body: key.jwks };
  return refusal(404, 'The requested resource was not found.');
}

function token(
  query: URLSearchParams,
  sent: string | string[] | undefined,
  key: SigningKey,
  header: string,
  nowMs: number,
): Reply {
  if (sent === undefined) return refusal(400, 'The header X-IDENTITY-HEADER is missing.');
  if (typeof sent !== 'string' || !isSame(sent, header))
    return refusal(401, 'The value of X-IDENTITY-HEADER is not valid.');
  if (query.get('api-version') !== API_VERSION) {
    return refusal(400, `The api-version must be ${API_VERSION}.`);
  }
  const resource = query.get('resource');
  if (!resource) return refusal(400, 'The query parameter resource is missing.');
  const identity = identityOf(query);
  if (identity === undefined) {
    return refusal(
      400,
      'No User Assigned or Delegated Managed Identity found for specified ClientId/ResourceId/PrincipalId.',
    );
  }
  const now = Math.floor(nowMs / 1000);
  return {
    status: 200,
    body: {
      access_token: issueToken(key, resource, now, TOKEN_LIFETIME_SECONDS, identity),
      client_id: identity.clientId,
      expires_on: String(now + TOKEN_LIFETIME_SECONDS),
      resource,
      token_type: 'Bearer',
    },
  };
}

/** The identity that is asked for, by any of the ways to name one; the owner's when none is named. */
function identityOf(query: URLSearchParams): LocalIdentity | undefined {
  if (query.has('mi_res_id') || query.has('msi_res_id')) return undefined;
  const clientId = query.get('client_id')?.toLowerCase();
  const principalId = (query.get('object_id') ?? query.get('principal_id'))?.toLowerCase();
  if (clientId === undefined && principalId === undefined) return OWNER;
  return IDENTITIES.find(
    one =>
      (clientId ?? one.clientId) === one.clientId && (principalId ?? one.principalId) === one.principalId,
  );
}

function discovery(origin: string): object {
  return {
    issuer: ISSUER,
    jwks_uri: `${origin}/discovery/keys`,
    token_endpoint: `${origin}/msi/token`,
    id_token_signing_alg_values_supported: ['RS256'],
    response_types_supported: ['token'],
    subject_types_supported: ['pairwise'],
  };
}

function send(response: ServerResponse, reply: Reply): void {
  response.writeHead(reply.status, {
    'content-type': 'application/json; charset=utf-8',
    'cache-control': 'no-store',
  });
  response.end(JSON.stringify(reply.body));
}

function loadHeader(dataDir: string): string {
  const file = join(dataDir, 'identity-header');
  mkdirSync(dataDir, { recursive: true });
  if (!existsSync(file)) writeFileSync(file, randomBytes(24).toString('hex'), { mode: 0o600 });
  return readFileSync(file, 'utf8');
}

function isSame(left: string, right: string): boolean {
  const [a, b] = [Buffer.from(left), Buffer.from(right)];
  return a.length === b.length && timingSafeEqual(a, b);
}
