import rhea, { type Typed } from 'rhea';
import { described } from './amqp-values.ts';
import type { Bus } from './bus.ts';
import type { Entity } from './entity.ts';
import { type Fields, integerOf, mapOf, optionalText, textOf } from './fields.ts';
import { checkRuleName } from './names.ts';
import { Refusal } from './refusals.ts';
import type { Reply } from './requests.ts';
import type { RuleFilter, RuleValue, RuleValues, Sql } from './rule-filters.ts';
import type { Rule } from './rules.ts';

const { types } = rhea;

/** Descriptor codes of the rule types (service-bus-amqp-request-response, rule operations). */
const code = {
  rule: 0x13700000004,
  emptyAction: 0x13700000005,
  sqlAction: 0x13700000006,
  sqlFilter: 0x1370000006,
  trueFilter: 0x1370000007,
  falseFilter: 0x1370000008,
  correlationFilter: 0x1370000009,
};

/** The fields of a correlation filter in the order of its list, with their names in requests. */
const correlationFields = [
  ['correlationId', 'correlation-id'],
  ['messageId', 'message-id'],
  ['to', 'to'],
  ['replyTo', 'reply-to'],
  ['subject', 'label'],
  ['sessionId', 'session-id'],
  ['replyToSessionId', 'reply-to-session-id'],
  ['contentType', 'content-type'],
] as const;

/** Adds a rule to a subscription. */
export function addRule(bus: Bus, entity: Entity, fields: Fields): Reply {
  requireSubscription(entity);
  const description = mapOf(fields, 'rule-description') ?? {};
  const action = mapOf(description, 'sql-rule-action');
  bus.rules.add(entity, {
    name: checkRuleName(textOf(fields, 'rule-name')),
    filter: filterOf(description),
    action: action === undefined ? undefined : { expression: textOf(action, 'expression') },
  });
  return { status: 200, description: 'OK' };
}

/** Removes a rule from a subscription; without rules nothing reaches it. */
export function removeRule(bus: Bus, entity: Entity, fields: Fields): Reply {
  requireSubscription(entity);
  bus.rules.remove(entity, textOf(fields, 'rule-name'));
  return { status: 200, description: 'OK' };
}

/** A subscription's rules, a page at a time. */
export function listRules(bus: Bus, entity: Entity, fields: Fields): Reply {
  requireSubscription(entity);
  const skip = integerOf(fields, 'skip');
  const page = bus.rules.of(entity).slice(skip, skip + integerOf(fields, 'top'));
  if (page.length === 0) return { status: 204, description: 'NoContent' };
  const rules = page.map(rule => ({ 'rule-description': encodeRule(rule) }));
  return { status: 200, description: 'OK', body: { rules } };
}

function requireSubscription(entity: Entity): void {
  if (entity.kind !== 'subscription') throw new Refusal('not-allowed', `'${entity.path}' has no rules.`);
}

function filterOf(description: Fields): RuleFilter {
  const sql = mapOf(description, 'sql-filter');
  if (sql !== undefined) return { kind: 'sql', expression: textOf(sql, 'expression') };
  const correlation = mapOf(description, 'correlation-filter');
  if (correlation === undefined) throw new Refusal('argument-error', 'A rule must have a filter.');
  const texts = correlationFields.flatMap(([name, field]) => {
    const value = optionalText(correlation, field);
    return value === undefined ? [] : [[name, value] as const];
  });
  const properties = mapOf(correlation, 'properties');
  const values = Object.entries(properties ?? {}).map(([name, value]) => [name, ruleValue(name, value)]);
  const applicationProperties = properties && { applicationProperties: Object.fromEntries(values) };
  return { kind: 'correlation', values: { ...Object.fromEntries(texts), ...applicationProperties } };
}

function ruleValue(name: string, value: unknown): RuleValue {
  if (value instanceof Date) return { date: value.toISOString() };
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') return value;
  throw new Refusal('argument-error', `The property '${name}' has a type that a filter cannot compare with.`);
}

function plainValue(value: RuleValue): unknown {
  return typeof value === 'object' ? new Date(value.date) : value;
}

function encodeAction(action: Sql | undefined): Typed {
  if (action === undefined) return described(code.emptyAction, 'list', []);
  return described(code.sqlAction, 'list', [types.wrap_string(action.expression)]);
}

function encodeRule(rule: Rule): Typed {
  const parts = [encodeFilter(rule.filter), encodeAction(rule.action), types.wrap_string(rule.name)];
  return described(code.rule, 'list', parts);
}

function encodeFilter(filter: RuleFilter): Typed {
  if (filter.kind === 'sql') {
    if (filter.expression === '1=1') return described(code.trueFilter, 'list', []);
    if (filter.expression === '1=0') return described(code.falseFilter, 'list', []);
    return described(code.sqlFilter, 'list', [types.wrap_string(filter.expression)]);
  }
  const texts = correlationFields.map(([name]) => types.wrap(filter.values[name] ?? null));
  return described(code.correlationFilter, 'list', [
    ...texts,
    // Also without any: the SDK cannot read a list of rules in which a filter has no map of them.
    types.wrap(mapValues(filter.values.applicationProperties ?? {}, plainValue)),
  ]);
}

function mapValues(values: RuleValues, change: (value: RuleValue) => unknown): Record<string, unknown> {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, change(value)]));
}
