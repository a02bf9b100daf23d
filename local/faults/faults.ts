import { randomInt } from 'node:crypto';
import { Clock } from './clock.ts';
import { seededRandom } from './random.ts';
import { type Rule, type RuleOf, readRule, WrongRule } from './rule.ts';
import type { EffectName, FaultServer, OperationOf } from './vocabulary.ts';

/** What a server is about to do. */
export type Occasion<Server extends FaultServer> = {
  readonly operation: OperationOf<Server>;
  readonly entity?: string | undefined;
  /** What `match` is looked for in; a function when it costs something to say. */
  readonly target?: string | (() => string) | undefined;
};

/** What befalls an operation: a wait first, then at most one effect. */
export type Strike = {
  readonly delayMs: number;
  readonly effect: RuleOf<'status' | 'reset' | 'detach' | 'lose-lock' | 'duplicate'> | undefined;
};

/** A rule as it stands. */
export type RuleState = Rule & {
  readonly id: string;
  readonly seed: number;
  /** How often it has struck. */
  readonly struck: number;
  readonly state: 'waiting' | 'active' | 'over';
};

type Entry = {
  readonly id: string;
  readonly rule: Rule & { readonly operation: string[] };
  readonly seed: number;
  readonly random: () => number;
  readonly from: number;
  readonly until: number;
  readonly timers: readonly NodeJS.Timeout[];
  passed: number;
  struck: number;
};

type Options = {
  /** Says whether something of that name exists, so that a rule for what does not is refused. */
  readonly knowsEntity?: (name: string) => boolean;
  /** Milliseconds from any origin, for the windows of rules; a server's jumping clock does not move them. */
  readonly now?: () => number;
};

const MOST_RULES = 1000;
const NOTHING: Strike = { delayMs: 0, effect: undefined };

/** The rules of one server: which operations they meet, how often, and when. */
export class Faults<Server extends FaultServer = FaultServer> {
  readonly server: Server;
  readonly clock = new Clock();
  readonly #knowsEntity: (name: string) => boolean;
  readonly #now: () => number;
  readonly #listeners = new Set<() => void>();
  #entries: Entry[] = [];
  #lastId = 0;

  constructor(server: Server, { knowsEntity = () => true, now = () => performance.now() }: Options = {}) {
    this.server = server;
    this.#knowsEntity = knowsEntity;
    this.#now = now;
  }

