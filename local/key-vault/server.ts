import { readFileSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { Faults } from '../faults/faults.ts';
import { guard } from '../faults/guard.ts';
import { requestUrl } from '../http.ts';
import { Rights } from '../identity/rights.ts';
import type { JwkSet } from '../identity/signing-key.ts';
import { TENANT_ID, type TokenClaims, TokenRefused, verifyToken } from '../identity/tokens.ts';
import { createSeal } from './backup.ts';
import { type Call, isRecord, type Reply, usualHeaders } from './call.ts';
import { describe, refuse } from './faults.ts';
import { keyRoutes } from './keys.ts';
import { badParameter, unauthorized, VaultFault } from './refusals.ts';
import { checkRole } from './roles.ts';
import { secretRoutes } from './secrets.ts';
import { openVaultDatabase } from './store.ts';

export type KeyVaultOptions = {
  readonly port: number;
  readonly dataDir: string;
  readonly tlsCert: string;
  readonly tlsKey: string;
  readonly jwksFile: string;
  /** As in production: what is deleted stays recoverable and a purge is refused. */
  readonly purgeProtection: boolean;
  /** Who may do what; without it everybody may do everything. */
  readonly rightsFile?: string | undefined;
  readonly faultsToken?: string | undefined;
};

export type KeyVaultServer = { readonly port: number; close(): Promise<void> };

const RESOURCE = 'https://vault.azure.net';
const CHALLENGE = `Bearer authorization="https://login.windows.net/${TENANT_ID}", resource="${RESOURCE}"`;
const MAX_BODY_BYTES = 1_000_000;
/** Numbers up to 7.6, dates before and after, and previews of them. */
const API_VERSION = /^(7\.\d|20\d\d-\d\d-\d\d)(-preview(\.\d)?)?$/;

/** Serves the REST API of Key Vault for secrets and keys on 127.0.0.1 over HTTPS, kept in SQLite. */
export async function startKeyVaultServer(options: KeyVaultOptions): Promise<KeyVaultServer> {
  const jwks: JwkSet = JSON.parse(readFileSync(options.jwksFile, 'utf8'));
  const faults = new Faults('key-vault', { knowsEntity: name => name === 'secrets' || name === 'keys' });
  const nowSeconds = (): number => Math.floor(faults.clock.now() / 1000);
  const database = openVaultDatabase(join(options.dataDir, 'vault.sqlite'), nowSeconds());
  const { purgeProtection } = options;
  const rights = Rights.read(options.rightsFile);
  const vault = { database, purgeProtection, seal: createSeal(JSON.stringify(jwks)) };
  const secrets = secretRoutes(vault);
  const keys = keyRoutes(vault);

  async function answer(request: IncomingMessage): Promise<Reply> {
    const tokenNow = Math.floor(faults.clock.tokenNow() / 1000);
    const { oid } = authenticate(request.headers.authorization, jwks, tokenNow);
    const call = await readCall(request, nowSeconds());
    checkVersion(call.query.get('api-version'));
    checkRole(rights, oid, call);
    const collection = call.segments[0];
    if (collection === 'secrets' || collection === 'deletedsecrets') return secrets(call);
    if (collection === 'keys' || collection === 'deletedkeys') return keys(call);
    throw new VaultFault(404, 'NotFound', 'The requested resource was not found.');
  }

  const credentials = { cert: readFileSync(options.tlsCert), key: readFileSync(options.tlsKey) };
  const control = { token: options.faultsToken, describe, refuse };
  const server = createServer(
    credentials,
    guard(faults, control, (request, response) => {
      answer(request).then(
        reply => send(response, reply),
        error => send(response, toReply(error)),
      );
    }),
  );
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject).listen(options.port, '127.0.0.1', resolve);
  });
  return {
    port: (server.address() as AddressInfo).port, // a TCP server has no other kind of address
    close: () =>
      new Promise(resolve => {
        server.close(() => {
          database.close();
          resolve();
        });
        server.closeAllConnections();
      }),
  };
}

function authenticate(header: string | undefined, jwks: JwkSet, nowSeconds: number): TokenClaims {
  const token = /^Bearer (.+)$/i.exec(header ?? '')?.[1];
  if (token === undefined) throw unauthorized('AKV10000: Request is missing a Bearer or PoP token.');
  try {
    return verifyToken(token, jwks, RESOURCE, nowSeconds);
  } catch (error) {
    if (error instanceof TokenRefused)
      throw unauthorized(`AKV10001: The token was refused: ${error.message}.`);
    throw error;
  }
}

function checkVersion(version: string | null): void {
  if (version === null) throw badParameter('The query parameter api-version is missing.');
  if (!API_VERSION.test(version))
    throw badParameter(
      `The specified version (${version}) is not recognized. Consider using the latest one.`,
    );
}

async function readCall(request: IncomingMessage, nowSeconds: number): Promise<Call> {
  const url = requestUrl(request, 'https');
  if (url === undefined) throw badParameter('The address of the request is not valid.');
  // The SDK writes an empty version as an empty segment.
  const segments = url.pathname.split('/').filter(segment => segment !== '');
  return {
    method: request.method ?? 'GET',
    segments,
    query: url.searchParams,
    body: await readBody(request),
    origin: url.origin,
    nowSeconds,
  };
}

async function readBody(request: IncomingMessage): Promise<Readonly<Record<string, unknown>>> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request) {
    size += chunk.length;
    if (size > MAX_BODY_BYTES) throw badParameter('The request body is too large.');
    chunks.push(chunk);
  }
  if (size === 0) return {};
  try {
    const body: unknown = JSON.parse(Buffer.concat(chunks).toString());
    if (isRecord(body)) return body;
  } catch {
    // what is not JSON is refused below
  }
  throw badParameter('The request body is not a JSON object.');
}

function toReply(error: unknown): Reply {
  if (error instanceof VaultFault) return { status: error.status, body: error.body };
  console.error(error);
  return {
    status: 500,
    body: { error: { code: 'InternalServerError', message: 'An unexpected error occurred.' } },
  };
}

function send(response: ServerResponse, { status, body }: Reply): void {
  const { 'content-type': type, ...headers } = usualHeaders();
  response.writeHead(status, {
    ...headers,
    ...(status === 401 ? { 'www-authenticate': CHALLENGE } : {}),
    ...(body === undefined ? {} : { 'content-type': type }),
  });
  response.end(body === undefined ? undefined : JSON.stringify(body));
}
