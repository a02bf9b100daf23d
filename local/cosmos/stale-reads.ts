import type { Faults } from '../faults/faults.ts';
import type { Container } from './container.ts';
import type { OperationName } from './http.ts';
import type { ItemTable } from './item-table.ts';

type Mark = { readonly atMs: number; readonly lsn: number };

/**
 * Reads that see a container as it was some time ago, while a `stale` rule holds. Replaced versions are kept from the
 * first rule on, so what was there before is never stale.
 */
export class StaleReads {
  readonly #faults: Faults<'cosmos'>;
  readonly #items: ItemTable;
  readonly #containers: () => readonly Container[];
  readonly #marks = new Map<number, Mark[]>();

  constructor(faults: Faults<'cosmos'>, items: ItemTable, containers: () => readonly Container[]) {
    this.#faults = faults;
    this.#items = items;
    this.#containers = containers;
    faults.onChange(() => this.#obey());
    this.#obey();
  }

  #obey(): void {
    const isKept = this.#faults.longestStaleMs !== undefined;
    this.#items.keepHistory = isKept;
    if (isKept) return;
    this.#marks.clear();
    for (const container of this.#containers()) this.#items.forgetHistory(container, Number.MAX_SAFE_INTEGER);
  }

  /** Remembers when a commit happened. */
  noteCommit(container: Container, nowMs: number): void {
    if (!this.#items.keepHistory) return;
    const known = this.#marks.get(container.number);
    if (known === undefined) {
      const made = [
        { atMs: 0, lsn: Math.max(0, container.lsn - 1) },
        { atMs: nowMs, lsn: container.lsn },
      ];
      this.#marks.set(container.number, made);
    } else known.push({ atMs: nowMs, lsn: container.lsn });
  }

  /** The log sequence number that a read without a session token may see, or undefined for the newest. */
  staleLsn(
    operation: OperationName,
    container: Container,
    nowMs: number,
    isBounded: boolean,
  ): number | undefined {
    const marks = this.#marks.get(container.number);
    if (marks === undefined) return undefined;
    const rules = this.#faults.staleRules({ operation, entity: container.id }, isBounded);
    if (rules.length === 0) return undefined;
    const before = nowMs - Math.max(...rules.map(({ ms }) => ms));
    const lsn = marks.findLast(({ atMs }) => atMs <= before)?.lsn ?? container.lsn;
    return lsn >= container.lsn ? undefined : lsn;
  }

  /** Forgets what no rule lets anybody see any more. */
  sweep(nowMs: number): void {
    const oldest = nowMs - (this.#faults.longestStaleMs ?? 0);
    for (const container of this.#containers()) {
      const marks = this.#marks.get(container.number);
      if (marks === undefined) continue;
      while (marks.length > 1 && (marks[1]?.atMs ?? 0) <= oldest) marks.shift();
      this.#items.forgetHistory(container, marks[0]?.lsn ?? 0);
    }
  }
}