  /** Adds a rule as it came over the wire. Throws a WrongRule when it could never strike. */
  add(given: unknown): RuleState {
    const rule = readRule(this.server, given);
    if (rule.entity !== undefined && !this.#knowsEntity(rule.entity))
      throw new WrongRule('entity', `${this.server} has nothing called '${rule.entity}'`);
    if (this.#entries.length >= MOST_RULES)
      throw new WrongRule('rule', `there are ${MOST_RULES} rules already; end some`);
    const seed = rule.seed ?? randomInt(2 ** 32);
    const from = this.#now() + (rule.fromMs ?? 0);
    this.#lastId += 1;
    const entry = {
      id: String(this.#lastId),
      rule,
      seed,
      random: seededRandom(seed),
      from,
      until: from + (rule.forMs ?? Number.POSITIVE_INFINITY),
      timers: [rule.fromMs, rule.forMs === undefined ? undefined : (rule.fromMs ?? 0) + rule.forMs].flatMap(
        ms => (ms === undefined ? [] : [setTimeout(() => this.#tell(), ms + 1).unref()]),
      ),
      passed: 0,
      struck: 0,
    };
    this.#entries.push(entry);
    this.#tell();
    return this.#stateOf(entry);
  }

  /** Whether there is no rule at all, so that nothing needs to be described. */
  get isQuiet(): boolean {
    return this.#entries.length === 0;
  }

  get(id: string): RuleState | undefined {
    const entry = this.#entries.find(one => one.id === id);
    return entry === undefined ? undefined : this.#stateOf(entry);
  }

  list(): readonly RuleState[] {
    return this.#entries.map(entry => this.#stateOf(entry));
  }

  /** Ends one rule, or all of them. */
  end(id?: string): void {
    for (const { timers } of this.#entries.filter(entry => id === undefined || entry.id === id))
      for (const timer of timers) clearTimeout(timer);
    this.#entries = id === undefined ? [] : this.#entries.filter(entry => entry.id !== id);
    this.#tell();
  }

  /** Calls back whenever rules come, begin or end; returns what ends that. */
  onChange(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** What befalls an operation. Counts it against the rules that strike: delays add up, one other effect at most. */
  strike(occasion: Occasion<Server>): Strike {
    if (this.#entries.length === 0) return NOTHING;
    let delayMs = 0;
    for (const entry of this.#entries) {
      const { rule } = entry;
      if (rule.effect === 'stale' || rule.effect === 'stop-timer' || !this.#hits(entry, occasion)) continue;
      if (rule.effect === 'delay' || rule.effect === 'slow-disk') delayMs += lengthOf(rule.ms, entry.random);
      else return { delayMs, effect: rule };
    }
    return { delayMs, effect: undefined };
  }

  /** The rules by which a read is stale, be it at the account's own level or below; counts it against them. */
  staleRules(occasion: Occasion<Server>, isBounded: boolean): RuleOf<'stale'>[] {
    return this.#entries.flatMap(entry => {
      if (!isOf(entry.rule, 'stale') || (isBounded && entry.rule.readRegion !== true)) return [];
      return this.#hits(entry, occasion) ? [entry.rule] : [];
    });
  }

  /** Whether a timer is to stand still now. */
  isStopped(occasion: Occasion<Server>): boolean {
    return this.#entries.some(
      entry => isOf(entry.rule, 'stop-timer') && this.#isActive(entry) && meets(entry, occasion),
    );
  }

  /** How far back the stalest read may see, in milliseconds; undefined when none is stale now or later. */
  get longestStaleMs(): number | undefined {
    const rules = this.#entries.flatMap(entry =>
      isOf(entry.rule, 'stale') && this.#stateOf(entry).state !== 'over' ? [entry.rule.ms] : [],
    );
    return rules.length === 0 ? undefined : Math.max(...rules);
  }

  /** Blocks the server as long as its disk is slow; called inside of each commit. */
  stallDisk(): void {
    if (this.#entries.length === 0) return;
    // Of all servers that have a disk this is the one operation; a server without is never asked.
    const { delayMs } = this.strike({ operation: 'commit' as OperationOf<Server> });
    if (delayMs > 0) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, delayMs);
  }

  #hits(entry: Entry, occasion: Occasion<Server>): boolean {
    if (!this.#isActive(entry) || !meets(entry, occasion)) return false;
    entry.passed += 1;
    if (entry.passed <= (entry.rule.skip ?? 0) || !drawn(entry)) return false;
    entry.struck += 1;
    return true;
  }

  #isActive(entry: Entry): boolean {
    return this.#stateOf(entry).state === 'active';
  }

  #stateOf({ id, rule, seed, struck, from, until }: Entry): RuleState {
    const now = this.#now();
    const isOver = now >= until || (rule.count !== undefined && struck >= rule.count);
    return { ...rule, id, seed, struck, state: isOver ? 'over' : now < from ? 'waiting' : 'active' };
  }

  #tell(): void {
    for (const listener of [...this.#listeners]) listener();
  }
}

function meets({ rule }: Entry, { operation, entity, target }: Occasion<FaultServer>): boolean {
  if (!rule.operation.includes(operation)) return false;
  if (rule.entity !== undefined && rule.entity.toLowerCase() !== entity?.toLowerCase()) return false;
  if (rule.match === undefined) return true;
  const text = typeof target === 'function' ? target() : target;
  return text?.includes(rule.match) ?? false;
}

function drawn({ rule, random }: Entry): boolean {
  return rule.rate === undefined || random() < rule.rate;
}

function lengthOf(ms: RuleOf<'delay'>['ms'], random: () => number): number {
  return typeof ms === 'number' ? ms : ms[0] + random() * (ms[1] - ms[0]);
}

function isOf<Name extends EffectName>(rule: Rule, effect: Name): rule is RuleOf<Name> & Rule {
  return rule.effect === effect;
}
