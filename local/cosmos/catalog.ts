import type { Container, PartitionRange, StoredContainer } from './container.ts';
import { openContainer, partitionKeyOf } from './container.ts';
import type { SqlRow, SqlStore } from './database.ts';
import { numberOf, textOf } from './database.ts';
import { checkId, newEtag } from './documents.ts';
import { evenRanges } from './epk.ts';
import { badRequest, conflict, notFound, ownerNotFound, preconditionFailed } from './errors.ts';
import { defaultPolicy } from './index-rules.ts';
import { createItemTable, dropItemTable } from './item-table.ts';
import type { Json, JsonObject } from './json.ts';
import { isObject, parseJson } from './json.ts';
import { containerRid, databaseRid } from './rid.ts';

export type Database = {
  readonly id: string;
  readonly rid: string;
  readonly etag: string;
  readonly ts: number;
};

const schema = `
  CREATE TABLE IF NOT EXISTS settings (name TEXT PRIMARY KEY, value TEXT NOT NULL);
  CREATE TABLE IF NOT EXISTS databases (
    number INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE, rid TEXT NOT NULL, etag TEXT NOT NULL, ts INTEGER NOT NULL);
  CREATE TABLE IF NOT EXISTS containers (
    number INTEGER PRIMARY KEY AUTOINCREMENT, database TEXT NOT NULL, databaseRid TEXT NOT NULL, id TEXT NOT NULL, rid TEXT NOT NULL,
    etag TEXT NOT NULL, ts INTEGER NOT NULL, definition TEXT NOT NULL, ranges TEXT NOT NULL, throughput INTEGER NOT NULL,
    lsn INTEGER NOT NULL, UNIQUE (database, id));
`;

/** Databases and containers. They are few, so they are kept in memory and written through. */
export class Catalog {
  private readonly sql: SqlStore;
  private readonly partitions: number;
  private readonly containers = new Map<string, Container>();

  constructor(sql: SqlStore, partitions: number) {
    this.sql = sql;
    this.partitions = partitions;
    sql.exec(schema);
    for (const row of sql.all('SELECT * FROM containers')) this.keep(openContainer(storedOf(row)));
  }

  private keep(container: Container): Container {
    this.containers.set(`${container.databaseId}/${container.id}`, container);
    return container;
  }

  databases(): readonly Database[] {
    return this.sql.all('SELECT * FROM databases ORDER BY number').map(databaseOf);
  }

  /** A database by id or resource id; 404 when there is none. */
  database(id: string): Database {
    const row = this.sql.get('SELECT * FROM databases WHERE id = ? OR rid = ?', id, id);
    if (row === undefined) throw notFound();
    return databaseOf(row);
  }

  createDatabase(given: Json | undefined, now: number): Database {
    const id = checkId(isObject(given) ? given['id'] : undefined);
    if (this.sql.get('SELECT 1 FROM databases WHERE id = ?', id) !== undefined) throw conflict();
    return this.sql.transaction(() => {
      const number = this.sql.run(
        "INSERT INTO databases (id, rid, etag, ts) VALUES (?, '', ?, ?)",
        id,
        newEtag(),
        now,
      ).lastRow;
      this.sql.run('UPDATE databases SET rid = ? WHERE number = ?', databaseRid(number), number);
      return this.database(id);
    });
  }

  deleteDatabase(id: string): void {
    const database = this.database(id);
    for (const container of this.list(database.id)) this.deleteContainer(database.id, container.id);
    this.sql.run('DELETE FROM databases WHERE id = ?', database.id);
  }

  list(databaseId: string): readonly Container[] {
    const database = this.database(databaseId);
    return [...this.containers.values()].filter(container => container.databaseId === database.id);
  }

  /** A container by ids or resource ids; 404 (1003) when there is none. */
  container(databaseId: string, id: string): Container {
    const found =
      this.containers.get(`${databaseId}/${id}`) ??
      [...this.containers.values()].find(
        one =>
          (one.rid === id || one.id === id) &&
          (one.databaseRid === databaseId || one.databaseId === databaseId),
      );
    if (found === undefined) throw ownerNotFound();
    return found;
  }

  createContainer(databaseId: string, given: Json | undefined, throughput: number, now: number): Container {
    const database = this.database(databaseId);
    const definition = completed(given);
    const id = checkId(definition['id']);
    if (this.containers.has(`${database.id}/${id}`)) throw conflict();
    const ranges = evenRanges(this.partitions, partitionKeyOf(definition).kind).map(
      (range, at): PartitionRange => ({ ...range, id: String(at), parents: [] }),
    );
    return this.sql.transaction(() => {
      const number = this.sql.run(
        `INSERT INTO containers (database, databaseRid, id, rid, etag, ts, definition, ranges, throughput, lsn)
         VALUES (?, ?, ?, '', ?, ?, ?, ?, ?, 0)`,
        database.id,
        database.rid,
        id,
        newEtag(),
        now,
        JSON.stringify(definition),
        JSON.stringify(ranges),
        throughput,
      ).lastRow;
      this.sql.run(
        'UPDATE containers SET rid = ? WHERE number = ?',
        containerRid(database.rid, number),
        number,
      );
      createItemTable(this.sql, number);
      return this.reload(number);
    });
  }

