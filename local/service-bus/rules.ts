import type { StatementSync } from 'node:sqlite';
import type { Entity } from './entities.ts';
import { MessageView } from './message-view.ts';
import { Refusal } from './refusals.ts';
import { compileSqlFilter } from './sql-filter.ts';
import type { Store } from './store.ts';
import type { CorrelationFilter } from './topology.ts';

export type RuleFilter =
  | { readonly kind: 'sql'; readonly expression: string }
  | { readonly kind: 'correlation'; readonly values: CorrelationFilter };

export type Rule = {
  readonly name: string;
  readonly filter: RuleFilter;
  readonly matches: (message: MessageView) => boolean;
};

/** The name of the rule that a new subscription begins with. */
const defaultRule = '$Default';

/** The rules of all subscriptions. Rules that clients add stay until the topology declares another filter. */
export class RuleTable {
  readonly #store: Store;
  readonly #cache = new Map<number, Rule[]>();
  readonly #list: StatementSync;

  constructor(store: Store) {
    this.#store = store;
    this.#list = store.prepare('SELECT name, filter FROM rule WHERE entity = ? ORDER BY rowid');
  }

  of(subscription: Entity): readonly Rule[] {
    const known = this.#cache.get(subscription.id);
    if (known !== undefined) return known;
    const rules = this.#list.all(subscription.id).map(row => {
      // Written by `add` from a RuleFilter.
      const filter = JSON.parse(String(row['filter'])) as RuleFilter;
      return { name: String(row['name']), filter, matches: compileFilter(filter) };
    });
    this.#cache.set(subscription.id, rules);
    return rules;
  }

  /** Throws a Refusal when the name is taken or the filter cannot be read. */
  add(subscription: Entity, name: string, filter: RuleFilter): void {
    compileFilter(filter);
    if (this.of(subscription).some(rule => rule.name.toLowerCase() === name.toLowerCase())) {
      throw new Refusal('entity-exists', `The rule '${name}' already exists in '${subscription.path}'.`);
    }
    this.#write('INSERT INTO rule (entity, name, filter) VALUES (?, ?, ?)', [
      subscription.id,
      name,
      JSON.stringify(filter),
    ]);
    this.#cache.delete(subscription.id);
  }

  /** Throws a Refusal when there is no such rule. */
  remove(subscription: Entity, name: string): void {
    if (!this.of(subscription).some(rule => rule.name.toLowerCase() === name.toLowerCase())) {
      throw new Refusal(
        'entity-not-found',
        `The messaging entity '${subscription.path}|${name}' could not be found.`,
      );
    }
    this.#write('DELETE FROM rule WHERE entity = ? AND name = ?', [subscription.id, name]);
    this.#cache.delete(subscription.id);
  }

  /** Gives a subscription the filter that the topology declares, unless it has that from before. */
  declare(subscription: Entity, declared: string | CorrelationFilter | null): void {
    const filter = ruleFilter(declared);
    const text = JSON.stringify(filter);
    const known = this.#store
      .prepare('SELECT filter FROM declared_filter WHERE entity = ?')
      .get(subscription.id);
    if (known?.['filter'] === text) return;
    this.#write('DELETE FROM rule WHERE entity = ?', [subscription.id]);
    this.#write('INSERT OR REPLACE INTO declared_filter (entity, filter) VALUES (?, ?)', [
      subscription.id,
      text,
    ]);
    this.#cache.delete(subscription.id);
    this.add(subscription, defaultRule, filter);
  }

  #write(sql: string, values: (string | number)[]): void {
    this.#store.write();
    this.#store.prepare(sql).run(...values);
  }
}

/** The copies of a message that a subscription's rules let through: none, or one. */
export function matchingCopies(rules: readonly Rule[], bare: Buffer): Buffer[] {
  const view = new MessageView(bare);
  return rules.some(rule => rule.matches(view)) ? [bare] : [];
}

function ruleFilter(declared: string | CorrelationFilter | null): RuleFilter {
  if (declared === null) return { kind: 'sql', expression: '1=1' };
  return typeof declared === 'string'
    ? { kind: 'sql', expression: declared }
    : { kind: 'correlation', values: declared };
}

function compileFilter(filter: RuleFilter): (message: MessageView) => boolean {
  if (filter.kind === 'correlation') return message => correlates(filter.values, message);
  try {
    const test = compileSqlFilter(filter.expression);
    return message => test((scope, name) => (scope === 'sys' ? message.system(name) : message.user(name)));
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new Refusal('argument-error', `The filter '${filter.expression}' is not valid. ${why}`);
  }
}

function correlates(filter: CorrelationFilter, message: MessageView): boolean {
  const { applicationProperties, ...system } = filter;
  return (
    Object.entries(system).every(([name, value]) => value === undefined || message.system(name) === value) &&
    Object.entries(applicationProperties ?? {}).every(([name, value]) => message.user(name) === value)
  );
}
