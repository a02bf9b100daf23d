import { z } from 'zod';

/** What can be made to go wrong, and where in the work it strikes. */
const faultKinds = [
  /** Close the sending or receiving link with an error instead of doing what was asked. */
  'detach',
  /** Cut the connection before the effect: nothing happened. */
  'drop-before',
  /** Cut the connection after the commit: it happened, and the client was not told. */
  'drop-after',
  /** Lose the lock of a message just before it is settled. */
  'lose-lock',
  /** Deliver a message a second time at once, as if its lock had been lost right after the delivery. */
  'duplicate',
  /** Refuse with server-busy. */
  'busy',
] as const;

const faultRule = z.strictObject({
  kind: z.enum(faultKinds),
  operation: z.enum(['send', 'deliver', 'settle']),
  /** An entity's path; every entity when absent. */
  entity: z.string().optional(),
  /** How often it strikes before it is used up; without end when absent. */
  count: z.int().min(1).optional(),
  /** Share of the operations that are struck, 0 to 1. */
  rate: z.number().min(0).max(1).default(1),
});

export type FaultKind = (typeof faultKinds)[number];
type FaultOperation = z.infer<typeof faultRule>['operation'];

/** The faults that are switched on. */
export class Faults {
  #rules: { rule: z.infer<typeof faultRule>; left: number }[] = [];

  /** Adds a rule as it came over the wire. Throws when it does not fit. */
  add(rule: unknown): void {
    const parsed = faultRule.parse(rule);
    this.#rules.push({ rule: parsed, left: parsed.count ?? Number.POSITIVE_INFINITY });
  }

  clear(): void {
    this.#rules = [];
  }

  /** The fault that strikes this operation, if any; counts it. */
  strike(operation: FaultOperation, path: string): FaultKind | undefined {
    if (this.#rules.length === 0) return undefined;
    const hit = this.#rules.find(
      ({ rule }) =>
        rule.operation === operation &&
        (rule.entity === undefined || rule.entity.toLowerCase() === path.toLowerCase()) &&
        (rule.rate === 1 || Math.random() < rule.rate),
    );
    if (hit === undefined) return undefined;
    hit.left -= 1;
    if (hit.left <= 0) this.#rules = this.#rules.filter(other => other !== hit);
    return hit.rule.kind;
  }
}
