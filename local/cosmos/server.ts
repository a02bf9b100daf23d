import { randomBytes, randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import type { Clock } from '../faults/clock.ts';
import { Faults } from '../faults/faults.ts';
import { guard } from '../faults/guard.ts';
import { Rights } from '../identity/rights.ts';
import { Authenticator } from './auth.ts';
import { Catalog } from './catalog.ts';
import { SqlStore, textOf } from './database.ts';
import { CosmosFault, tooLarge } from './errors.ts';
import { describe, refuse, splitRange } from './faults.ts';
import type { Call, OperationName, Reply } from './http.ts';
import { faultReply, usualHeaders } from './http.ts';
import { ItemTable } from './item-table.ts';
import { Operations } from './operations.ts';
import { QueryIndexes } from './query-indexes.ts';
import { checkRoles } from './roles.ts';
import { checkRights, refuseLeftOut, route, signedResource } from './router.ts';
import { checkLevel, type Service } from './service.ts';
import { StaleReads } from './stale-reads.ts';
import { Threads } from './threads.ts';
import type { Topology } from './topology.ts';
import { applyTopology } from './topology.ts';

type ServerOptions = {
  /** 0 takes a free port. */
  readonly port: number;
  /** Folder for the data; it is made when missing. */
  readonly data: string;
  readonly topology: Topology | undefined;
  readonly tls: { readonly certificate: string; readonly key: string } | undefined;
  readonly jwks: string | undefined;
  /** Physical partitions of a new container. */
  readonly partitions: number;
  readonly faultsToken?: string | undefined;
  /** How long one execution of a query may take; the service's five seconds when it is not given. */
  readonly queryMs?: number | undefined;
  /** Who may do what; without it everybody may do everything. */
  readonly rightsFile?: string | undefined;
};

type RunningServer = {
  readonly endpoint: string;
  readonly key: string;
  readonly clock: Clock;
  readonly close: () => Promise<void>;
};

/** What decides whether a request is let in. */
type Door = { readonly auth: Authenticator; readonly rights: Rights; readonly clock: Clock };

const purgeEveryMs = 30_000;
// https://learn.microsoft.com/azure/cosmos-db/concepts-limits#per-request-limits
const usualQueryMs = 5000;
// A document of 2 MB may grow on the wire by escapes; batches are checked on their own.
const mostRequestBytes = 8 * 1024 * 1024;

/** Starts the server on 127.0.0.1 with the data of a folder. The account key is made once and kept there. */
export async function startServer(options: ServerOptions): Promise<RunningServer> {
  const file = join(options.data, 'cosmos.sqlite');
  const sql = new SqlStore(file);
  const threads = new Threads(sql, file);
  const catalog = new Catalog(sql, options.partitions);
  const faults = new Faults('cosmos', { knowsEntity: name => catalog.all().some(({ id }) => id === name) });
  const { now } = faults.clock;
  sql.onCommit = () => faults.stallDisk();
  if (options.topology !== undefined) applyTopology(catalog, options.topology, Math.floor(now() / 1000));
  const key = accountKey(sql);
  const items = new ItemTable(sql);
  let endpoint = '';
  const service: Service = {
    sql,
    catalog,
    items,
    operations: new Operations(sql, items),
    indexes: new QueryIndexes(sql, threads),
    threads,
    queryMs: options.queryMs ?? usualQueryMs,
    staleReads: new StaleReads(faults, items, () => catalog.all()),
    endpoint: () => endpoint,
    now,
  };
  const audiences: string[] = ['https://localhost', 'https://127.0.0.1', 'https://cosmos.azure.com'];
  const auth = new Authenticator({ key, jwks: options.jwks, audiences });
  const door: Door = { auth, rights: Rights.read(options.rightsFile), clock: faults.clock };
  const control = {
    token: options.faultsToken,
    actions: { split: (body: unknown) => splitRange(catalog, body) },
    describe: (request: IncomingMessage) => describe(request, route),
    refuse,
  };
  const answer = guard(faults, control, (request, response) => serve(service, door, request, response));
  const { tls } = options;
  const server =
    tls === undefined
      ? createServer({ keepAliveTimeout: 120_000 }, answer)
      : createSecureServer(
          { keepAliveTimeout: 120_000, cert: readFileSync(tls.certificate), key: readFileSync(tls.key) },
          answer,
        );
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.port, '127.0.0.1', resolve);
  });
  // A listening TCP server has an address with a port.
  const { port } = server.address() as AddressInfo;
  endpoint = `${tls === undefined ? 'http' : 'https'}://localhost:${port}`;
  audiences.push(`${endpoint}`);
  const purge = setInterval(() => purgeExpired(service), purgeEveryMs);
  purge.unref();
  faults.clock.onJump(() => purgeExpired(service));
  const close = async (): Promise<void> => {
    clearInterval(purge);
    server.closeAllConnections();
    await new Promise<void>(resolve => server.close(() => resolve()));
    await threads.close();
    sql.close();
  };
  return { endpoint, key, clock: faults.clock, close };
}

