import type { Container, PartitionRange, StoredContainer } from './container.ts';
import { nextRangeId, openContainer, partitionKeyOf } from './container.ts';
import { completedDefinition } from './container-rules.ts';
import type { SqlRow, SqlStore } from './database.ts';
import { numberOf, textOf } from './database.ts';
import { checkName, newEtag } from './documents.ts';
import { evenRanges } from './epk.ts';
import { badRequest, conflict, notFound, ownerNotFound, preconditionFailed } from './errors.ts';
import { createItemTable, dropItemTable } from './item-table.ts';
import type { Json, JsonObject } from './json.ts';
import { isObject, parseJson } from './json.ts';
import type { Throughput } from './offers.ts';
import { checkThroughput, Offers } from './offers.ts';
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
    etag TEXT NOT NULL, ts INTEGER NOT NULL, definition TEXT NOT NULL, ranges TEXT NOT NULL,
    lsn INTEGER NOT NULL, UNIQUE (database, id));
`;

/** Databases and containers. They are few, so they are kept in memory and written through. */
export class Catalog {
  private readonly sql: SqlStore;
  private readonly partitions: number;
  private readonly containers = new Map<string, Container>();
  readonly offers: Offers;

  constructor(sql: SqlStore, partitions: number) {
    this.sql = sql;
    this.partitions = partitions;
    sql.exec(schema);
    this.offers = new Offers(sql);
    adoptThroughput(sql);
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

  createDatabase(given: Json | undefined, throughput: Throughput | undefined, now: number): Database {
    const id = checkName(isObject(given) ? given['id'] : undefined);
    if (throughput !== undefined) checkThroughput(throughput);
    if (this.sql.get('SELECT 1 FROM databases WHERE id = ?', id) !== undefined) throw conflict();
    return this.sql.transaction(() => {
      const number = this.sql.run(
        "INSERT INTO databases (id, rid, etag, ts) VALUES (?, '', ?, ?)",
        id,
        newEtag(),
        now,
      ).lastRow;
      const rid = databaseRid(number);
      this.sql.run('UPDATE databases SET rid = ? WHERE number = ?', rid, number);
      if (throughput !== undefined) this.offers.set(rid, throughput, now);
      return this.database(id);
    });
  }

  deleteDatabase(id: string): void {
    const database = this.database(id);
    for (const container of this.list(database.id)) this.deleteContainer(database.id, container.id);
    this.offers.drop(database.rid);
    this.sql.run('DELETE FROM databases WHERE id = ?', database.id);
  }

  /** The containers of a database; 404 (1003) when there is no such database. */
  list(databaseId: string): readonly Container[] {
    const database = this.owner(databaseId);
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

  /** The database that a request about something in it names; 404 (1003) when there is none. */
  private owner(id: string): Database {
    const row = this.sql.get('SELECT * FROM databases WHERE id = ? OR rid = ?', id, id);
    if (row === undefined) throw ownerNotFound();
    return databaseOf(row);
  }

  /** A container that a request is about itself; 404, with 1003 only when its database does not exist. */
  containerItself(databaseId: string, id: string): Container {
    this.owner(databaseId);
    if (!this.list(databaseId).some(one => one.id === id || one.rid === id)) throw notFound();
    return this.container(databaseId, id);
  }

  createContainer(
    databaseId: string,
    given: Json | undefined,
    throughput: Throughput | undefined,
    now: number,
  ): Container {
    const database = this.owner(databaseId);
    const definition = completedDefinition(given);
    const id = checkName(definition['id']);
    // Without a throughput of its own a container shares its database's; without that it gets the least there is.
    const shared = throughput === undefined && this.offers.of(database.rid) !== undefined;
    const own = shared ? undefined : checkThroughput(throughput ?? { kind: 'manual', units: 400 });
    if (this.containers.has(`${database.id}/${id}`)) throw conflict();
    const ranges = evenRanges(this.partitions, partitionKeyOf(definition).kind).map(
      (range, at): PartitionRange => ({ ...range, id: String(at), parents: [] }),
    );
    return this.sql.transaction(() => {
      const number = this.sql.run(
        `INSERT INTO containers (database, databaseRid, id, rid, etag, ts, definition, ranges, lsn)
         VALUES (?, ?, ?, '', ?, ?, ?, ?, 0)`,
        database.id,
        database.rid,
        id,
        newEtag(),
        now,
        JSON.stringify(definition),
        JSON.stringify(ranges),
      ).lastRow;
      const rid = containerRid(database.rid, number);
      this.sql.run('UPDATE containers SET rid = ? WHERE number = ?', rid, number);
      if (own !== undefined) this.offers.set(rid, own, now);
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
    const definition = completedDefinition(withPolicy(given, container.definition));
    const resolution = (one: JsonObject): string => JSON.stringify(one['conflictResolutionPolicy']);
    const unique = (one: JsonObject): string => JSON.stringify(one['uniqueKeyPolicy'] ?? { uniqueKeys: [] });
    if (definition['id'] !== container.id)
      throw badRequest('Message: {"Errors":["The id of a container cannot be changed."]}');
    if (JSON.stringify(partitionKeyOf(definition)) !== JSON.stringify(partitionKeyOf(container.definition)))
      throw badRequest('Message: {"Errors":["Document collection partition key cannot be changed."]}');
    if (unique(definition) !== unique(container.definition))
      throw badRequest(
        'Message: {"Errors":["The unique key policy of a collection cannot be changed, added or removed."]}',
      );
    if (resolution(definition) !== resolution(container.definition))
      throw badRequest(
        'Message: {"Errors":["The conflict resolution policy of a collection cannot be changed."]}',
      );
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
    const next = nextRangeId(container);
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
      this.offers.drop(container.rid);
      dropItemTable(this.sql, container.number);
      this.sql.run('DELETE FROM containers WHERE number = ?', container.number);
    });
    this.containers.delete(`${container.databaseId}/${container.id}`);
  }

  all(): readonly Container[] {
    return [...this.containers.values()];
  }
}

/** The conflict resolution policy stays as it is when a new definition says nothing of it. */
function withPolicy(
  given: Json | undefined,
  { conflictResolutionPolicy: policy }: JsonObject,
): Json | undefined {
  return isObject(given) && policy !== undefined ? { conflictResolutionPolicy: policy, ...given } : given;
}

/** Data folders of earlier versions have the throughput beside the container. */
function adoptThroughput(sql: SqlStore): void {
  const column = sql.get("SELECT 1 FROM pragma_table_info('containers') WHERE name = 'throughput'");
  if (column === undefined) return;
  sql.exec(`
    INSERT INTO offers (resource, kind, units, etag, ts) SELECT rid, 'manual', throughput, etag, ts FROM containers;
    ALTER TABLE containers DROP COLUMN throughput;
  `);
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
