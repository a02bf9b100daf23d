import type { Container } from './container.ts';
import { badRequest, CosmosFault } from './errors.ts';
import type { Json } from './json.ts';
import { isObject } from './json.ts';

/** What requests are called in fault rules; `*` means all. */
export type OperationName =
  | 'read'
  | 'create'
  | 'upsert'
  | 'replace'
  | 'patch'
  | 'delete'
  | 'batch'
  | 'query'
  | 'changefeed'
  | 'metadata';

type FaultRule = {
  readonly operation: string;
  readonly container: string | undefined;
  readonly status: number | undefined;
  readonly subStatus: number;
  readonly retryAfterMs: number;
  readonly delayMs: number;
  readonly staleReadMs: number;
  /** Cuts the connection without an answer: before or after the request took effect. */
  readonly cut: 'before' | 'after' | undefined;
  /** How many more requests the rule meets; undefined: all. */
  count: number | undefined;
};

/** What a request meets: a wait, then an error or a cut connection, or nothing. */
type Mishap = {
  readonly delayMs: number;
  readonly fault: CosmosFault | undefined;
  readonly cut: 'before' | 'after' | undefined;
};

type Mark = { readonly atMs: number; readonly lsn: number };

/** Misbehaviour on demand: errors, delays and stale reads, as rules that tests post to `/_faults`. */
export class Faults {
  private rules: FaultRule[] = [];
  private readonly marks = new Map<number, Mark[]>();

  list(): readonly FaultRule[] {
    return this.rules;
  }

  add(given: Json | undefined): FaultRule {
    if (!isObject(given)) throw badRequest('A fault rule is a JSON object.');
    const number = (name: string): number | undefined => {
      const value = given[name];
      if (value === undefined) return undefined;
      if (typeof value !== 'number') throw badRequest(`'${name}' must be a number.`);
      return value;
    };
    const rule: FaultRule = {
      operation: String(given['operation'] ?? '*'),
      container: typeof given['container'] === 'string' ? given['container'] : undefined,
      status: number('status'),
      subStatus: number('subStatus') ?? 0,
      retryAfterMs: number('retryAfterMs') ?? 10,
      delayMs: number('delayMs') ?? 0,
      staleReadMs: number('staleReadMs') ?? 0,
      cut: given['cut'] === 'before' || given['cut'] === 'after' ? given['cut'] : undefined,
      count: number('count'),
    };
    this.rules.push(rule);
    return rule;
  }

  clear(): void {
    this.rules = [];
    this.marks.clear();
  }

  /** Whether old versions must be kept. */
  keepsHistory(): boolean {
    return this.rules.some(rule => rule.staleReadMs > 0);
  }

  private meets(rule: FaultRule, operation: OperationName, container: string | undefined): boolean {
    return (
      (rule.operation === '*' || rule.operation === operation) &&
      (rule.container === undefined || rule.container === container)
    );
  }

  /** Counts the request against its rules; answers what shall happen to it. */
  meet(operation: OperationName, container: string | undefined): Mishap {
    let delayMs = 0;
    for (const rule of this.rules) {
      if (!this.meets(rule, operation, container) || rule.count === 0 || rule.staleReadMs > 0) continue;
      if (rule.count !== undefined) rule.count -= 1;
      delayMs += rule.delayMs;
      if (rule.status !== undefined) return { delayMs, fault: faultOf(rule, rule.status), cut: undefined };
      if (rule.cut !== undefined) return { delayMs, fault: undefined, cut: rule.cut };
    }
    return { delayMs, fault: undefined, cut: undefined };
  }

  /** Remembers when a commit happened, for stale reads. */
  noteCommit(container: Container, nowMs: number): void {
    if (!this.keepsHistory()) return;
    this.marksOf(container).push({ atMs: nowMs, lsn: container.lsn });
  }

  private marksOf(container: Container): Mark[] {
    const known = this.marks.get(container.number);
    if (known !== undefined) return known;
    // What was there before the first rule is never stale.
    const made = [{ atMs: 0, lsn: Math.max(0, container.lsn - 1) }];
    this.marks.set(container.number, made);
    return made;
  }

  /** The log sequence number that a read without a session token may see, or undefined for the newest. */
  staleLsn(operation: OperationName, container: Container, nowMs: number): number | undefined {
    const rules = this.rules.filter(
      rule => rule.staleReadMs > 0 && this.meets(rule, operation, container.id),
    );
    if (rules.length === 0 || !this.marks.has(container.number)) return undefined;
    const before = nowMs - Math.max(...rules.map(rule => rule.staleReadMs));
    const marks = this.marksOf(container);
    while (marks.length > 1 && (marks[1]?.atMs ?? 0) <= before) marks.shift();
    const lsn = marks[0]?.lsn ?? container.lsn;
    return lsn >= container.lsn ? undefined : lsn;
  }
}

function faultOf(rule: FaultRule, status: number): CosmosFault {
  const message =
    status === 429
      ? 'Message: {"Errors":["Request rate is large. More Request Units may be needed, so no changes were made. Please retry this request later."]}'
      : `A fault was asked for: ${status}.`;
  const headers: Record<string, string> =
    status === 429 || status === 449 ? { 'x-ms-retry-after-ms': String(rule.retryAfterMs) } : {};
  return new CosmosFault(status, message, {
    subStatus: rule.subStatus || (status === 429 ? 3200 : 0),
    headers,
  });
}
