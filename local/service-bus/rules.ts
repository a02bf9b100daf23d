import type { StatementSync } from 'node:sqlite';
import type { Entity } from './entity.ts';
import { withProperty } from './incoming-message.ts';
import { MessageView } from './message-view.ts';
import { entityNotFound, Refusal } from './refusals.ts';
import { compileAction, compileFilter, type RuleFilter, type Sql } from './rule-filters.ts';
import { EvaluationError } from './sql/values.ts';
import type { Store } from './store.ts';
import type { CorrelationFilter } from './topology.ts';

/** What makes a rule. */
export type RuleDescription = {
  readonly name: string;
  readonly filter: RuleFilter;
  readonly action?: Sql | undefined;
};

export type Rule = RuleDescription & {
  readonly matches: (message: MessageView) => boolean;
  /** What the rule makes of a message, when it has an action. */
  readonly transform: ((bare: Buffer) => Buffer) | undefined;
};

/** The name of the rule that a new subscription begins with. */
const defaultRule = '$Default';

/** The rule that lets everything through, which a subscription has when it is not told another. */
export const matchAll: RuleDescription = { name: defaultRule, filter: { kind: 'sql', expression: '1=1' } };

/** Where a copy says which rule with an action made it (service-bus topic filters and actions). */
const ruleNameProperty = 'RuleName';

/** The rules of all subscriptions. Rules that clients add stay until the topology declares another filter. */
export class RuleTable {
  readonly #store: Store;
  readonly #cache = new Map<number, Rule[]>();
  readonly #list: StatementSync;

  constructor(store: Store) {
    this.#store = store;
    this.#list = store.prepare('SELECT name, filter, action FROM rule WHERE entity = ? ORDER BY name');
  }

  /** In the order of their names, as the service lists them. */
  of(subscription: Entity): readonly Rule[] {
    const known = this.#cache.get(subscription.id);
    if (known !== undefined) return known;
    const rules = this.#list.all(subscription.id).map(row => {
      // Written by `add` and `replace`.
      const filter = JSON.parse(String(row['filter'])) as RuleFilter;
      const action = row['action'] === null ? undefined : (JSON.parse(String(row['action'])) as Sql);
      return compile({ name: String(row['name']), filter, action });
    });
    this.#cache.set(subscription.id, rules);
    return rules;
  }

  /** Throws a Refusal when there is no such rule. */
  find(subscription: Entity, name: string): Rule {
    const rule = this.of(subscription).find(each => each.name.toLowerCase() === name.toLowerCase());
    if (rule === undefined) throw entityNotFound(`${subscription.path}/Rules/${name}`);
    return rule;
  }

  /** Throws a Refusal when the name is taken or filter or action cannot be read. */
  add(subscription: Entity, rule: RuleDescription): void {
    compile(rule);
    if (this.of(subscription).some(each => each.name.toLowerCase() === rule.name.toLowerCase())) {
      throw new Refusal(
        'entity-exists',
        `The messaging entity '${subscription.path}/Rules/${rule.name}' already exists.`,
      );
    }
    this.#write(subscription, 'INSERT INTO rule (filter, action, entity, name) VALUES (?, ?, ?, ?)', [
      ...textsOf(rule),
      subscription.id,
      rule.name,
    ]);
  }

  /** Gives a rule another filter and action. Throws a Refusal when there is no such rule or it cannot be read. */
  replace(subscription: Entity, rule: RuleDescription): void {
    compile(rule);
    this.find(subscription, rule.name);
    this.#write(subscription, 'UPDATE rule SET filter = ?, action = ? WHERE entity = ? AND name = ?', [
      ...textsOf(rule),
      subscription.id,
      rule.name,
    ]);
  }

  /** Throws a Refusal when there is no such rule. */
  remove(subscription: Entity, name: string): void {
    this.find(subscription, name);
    this.#write(subscription, 'DELETE FROM rule WHERE entity = ? AND name = ?', [subscription.id, name]);
  }

  /** Forgets what it knows of an entity whose rows are gone. */
  forget(entity: Entity): void {
    this.#cache.delete(entity.id);
  }

  /** Gives a subscription the filter that the topology declares, unless it has that from before. */
  declare(subscription: Entity, declared: string | CorrelationFilter | null): void {
    const rule = declaredRule(declared);
    const text = JSON.stringify(rule.filter);
    const known = this.#store
      .prepare('SELECT filter FROM declared_filter WHERE entity = ?')
      .get(subscription.id);
    if (known?.['filter'] === text) return;
    this.#write(subscription, 'DELETE FROM rule WHERE entity = ?', [subscription.id]);
    this.#write(subscription, 'INSERT OR REPLACE INTO declared_filter (entity, filter) VALUES (?, ?)', [
      subscription.id,
      text,
    ]);
    this.add(subscription, rule);
  }

  #write(subscription: Entity, sql: string, values: (string | number | null)[]): void {
    this.#store.write();
    this.#store.prepare(sql).run(...values);
    this.#cache.delete(subscription.id);
  }
}

/**
 * What a subscription's rules make of a message: one copy for all rules without an action that match, and one more for
 * each that matches and has one (https://learn.microsoft.com/azure/service-bus-messaging/topic-filters). Throws EvaluationError.
 */
export function matchingCopies(rules: readonly Rule[], bare: Buffer): Buffer[] {
  const view = new MessageView(bare);
  const matching = rules.filter(rule => rule.matches(view));
  const transformed = matching.flatMap(({ transform }) => (transform === undefined ? [] : [transform(bare)]));
  return matching.length > transformed.length ? [bare, ...transformed] : transformed;
}

function declaredRule(declared: string | CorrelationFilter | null): RuleDescription {
  if (declared === null) return matchAll;
  const filter: RuleFilter =
    typeof declared === 'string'
      ? { kind: 'sql', expression: declared }
      : { kind: 'correlation', values: declared };
  return { name: defaultRule, filter };
}

function textsOf({ filter, action }: RuleDescription): [string, string | null] {
  return [JSON.stringify(filter), action === undefined ? null : JSON.stringify(action)];
}

function compile(rule: RuleDescription): Rule {
  const { name, action } = rule;
  return {
    ...rule,
    matches: compileFilter(rule.filter),
    transform: action === undefined ? undefined : transformation(action, name),
  };
}

function transformation(action: Sql, ruleName: string): (bare: Buffer) => Buffer {
  const run = compileAction(action);
  return bare => {
    let current = withProperty(bare, { scope: 'user', name: ruleNameProperty, value: ruleName });
    run(
      () => new MessageView(current),
      change => {
        if (change.scope === 'sys' && change.name.toLowerCase() === 'messageid' && change.value == null)
          throw new EvaluationError('A message must have an id.');
        current = withProperty(current, change);
      },
    );
    return current;
  };
}
