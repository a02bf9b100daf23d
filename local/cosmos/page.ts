import type { QueryWork } from './charge.ts';
import type { Container } from './container.ts';
import type { Bind, SqlRow } from './database.ts';
import { numberOf } from './database.ts';
import { itemOf, renderItem } from './item-table.ts';
import type { Json } from './json.ts';
import { parseJson } from './json.ts';
import type { Effort } from './sql/effort.ts';
import { OutOfTime } from './sql/effort.ts';
import type { Names } from './sql/evaluate.ts';
import type { Collector, Program } from './sql/run.ts';
import { canonical } from './sql/values.ts';

/**
 * Where a page ended: the sort values of the last document with its tie breakers, how many joined rows of it were looked at
 * (0: all), and how many results came so far.
 */
export type Position = { readonly after: readonly Bind[]; readonly inside: number; readonly emitted: number };

export type PageLimits = { readonly results: number; readonly bytes: number };

/** Results are JSON texts. */
export type Page = {
  readonly results: readonly string[];
  readonly position: Position | undefined;
  readonly work: QueryWork;
};

type PageOptions = {
  readonly limits: PageLimits;
  readonly position: Position | undefined;
  /** How many sort columns a row carries. */
  readonly keys: number;
  /** Whether a result is the document itself, whose text needs no second writing. */
  readonly wholeDocument: boolean;
  readonly effort: Effort;
  /** Whether the page ends where the time is over; else OutOfTime is thrown. */
  readonly endsEarly: boolean;
};

type RowsOfDocument = {
  /** How many rows earlier pages have looked at. */
  readonly skipped: number;
  readonly place: readonly Bind[];
  readonly text: string;
};

/** Fills one page from the rows of a scan, one by one. */
export class PageRun {
  private readonly container: Container;
  private readonly program: Program;
  private readonly options: PageOptions;
  private readonly results: string[] = [];
  private readonly seen = new Set<string>();
  private readonly collecting: Collector;
  private readonly enough: number;
  private after: readonly Bind[];
  private inside: number;
  private emitted: number;
  private more = false;
  private scanned = 0;
  private scannedBytes = 0;
  private returnedBytes = 0;

  constructor(container: Container, program: Program, options: PageOptions) {
    this.container = container;
    this.program = program;
    this.collecting = program.collect();
    this.options = options;
    this.after = options.position?.after ?? [];
    this.inside = options.position?.inside ?? 0;
    this.emitted = options.position?.emitted ?? 0;
    const limit = program.limit === undefined ? Number.POSITIVE_INFINITY : program.offset + program.limit;
    this.enough = Math.min(limit, program.top ?? Number.POSITIVE_INFINITY);
  }

  private isFull(): boolean {
    return (
      this.results.length >= this.options.limits.results || this.returnedBytes >= this.options.limits.bytes
    );
  }

  /** Takes the next row of the scan; false when no further row is wanted. */
  take(row: SqlRow): boolean {
    if (this.emitted >= this.enough) return false;
    if (this.isFull()) {
      this.more = true;
      return false;
    }
    // One document is taken whatever the time, so that the next page begins further on.
    if (this.scanned > 0 && this.options.effort.isOver()) return this.outOfTime(new OutOfTime());
    const item = itemOf(row);
    const text = renderItem(this.container, item);
    this.scanned += 1;
    this.scannedBytes += item.size;
    const rows = this.program.rows(parseJson(text));
    if (this.program.grouped) return this.collect(rows);
    const isOrdered = this.options.keys > 0;
    const resumed = this.inside > 0 && this.after.at(isOrdered ? -2 : -1) === item.seq;
    const skipped = resumed ? this.inside : 0;
    const place = [
      ...Array.from({ length: this.options.keys }, (_, at) => row[`k${at}`] ?? null),
      ...(isOrdered ? [numberOf(row, 'seq'), item.epk] : [item.epk, numberOf(row, 'seq')]),
    ];
    return this.emitRows(rows, { skipped, place, text });
  }

  /** Takes rows that come from no document. */
  takeNames(rows: Iterable<Names>): void {
    if (this.program.grouped) this.collect(rows);
    else this.emitRows(rows, { skipped: 0, place: [], text: '' });
  }

  private collect(rows: Iterable<Names>): boolean {
    try {
      for (const row of rows) if (this.program.passes(row)) this.collecting.add(row);
      return true;
    } catch (error) {
      return this.outOfTime(error);
    }
  }

  private emitRows(rows: Iterable<Names>, from: RowsOfDocument): boolean {
    let at = 0;
    try {
      for (const row of rows) {
        if (at >= from.skipped && this.program.passes(row)) {
          if (this.isFull()) return this.endInside(from, at);
          this.emit(row, from.text);
          if (this.emitted >= this.enough) return false;
        }
        at += 1;
      }
    } catch (error) {
      const hasAdvanced = at > from.skipped || this.scanned > 1;
      if (!hasAdvanced) throw error;
      this.outOfTime(error);
      return at > 0 ? this.endInside(from, at) : false;
    }
    this.after = from.place;
    this.inside = 0;
    return true;
  }

  private endInside({ place }: RowsOfDocument, at: number): false {
    this.after = place;
    this.inside = at;
    this.more = true;
    return false;
  }

  /** The page ends after what was taken, if that is a place to go on from; groups have none. */
  private outOfTime(error: unknown): false {
    if (!(error instanceof OutOfTime) || !this.options.endsEarly || this.program.grouped) throw error;
    this.more = true;
    return false;
  }

  private emit(row: Names, text: string): void {
    const value = this.options.wholeDocument ? undefined : this.program.project(row);
    if (this.options.wholeDocument) this.add(text);
    else if (value !== undefined) this.addValue(value);
  }

  private addValue(value: Json): void {
    if (this.program.distinct) {
      const key = canonical(value);
      if (this.seen.has(key)) return;
      this.seen.add(key);
    }
    this.add(JSON.stringify(value));
  }

  private add(text: string): void {
    this.emitted += 1;
    if (this.emitted <= this.program.offset) return;
    this.results.push(text);
    this.returnedBytes += text.length;
  }

  /** The finished page. Groups and aggregates come whole, on one page. */
  end(): Page {
    if (this.program.grouped) {
      for (const value of this.collecting.results()) if (this.emitted < this.enough) this.addValue(value);
    }
    const work = {
      partitions: 1,
      scanned: this.scanned,
      scannedBytes: this.scannedBytes,
      returned: this.results.length,
      returnedBytes: this.returnedBytes,
    };
    const position = this.more
      ? { after: this.after, inside: this.inside, emitted: this.emitted }
      : undefined;
    return { results: this.results, position, work };
  }
}