function accountKey(sql: SqlStore): string {
  sql.run(
    "INSERT INTO settings (name, value) VALUES ('key', ?) ON CONFLICT DO NOTHING",
    randomBytes(64).toString('base64'),
  );
  const row = sql.get("SELECT value FROM settings WHERE name = 'key'");
  return row === undefined ? '' : textOf(row, 'value');
}

function purgeExpired(service: Service): void {
  if (!service.threads.isWritable()) return;
  const now = Math.floor(service.now() / 1000);
  for (const container of service.catalog.all()) service.items.purge(container, now, 500);
  service.staleReads.sweep(service.now());
}

async function readBody(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request) {
    // A request without encoding yields buffers.
    const buffer = chunk as Buffer;
    size += buffer.length;
    if (size > mostRequestBytes) throw tooLarge();
    chunks.push(buffer);
  }
  return chunks.length === 1 ? String(chunks[0]) : Buffer.concat(chunks).toString();
}

function partsOf(url: string): readonly string[] {
  try {
    return url
      .split('/')
      .filter(part => part !== '')
      .map(decodeURIComponent);
  } catch {
    throw new CosmosFault(400, 'The path of the request is not well encoded.');
  }
}

async function serve(
  service: Service,
  door: Door,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const activityId = oneHeader(request, 'x-ms-activity-id') ?? randomUUID();
  const leaving = new AbortController();
  response.once('close', () => leaving.abort());
  let result: Reply;
  try {
    const body = request.method === 'GET' ? '' : await readBody(request);
    const call: Call = {
      method: request.method ?? 'GET',
      parts: partsOf(request.url ?? '/'),
      header: name => oneHeader(request, name),
      body,
      nowMs: service.now(),
      gone: leaving.signal,
    };
    result = await answerCall(service, door, call);
  } catch (error) {
    if (leaving.signal.aborted) return;
    result = failureReply(error, activityId);
  }
  response.writeHead(result.status, {
    ...usualHeaders(activityId),
    ...result.headers,
    ...(result.status === 204 || result.status === 304
      ? {}
      : { 'content-length': Buffer.byteLength(result.body) }),
  });
  response.end(result.status === 204 || result.status === 304 ? undefined : result.body);
}

function oneHeader(request: IncomingMessage, name: string): string | undefined {
  const value = request.headers[name];
  return Array.isArray(value) ? value.join() : value;
}

function failureReply(error: unknown, activityId: string): Reply {
  if (error instanceof CosmosFault) return faultReply(error, activityId);
  if (error instanceof RangeError && error.message.includes('call stack')) {
    return faultReply(new CosmosFault(400, 'The query or document is nested too deeply.'), activityId);
  }
  process.stderr.write(`cosmos: ${String(error instanceof Error ? error.stack : error)}\n`);
  return faultReply(
    new CosmosFault(500, 'The local server failed; its standard error says where.'),
    activityId,
  );
}

async function answerCall(service: Service, { auth, rights, clock }: Door, call: Call): Promise<Reply> {
  refuseLeftOut(call);
  checkLevel(call);
  const signed = signedResource(call.parts);
  const caller = auth.check(
    {
      method: call.method,
      resourceType: signed.type,
      resourceLink: signed.link,
      date: call.header('x-ms-date') ?? call.header('date'),
      authorization: call.header('authorization'),
    },
    clock.tokenNow(),
  );
  const found = route(call);
  checkRights(caller, found);
  checkRoles(rights, caller, found, call);
  if (writes(found.operation) && !service.threads.isWritable()) await service.threads.writable();
  return found.handle(service, call);
}

function writes(operation: OperationName): boolean {
  return operation !== 'read' && operation !== 'query' && operation !== 'changefeed';
}
