import type { StatementSync } from 'node:sqlite';
import type { EntityKind, EntityTimes } from './entity.ts';
import { type EntitySettings, readSettings } from './settings.ts';
import type { Store } from './store.ts';

/** An entity at rest. */
export type StoredEntity = {
  readonly id: number;
  readonly path: string;
  readonly kind: EntityKind;
  readonly nextSequence: number;
  readonly settings: EntitySettings;
  /** The settings that the topology file gave it last; null when a client made it. */
  readonly declaration: string | null;
  readonly times: EntityTimes;
};

/** The rows of entities. A row that is not active keeps its messages until the topology declares it again. */
export class EntityTable {
  readonly #store: Store;
  readonly #statements: Readonly<Record<'all' | 'one' | 'insert' | 'update' | 'sequence', StatementSync>>;

  constructor(store: Store) {
    this.#store = store;
    const columns = `id, path, name, kind, next_sequence AS nextSequence, settings, declaration,
      created_at AS createdAt, updated_at AS updatedAt, accessed_at AS accessedAt`;
    this.#statements = {
      all: store.prepare(`SELECT ${columns} FROM entity WHERE kind IS NOT NULL ORDER BY id`),
      one: store.prepare(`SELECT ${columns} FROM entity WHERE path = ?`),
      insert: store.prepare(
        `INSERT INTO entity (path, name, kind, next_sequence, settings, declaration, created_at, updated_at, accessed_at,
          declared) VALUES (:key, :path, :kind, 1, :settings, :declaration, :now, :now, :now, 1)
         ON CONFLICT (path) DO UPDATE SET name = :path, kind = :kind, settings = :settings, declaration = :declaration,
          updated_at = :now, accessed_at = coalesce(accessed_at, :now), created_at = coalesce(created_at, :now), declared = 1`,
      ),
      update: store.prepare(
        'UPDATE entity SET settings = :settings, updated_at = :now, accessed_at = :now WHERE id = :id',
      ),
      sequence: store.prepare('UPDATE entity SET next_sequence = ?, accessed_at = ? WHERE id = ?'),
    };
  }

  all(): StoredEntity[] {
    return this.#statements.all.all().map(readRow);
  }

  /** Writes a new row, or gives the row that is there new settings; it keeps its sequence numbers. */
  put(
    path: string,
    kind: EntityKind,
    settings: EntitySettings,
    declaration: string | null,
    now: number,
  ): StoredEntity {
    this.#store.write();
    const values = { path, kind, settings: JSON.stringify(settings), declaration, now };
    this.#statements.insert.run({ ...values, key: keyOf(path) });
    return readRow(this.#statements.one.get(keyOf(path)) ?? {});
  }

  update(id: number, settings: EntitySettings, now: number): void {
    this.#store.write();
    this.#statements.update.run({ id, settings: JSON.stringify(settings), now });
  }

  saveSequence(id: number, next: number, accessedAt: number): void {
    this.#store.write();
    this.#statements.sequence.run(next, accessedAt, id);
  }

  setActive(id: number, isActive: boolean): void {
    this.#store.write();
    this.#store.prepare('UPDATE entity SET declared = ? WHERE id = ?').run(isActive ? 1 : 0, id);
  }

  /** Removes an entity with everything that lies in it. */
  remove(id: number): void {
    this.#store.write();
    for (const table of ['message', 'duplicate', 'session_state', 'rule', 'declared_filter']) {
      this.#store.prepare(`DELETE FROM ${table} WHERE entity = ?`).run(id);
    }
    this.#store.prepare('DELETE FROM entity WHERE id = ?').run(id);
  }
}

/** Paths are compared without regard to case. */
export function keyOf(path: string): string {
  return path.toLowerCase().replace(/^\/+|\/+$/g, '');
}

function readRow(row: Record<string, unknown>): StoredEntity {
  const text = (name: string): string => String(row[name]);
  return {
    id: Number(row['id']),
    path: text('name'),
    // Written by `put`.
    kind: text('kind') as EntityKind,
    nextSequence: Number(row['nextSequence']),
    settings: readSettings(text('settings')),
    declaration: row['declaration'] === null ? null : text('declaration'),
    times: {
      createdAt: Number(row['createdAt']),
      updatedAt: Number(row['updatedAt']),
      accessedAt: Number(row['accessedAt']),
    },
  };
}