  private reload(number: number): Container {
    const row = this.sql.get('SELECT * FROM containers WHERE number = ?', number);
    if (row === undefined) throw notFound();
    return this.keep(openContainer(storedOf(row)));
  }

  /** Replaces what may change: indexing policy, time to live and such, never the partition key. */
  replaceContainer(
    container: Container,
    given: Json | undefined,
    ifMatch: string | undefined,
    now: number,
  ): Container {
    if (ifMatch !== undefined && ifMatch !== '*' && ifMatch !== container.etag) throw preconditionFailed();
    const definition = completed(given);
    const fixed = (one: JsonObject): string =>
      JSON.stringify([one['id'], partitionKeyOf(one), one['uniqueKeyPolicy'] ?? null]);
    if (fixed(definition) !== fixed(container.definition)) {
      throw badRequest('Partition key paths, unique keys and the id of a container cannot be changed.');
    }
    this.update(container, 'definition = ?, etag = ?, ts = ?', JSON.stringify(definition), newEtag(), now);
    return this.reload(container.number);
  }

  private update(container: Container, assignments: string, ...values: (string | number)[]): void {
    this.sql.run(`UPDATE containers SET ${assignments} WHERE number = ?`, ...values, container.number);
  }

  /** Splits a physical partition in two at a place of the hash space; clients of the old range get 410. */
  splitRange(container: Container, rangeId: string, middle: string): Container {
    const split = container.ranges.find(range => range.id === rangeId);
    if (split === undefined || middle <= split.min || middle >= split.max)
      throw badRequest('No such range or middle.');
    const next = Math.max(...container.ranges.flatMap(range => [range.id, ...range.parents]).map(Number)) + 1;
    const parents = [...split.parents, split.id];
    const halves: readonly PartitionRange[] = [
      { id: String(next), min: split.min, max: middle, parents },
      { id: String(next + 1), min: middle, max: split.max, parents },
    ];
    const ranges = container.ranges.flatMap(range => (range === split ? halves : [range]));
    this.update(container, 'ranges = ?', JSON.stringify(ranges));
    return this.reload(container.number);
  }

  deleteContainer(databaseId: string, id: string): void {
    const container = this.container(databaseId, id);
    this.sql.transaction(() => {
      dropItemTable(this.sql, container.number);
      this.sql.run('DELETE FROM containers WHERE number = ?', container.number);
    });
    this.containers.delete(`${container.databaseId}/${container.id}`);
  }

  throughput(container: Container): number {
    const row = this.sql.get('SELECT throughput FROM containers WHERE number = ?', container.number);
    return row === undefined ? 0 : numberOf(row, 'throughput');
  }

  setThroughput(container: Container, throughput: number): void {
    this.update(container, 'throughput = ?', throughput);
  }

  all(): readonly Container[] {
    return [...this.containers.values()];
  }
}

function databaseOf(row: SqlRow): Database {
  return {
    id: textOf(row, 'id'),
    rid: textOf(row, 'rid'),
    etag: textOf(row, 'etag'),
    ts: numberOf(row, 'ts'),
  };
}

function storedOf(row: SqlRow): StoredContainer {
  const definition = parseJson(textOf(row, 'definition'));
  return {
    number: numberOf(row, 'number'),
    databaseId: textOf(row, 'database'),
    databaseRid: textOf(row, 'databaseRid'),
    id: textOf(row, 'id'),
    rid: textOf(row, 'rid'),
    etag: textOf(row, 'etag'),
    ts: numberOf(row, 'ts'),
    definition: isObject(definition) ? definition : {},
    // Written by this class only, so the shape is known.
    ranges: JSON.parse(textOf(row, 'ranges')) as readonly PartitionRange[],
    lsn: numberOf(row, 'lsn'),
  };
}

/** A definition with the defaults of the service filled in. */
function completed(given: Json | undefined): JsonObject {
  if (!isObject(given)) throw badRequest('The container definition is not a JSON object.');
  const { _rid, _ts, _self, _etag, _docs, _sprocs, _triggers, _udfs, _conflicts, ...kept } = given;
  const key = isObject(kept['partitionKey']) ? kept['partitionKey'] : {};
  const policy = isObject(kept['indexingPolicy']) ? kept['indexingPolicy'] : {};
  return {
    conflictResolutionPolicy: {
      mode: 'LastWriterWins',
      conflictResolutionPath: '/_ts',
      conflictResolutionProcedure: '',
    },
    geospatialConfig: { type: 'Geography' },
    ...kept,
    partitionKey: { kind: 'Hash', ...key },
    indexingPolicy: { ...defaultPolicy, ...policy },
  };
}
