/**
 * Raw SQLite behind Node's HTTP server: one table, the statements that the work needs, each prepared once, and a commit as durable as
 * the local Cosmos has it (write-ahead log, synchronous = NORMAL). It knows nothing of request units, partitions, ETags or a query language.
 */
import { createServer } from 'node:http';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { serveOrder } from './child-process.ts';
import { type BenchDocument, keys, PAGE, stored } from './cosmos-documents.ts';
import { listenFree } from './listen-free.ts';

type Work = (query: URLSearchParams, body: string) => string;

serveOrder(({ folder }: { readonly folder: string }) => {
  const work = open(join(folder, 'raw.sqlite'));
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', chunk => chunks.push(chunk));
    request.on('end', () => {
      const { pathname, searchParams } = new URL(request.url ?? '/', 'http://localhost');
      const text = work[pathname]?.(searchParams, Buffer.concat(chunks).toString());
      const bytes = Buffer.from(text ?? '');
      const status = text === undefined ? 404 : 200;
      response
        .writeHead(status, { 'content-type': 'application/json', 'content-length': String(bytes.length) })
        .end(bytes);
    });
  });
  return listenFree(server);
});

function open(file: string): Readonly<Record<string, Work>> {
  const database = new DatabaseSync(file);
  database.exec(`
    PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL;
    CREATE TABLE item (tenant TEXT, scope TEXT, id TEXT, number INTEGER, body TEXT, PRIMARY KEY (tenant, scope, id));
    CREATE INDEX item_number ON item (tenant, scope, number);`);
  const insert = database.prepare(
    'INSERT INTO item (tenant, scope, id, number, body) VALUES (?, ?, ?, ?, ?)',
  );
  const put = (documents: readonly BenchDocument[]): void => {
    database.exec('BEGIN IMMEDIATE');
    for (const document of documents) {
      const { tenantId, scope, id, number } = document;
      insert.run(tenantId, scope, id, number, JSON.stringify(document));
    }
    database.exec('COMMIT');
  };
  put(keys().flatMap(stored));
  const read = database.prepare('SELECT body FROM item WHERE tenant = ? AND scope = ? AND id = ?');
  const page = database.prepare(
    'SELECT body FROM item WHERE tenant = ? AND scope = ? AND number >= ? ORDER BY number LIMIT ?',
  );
  const of = (query: URLSearchParams, name: string): string => query.get(name) ?? '';
  return {
    '/read': query => bodyOf(read.get(of(query, 'tenant'), of(query, 'scope'), of(query, 'id'))),
    '/page': query => {
      const rows = page.all(of(query, 'tenant'), of(query, 'scope'), Number(of(query, 'from')), PAGE);
      return `[${rows.map(bodyOf).join()}]`;
    },
    '/batch': (_, body) => {
      put(JSON.parse(body));
      return '{}';
    },
  };
}

function bodyOf(row: Readonly<Record<string, unknown>> | undefined): string {
  return typeof row?.['body'] === 'string' ? row['body'] : '';
}
