import { checkRuleName } from '../names.ts';
import { Refusal } from '../refusals.ts';
import type { RuleFilter, RuleValue, RuleValues, Sql } from '../rule-filters.ts';
import type { RuleDescription } from '../rules.ts';
import { child, children, type Element, type Node, text, textOf } from './xml.ts';

/** The system properties that a correlation filter can name, as the settings and as the description call them. */
const correlationFields = [
  ['correlationId', 'CorrelationId'],
  ['messageId', 'MessageId'],
  ['to', 'To'],
  ['replyTo', 'ReplyTo'],
  ['subject', 'Label'],
  ['sessionId', 'SessionId'],
  ['replyToSessionId', 'ReplyToSessionId'],
  ['contentType', 'ContentType'],
] as const;

/** The namespaces of XML Schema's types. */
const schemaTypes = { 'xmlns:d6p1': 'http://www.w3.org/2001/XMLSchema' };

/** The rule in a RuleDescription. Throws a Refusal when it has no filter that is known. */
export function readRule(node: Node, name: string): RuleDescription {
  const action = child(node, 'Action');
  const expression = textOf(action, 'SqlExpression');
  return {
    name: checkRuleName(name),
    filter: readFilter(child(node, 'Filter')),
    action: expression === undefined ? undefined : readSql(action, expression),
  };
}

/** The children of a RuleDescription. */
export function ruleContent({ name, filter, action }: RuleDescription): Element[] {
  return [
    { name: 'Filter', ...writeFilter(filter) },
    action === undefined
      ? { name: 'Action', attributes: { 'i:type': 'EmptyRuleAction' } }
      : { name: 'Action', attributes: { 'i:type': 'SqlRuleAction' }, content: writeSql(action) },
    text('Name', name),
  ];
}

function readFilter(node: Node): RuleFilter {
  const type = String(node['@type'] ?? 'TrueFilter').replace(/^.*:/, '');
  if (type === 'TrueFilter') return { kind: 'sql', expression: '1=1' };
  if (type === 'FalseFilter') return { kind: 'sql', expression: '1=0' };
  if (type === 'SqlFilter') {
    return { kind: 'sql', ...readSql(node, textOf(node, 'SqlExpression') ?? '') };
  }
  if (type !== 'CorrelationFilter')
    throw new Refusal('argument-error', `The filter type '${type}' is not known.`);
  const texts = correlationFields.flatMap(([name, field]) => {
    const value = textOf(node, field);
    return value === undefined ? [] : [[name, value] as const];
  });
  const properties = readValues(child(node, 'Properties'));
  const values = properties === undefined ? {} : { applicationProperties: properties };
  return { kind: 'correlation', values: { ...Object.fromEntries(texts), ...values } };
}

function readSql(node: Node, expression: string): Sql {
  return { expression, parameters: readValues(child(node, 'Parameters')) };
}

function readValues(node: Node): RuleValues | undefined {
  const pairs = children(node, 'KeyValueOfstringanyType').map(pair => [
    textOf(pair, 'Key') ?? '',
    readValue(textOf(pair, 'Value') ?? '', String(child(pair, 'Value')['@type'] ?? 'string')),
  ]);
  return pairs.length === 0 ? undefined : Object.fromEntries(pairs);
}

function readValue(value: string, qualifiedType: string): RuleValue {
  const type = qualifiedType.replace(/^.*:/, '');
  if (type === 'string') return value;
  if (type === 'boolean') return value === 'true';
  if (type === 'dateTime' && Number.isFinite(Date.parse(value)))
    return { date: new Date(value).toISOString() };
  const isNumeric = ['int', 'long', 'short', 'double', 'float', 'decimal'].includes(type);
  if (isNumeric && Number.isFinite(Number(value))) return Number(value);
  throw new Refusal(
    'argument-error',
    `The value '${value}' of type '${qualifiedType}' is not one that filters know.`,
  );
}

function writeFilter(filter: RuleFilter): Omit<Element, 'name'> {
  if (filter.kind === 'sql') {
    const type = { '1=1': 'TrueFilter', '1=0': 'FalseFilter' }[filter.expression] ?? 'SqlFilter';
    return { attributes: { 'i:type': type }, content: writeSql(filter) };
  }
  const { applicationProperties } = filter.values;
  const texts = correlationFields.map(([name, field]) => {
    const value = filter.values[name];
    return value === undefined ? undefined : text(field, value);
  });
  const properties = applicationProperties && {
    name: 'Properties',
    content: writeValues(applicationProperties),
  };
  return { attributes: { 'i:type': 'CorrelationFilter' }, content: [...texts, properties] };
}

function writeSql({ expression, parameters }: Sql): (Element | undefined)[] {
  return [
    text('SqlExpression', expression),
    text('CompatibilityLevel', 20),
    parameters && { name: 'Parameters', content: writeValues(parameters) },
  ];
}

function writeValues(values: RuleValues): Element[] {
  return Object.entries(values).map(([key, value]) => ({
    name: 'KeyValueOfstringanyType',
    content: [
      text('Key', key),
      {
        name: 'Value',
        attributes: { 'i:type': `d6p1:${schemaType(value)}`, ...schemaTypes },
        content: String(typeof value === 'object' ? value.date : value),
      },
    ],
  }));
}

function schemaType(value: RuleValue): string {
  if (typeof value === 'object') return 'dateTime';
  return typeof value === 'number' ? 'double' : typeof value;
}
