import { readCharge, writeCharge } from './charge.ts';
import type { Container } from './container.ts';
import { keyOf } from './container.ts';
import type { SqlStore } from './database.ts';
import type { Draft } from './documents.ts';
import { draftOf, newEtag } from './documents.ts';
import type { KeyPart } from './epk.ts';
import { badRequest, conflict, notFound, partitionKeyMismatch, preconditionFailed } from './errors.ts';
import { countIndexed } from './index-rules.ts';
import type { Item, ItemTable } from './item-table.ts';
import { isExpired, renderItem } from './item-table.ts';
import type { Json, JsonObject } from './json.ts';
import { isObject, parseJson, splitPath, valueAt } from './json.ts';
import { applyPatch, readPatch } from './patch.ts';
import type { Query } from './sql/ast.ts';
import { documentAlias } from './sql/key-filter.ts';
import { parseQuery } from './sql/parse.ts';
import { compileQuery, rowsOf } from './sql/run.ts';
import { canonical } from './sql/values.ts';
import { withinHalfASecond } from './sql/within.ts';

export type OperationKind = 'create' | 'upsert' | 'replace' | 'read' | 'delete' | 'patch';

/** One operation on one document, as a single request or as a part of a batch. */
export type Operation = {
  readonly kind: OperationKind;
  readonly id: string | undefined;
  readonly body: Json | undefined;
  readonly ifMatch: string | undefined;
  readonly ifNoneMatch: string | undefined;
};

/** The logical partition that an operation addresses: its full key and its place in the hash space. */
export type Place = { readonly key: readonly KeyPart[]; readonly epk: string };

export type Outcome = { readonly status: number; readonly item: Item | undefined; readonly charge: number };

/** The commit that an operation belongs to. */
export type Commit = { readonly lsn: number; readonly ts: number };

/** When a read happens (seconds), which state it sees (undefined: the newest) and how dear its consistency is. */
type ReadPoint = { readonly now: number; readonly asOf?: number | undefined; readonly factor?: number };

/** Executes operations on documents. Everything inside one `commit` becomes visible at once or not at all. */
export class Operations {
  private readonly sql: SqlStore;
  private readonly items: ItemTable;

  constructor(sql: SqlStore, items: ItemTable) {
    this.sql = sql;
    this.items = items;
  }

  /** Runs writes as one commit under the next log sequence number. `ts` in seconds. */
  commit<Result>(container: Container, ts: number, work: (commit: Commit) => Result): Result {
    const lsn = container.lsn + 1;
    const result = this.sql.transaction(() => {
      const done = work({ lsn, ts });
      this.items.advance(container, lsn);
      return done;
    });
    container.lsn = lsn;
    return result;
  }

  /** Executes an operation that alone is undone when it is refused, while the commit around it goes on. */
  attempt(container: Container, place: Place, operation: Operation, commit: Commit): Outcome {
    return this.sql.attempt(() => this.execute(container, place, operation, commit));
  }

  /** A point read; 404 when missing or expired, 304 as the outcome when the tag is known. */
  read(container: Container, place: Place, operation: Operation, at: ReadPoint): Outcome {
    const item = this.items.find(container, place.epk, operation.id ?? '', at.asOf);
    if (item === undefined || isExpired(container, item, at.now)) throw notFound();
    const charge = readCharge(item.size, at.factor);
    if (operation.ifNoneMatch !== undefined && matches(operation.ifNoneMatch, item))
      return { status: 304, item, charge };
    return { status: 200, item, charge };
  }

  /** Executes any operation inside a commit; faults carry the status that the service answers. */
  execute(container: Container, place: Place, operation: Operation, commit: Commit): Outcome {
    switch (operation.kind) {
      case 'read':
        return this.read(container, place, operation, { now: commit.ts });
      case 'create':
        return this.create(container, place, operation, commit);
      case 'upsert':
        return this.upsert(container, place, operation, commit);
      case 'replace':
        return this.replace(container, place, operation, commit);
      case 'patch':
        return this.patch(container, place, operation, commit);
      case 'delete':
        return this.delete(container, place, operation, commit);
    }
  }

  /** The live item at a place. An expired one is removed on the way, so that its id is free. */
  private live(container: Container, epk: string, id: string, commit: Commit): Item | undefined {
    const item = this.items.find(container, epk, id);
    if (item === undefined || !isExpired(container, item, commit.ts)) return item;
    this.items.remove(container, item, commit.lsn);
    return undefined;
  }

  private create(container: Container, place: Place, operation: Operation, commit: Commit): Outcome {
    const draft = draftFor(container, place, operation.body);
    if (this.live(container, place.epk, draft.id, commit) !== undefined) throw conflict();
    return this.insert(container, place, draft, commit);
  }

  private insert(container: Container, place: Place, draft: Draft, commit: Commit): Outcome {
    this.claim(container, place.epk, draft, commit);
    const item = this.items.insert(container, { ...rowOf(draft, place, commit) });
    return {
      status: 201,
      item,
      charge: writeCharge('create', draft.size, countIndexed(container.index, draft.body)),
    };
  }

