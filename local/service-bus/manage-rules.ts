import rhea, { type Typed } from 'rhea';
import { described } from './amqp-values.ts';
import type { Bus } from './bus.ts';
import type { Entity } from './entities.ts';
import { type Fields, integerOf, mapOf, optionalText, textOf } from './fields.ts';
import { Refusal } from './refusals.ts';
import type { Reply } from './requests.ts';
import type { Rule, RuleFilter } from './rules.ts';
import type { CorrelationFilter } from './topology.ts';

const { types } = rhea;

/** Descriptor codes of the rule types (service-bus-amqp-request-response, rule operations). */
const code = {
  rule: 0x13700000004,
  emptyAction: 0x13700000005,
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
  bus.rules.add(entity, textOf(fields, 'rule-name'), filterOf(mapOf(fields, 'rule-description') ?? {}));
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
  if (mapOf(description, 'sql-rule-action') !== undefined) {
    throw new Refusal('not-implemented', 'Rules with an action are not supported here.');
  }
  const sql = mapOf(description, 'sql-filter');
  if (sql !== undefined) return { kind: 'sql', expression: textOf(sql, 'expression') };
  const correlation = mapOf(description, 'correlation-filter');
  if (correlation === undefined) throw new Refusal('argument-error', 'A rule must have a filter.');
  const texts = correlationFields.flatMap(([name, field]) => {
    const value = optionalText(correlation, field);
    return value === undefined ? [] : [[name, value] as const];
  });
  const properties = mapOf(correlation, 'properties');
  // The properties of a correlation filter are strings, numbers and booleans; others never match.
  const values = { ...Object.fromEntries(texts), ...(properties && { applicationProperties: properties }) };
  return { kind: 'correlation', values: values as CorrelationFilter };
}

function encodeRule(rule: Rule): Typed {
  const parts = [
    encodeFilter(rule.filter),
    described(code.emptyAction, 'list', []),
    types.wrap_string(rule.name),
  ];
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
    types.wrap(filter.values.applicationProperties ?? null),
  ]);
}