  private upsert(container: Container, place: Place, operation: Operation, commit: Commit): Outcome {
    const draft = draftFor(container, place, operation.body);
    const old = this.live(container, place.epk, draft.id, commit);
    // A tag guards an existing document only: an upsert of a missing one creates it.
    if (old === undefined) return this.insert(container, place, draft, commit);
    guard(operation, old);
    return this.overwrite(container, place, old, draft, commit);
  }

  private replace(container: Container, place: Place, operation: Operation, commit: Commit): Outcome {
    const draft = draftFor(container, place, operation.body);
    const old = this.live(container, place.epk, operation.id ?? '', commit);
    if (old === undefined) throw notFound();
    guard(operation, old);
    // The service lets a replacement carry a new id (Azure/azure-cosmos-dotnet-v3#1375), if it is free.
    if (draft.id !== old.id && this.live(container, place.epk, draft.id, commit) !== undefined)
      throw conflict();
    return this.overwrite(container, place, old, draft, commit);
  }

  private overwrite(container: Container, place: Place, old: Item, draft: Draft, commit: Commit): Outcome {
    if (container.uniqueKeys.length > 0) this.items.releaseUnique(container, place.epk, old.id);
    this.claim(container, place.epk, draft, commit);
    const item = this.items.update(container, old, rowOf(draft, place, commit));
    return {
      status: 200,
      item,
      charge: writeCharge('replace', draft.size, countIndexed(container.index, draft.body)),
    };
  }

  private patch(container: Container, place: Place, operation: Operation, commit: Commit): Outcome {
    const patch = readPatch(operation.body);
    const old = this.live(container, place.epk, operation.id ?? '', commit);
    if (old === undefined) throw notFound();
    guard(operation, old);
    if (patch.condition !== undefined && !holds(container, old, patch.condition)) throw preconditionFailed();
    const body = applyPatch(documentOf(old), patch, container.keyPaths);
    return this.overwrite(container, place, old, draftOf(body), commit);
  }

  private delete(container: Container, place: Place, operation: Operation, commit: Commit): Outcome {
    const old = this.live(container, place.epk, operation.id ?? '', commit);
    if (old === undefined) throw notFound();
    guard(operation, old);
    this.items.remove(container, old, commit.lsn);
    const charge = writeCharge('delete', old.size, countIndexed(container.index, documentOf(old)));
    return { status: 204, item: undefined, charge };
  }

  /** Removes all documents of a logical partition. */
  deleteKey(container: Container, epk: string, commit: Commit): void {
    for (const item of this.items.inPartition(container, epk)) this.items.remove(container, item, commit.lsn);
  }

  /** Claims the unique keys of a document; 409 when another live one has them. */
  private claim(container: Container, epk: string, draft: Draft, commit: Commit): void {
    for (const paths of container.uniqueKeys) {
      const values = paths.map(path => canonical(valueAt(draft.body, splitPath(path)) ?? null));
      const key = `${paths.join()}=${values.join()}`;
      const holder = this.items.claimUnique(container, epk, key, draft.id);
      if (holder === draft.id) continue;
      // Looking at an expired holder removes it and its claims.
      if (this.live(container, epk, holder, commit) !== undefined)
        throw conflict('Unique index constraint violation.');
      this.items.releaseUnique(container, epk, holder);
      this.items.claimUnique(container, epk, key, draft.id);
    }
  }
}

function documentOf(item: Item): JsonObject {
  const value = parseJson(item.text);
  return isObject(value) ? value : {};
}

function rowOf(draft: Draft, place: Place, commit: Commit): Omit<Item, 'seq'> {
  const { id, ttl, size, text } = draft;
  return { epk: place.epk, id, etag: newEtag(), ts: commit.ts, ttl, lsn: commit.lsn, size, text };
}

function draftFor(container: Container, place: Place, body: Json | undefined): Draft {
  const draft = draftOf(body);
  const own = keyOf(container, draft.body);
  if (!own.every((part, level) => part === place.key[level])) throw partitionKeyMismatch();
  return draft;
}

function matches(tag: string, item: Item): boolean {
  return tag === '*' || tag === item.etag;
}

function guard(operation: Operation, old: Item): void {
  if (operation.ifMatch !== undefined && !matches(operation.ifMatch, old)) throw preconditionFailed();
  if (operation.ifNoneMatch !== undefined && matches(operation.ifNoneMatch, old)) throw preconditionFailed();
}

/** Whether a patch condition such as `from c where c.state = 'open'` holds for a document. */
function holds(container: Container, item: Item, condition: string): boolean {
  const program = compileQuery(conditionOf(condition), new Map());
  const document = parseJson(renderItem(container, item));
  return withinHalfASecond(() => rowsOf(program, document)).length > 0;
}

/** A condition is a filter and nothing else: `FROM c WHERE …`. */
function conditionOf(text: string): Query {
  const query = parseQuery(`SELECT * ${text}`);
  const { sources, where, groupBy, orderBy, offset } = query;
  const isFilter = sources.length === 1 && documentAlias(query) !== undefined && where !== undefined;
  if (isFilter && groupBy.length === 0 && orderBy.length === 0 && offset === undefined) return query;
  throw badRequest(
    'Message: {"Errors":["The condition of a patch is invalid: it has the form \'FROM c WHERE <filter>\'. Learn more: https://aka.ms/cosmosdbpatchdocs"]}',
  );
}
