import assert from 'node:assert/strict';
import { globSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import topology from '../../shared/topology.json' with { type: 'json' };
import alerts from '../alerts.json' with { type: 'json' };
import { SUBSCRIPTION } from '../evaluate/scope.ts';
import roles from '../roles.json' with { type: 'json' };
import { ENVIRONMENTS, type Json, ofType, productionWith, propertiesOf } from './deployed.ts';

const root = join(import.meta.dirname, '..', '..');

test('every alert is deployed with its severity and the way to its runbook', () => {
  for (const environment of ENVIRONMENTS) {
    const rules = [
      ...ofType(environment, 'Microsoft.Insights/metricAlerts'),
      ...ofType(environment, 'Microsoft.Insights/scheduledQueryRules'),
    ];
    assert.deepEqual(
      rules.map(({ fullName }) => fullName).sort(),
      [...alerts.metrics, ...alerts.logs].map(({ name }) => name).sort(),
    );
    for (const rule of rules) {
      const { description, severity, actions } = propertiesOf(rule);
      assert(Number.isInteger(severity) && severity >= 0 && severity <= 4);
      const alert = [...alerts.metrics, ...alerts.logs].find(({ name }) => name === rule.fullName);
      const page = (alert !== undefined && 'runbook' in alert ? alert.runbook : undefined) ?? rule.fullName;
      assert(description.endsWith(`/${page}.md`), description);
      const told = Array.isArray(actions) ? actions[0].webHookProperties : actions.customProperties;
      assert(told.runbook.endsWith(`/${page}.md`));
      const groups = Array.isArray(actions) ? actions.map(one => one.actionGroupId) : actions.actionGroups;
      const [group] = ofType(environment, 'Microsoft.Insights/actionGroups');
      assert.deepEqual(groups, [group?.id], `${rule.fullName} tells somebody`);
    }
    const budgets = ofType(environment, 'Microsoft.Consumption/budgets');
    assert(budgets.length > 0);
    for (const budget of budgets) assert.equal(propertiesOf(budget).notifications.spent.threshold, 80);
  }
});

test('a query that waits for words of ours waits for words that the code says; a rule that is off waits for others', () => {
  const code = globSync('{functions,shared}/**/*.ts', { cwd: root })
    .filter(file => !file.endsWith('.test.ts'))
    .map(file => readFileSync(join(root, file), 'utf8'))
    .join('\n');
  for (const { name, says, enabled, query } of alerts.logs) {
    for (const words of says) assert(query.join('\n').includes(words), `${name} looks for "${words}"`);
    assert.equal(
      says.every(words => code.includes(words)),
      enabled,
      `${name} is on exactly when somebody says "${says}"`,
    );
  }
});

test('a query names functions that exist', () => {
  const code = globSync('functions/*.ts', { cwd: root })
    .map(file => readFileSync(join(root, file), 'utf8'))
    .join('\n');
  for (const { query } of alerts.logs) {
    const text = query.join('\n');
    const named = [
      ...text.matchAll(/OperationName == '([^']+)'|Name == '(\S+) Successes'|OperationName !in \(([^)]+)\)/g),
    ];
    const functions = named.flatMap(([, one, other, list]) => [
      one,
      other,
      ...(list?.match(/[\w-]+/g) ?? []),
    ]);
    for (const name of functions.filter(one => one !== undefined)) assert(code.includes(`'${name}'`), name);
  }
});

test('probes of health count neither as requests nor as errors', () => {
  for (const name of ['server-errors', 'error-budget-fast', 'error-budget-slow']) {
    const { query } = alerts.logs.find(one => one.name === name) ?? assert.fail(name);
    assert.match(query.join('\n'), /OperationName == 'api' and Url !contains '\/api\/health\/'/, name);
  }
});

test('what comes once is told until somebody closes it', () => {
  for (const environment of ENVIRONMENTS)
    for (const rule of ofType(environment, 'Microsoft.Insights/scheduledQueryRules')) {
      const { autoMitigate, windowSize, muteActionsDuration } = propertiesOf(rule);
      assert.equal(autoMitigate, rule.fullName !== 'expiry', rule.fullName);
      if (rule.fullName !== 'expiry') continue;
      assert.equal(windowSize, 'P2D');
      assert.equal(muteActionsDuration, 'P1D');
    }
});

/** The figures of the targets, as the text of a query or the properties of a metric's rule. */
const FIGURES: Readonly<Record<string, readonly string[]>> = {
  'request-units': ['"threshold":80', '"window":"PT5M"'],
  'queue-backlog': ['"threshold":1000', '"window":"PT15M"'],
  'dead-letter': ['"threshold":0'],
  'stopped-jobs': ['"threshold":0', '"values":["jobs"]', '"none":"CompleteMessage"', '"window":"PT5M"'],
  'stopped-render': ['"threshold":0', '"values":["render"]', '"none":"CompleteMessage"', '"window":"PT5M"'],
  'stopped-webhook-deliveries': ['"values":["webhook-deliveries"]', '"none":"CompleteMessage"'],
  throttling: ['100.0 * refused / total > 1"'],
  'queue-wait': ['toint(line.waitedSeconds) > 300"'],
  failures: ['100.0 * failed / total > 5"', '"window":"PT15M"'],
  'failed-endings': ['100.0 * failed / total > 5"', '"window":"PT15M"'],
  'server-errors': ['100.0 * failed / total > 1"', '"window":"PT5M"'],
  'error-budget-fast': ['> 14.4 * 0.0005', '"window":"PT1H"'],
  'error-budget-slow': ['> 6 * 0.0005', '"window":"PT6H"'],
  'slow-documents': ['percentile(DurationMs, 95)', 'p95 > 60000"'],
  'ticks-stopped': ['arrived - lastTick >= 3m ', '"every":"PT1M"', 'No tick ran for three minutes'],
  'relay-lag': ['the relay is behind', '"every":"PT1M"'],
  'scope-size': ['SizeKb > 10 * 1024 * 1024"'],
  'backup-missing': ['TimeGenerated > ago(26h)"'],
  expiry: ['NearExpiry'],
  'login-surge': ['refused > 300"'],
  'edge-changed': [
    "Caller contains '@'",
    "startswith 'Microsoft.Cdn/profiles/'",
    "startswith 'Microsoft.Network/FrontDoorWebApplicationFirewallPolicies/'",
  ],
  'two-tenants': ['of another tenant'],
  'two-tenants-exceptions': ['of another tenant'],
};

test('every alert rings at the figure of the targets, and no alert is without one', () => {
  const all = [...alerts.metrics, ...alerts.logs];
  assert.deepEqual(all.map(({ name }) => name).sort(), Object.keys(FIGURES).sort());
  for (const alert of all)
    for (const figure of FIGURES[alert.name] ?? [])
      assert.ok(JSON.stringify(alert).includes(figure), `${alert.name}: ${figure}`);
  assert.equal(alerts.budget.percent, 80);
});

test('no query uses what a log alert may not: union and search', () => {
  for (const { name, query } of alerts.logs) {
    assert.doesNotMatch(query.join('\n'), /\b(union|search)\b/, name);
    assert.match(query[0] ?? '', /^[A-Z]\w+$/, `${name} reads one table`);
  }
});

test('a queue whose messages nobody takes rings, for each queue that does work for customers', () => {
  const queues = topology.serviceBus.queues.filter(({ key }) => key !== 'ticks');
  for (const environment of ENVIRONMENTS)
    for (const { name } of queues) {
      const rule = ofType(environment, 'Microsoft.Insights/metricAlerts').find(
        one => one.fullName === `stopped-${name}`,
      );
      const { criteria, enabled, evaluationFrequency } = propertiesOf(rule ?? assert.fail(name));
      assert.deepEqual([enabled, evaluationFrequency], [true, 'PT1M']);
      assert.deepEqual(
        criteria.allOf.map((one: Json) => [
          one.metricName,
          one.timeAggregation,
          one.operator,
          one.threshold,
          one.dimensions[0].values,
        ]),
        [
          ['ActiveMessages', 'Minimum', 'GreaterThan', 0, [name]],
          ['CompleteMessage', 'Total', 'LessThan', 1, [name]],
        ],
      );
    }
});

test('a change of Front Door by a person rings in its own environment, from the activity log, whatever operators may write there', () => {
  const { query } = alerts.logs.find(({ name }) => name === 'edge-changed') ?? assert.fail();
  const begins = [...query.join('\n').matchAll(/startswith '([^']+)'/g)].map(([, text = '']) => text);
  const edge = roles.people.operator.actions.filter(action => /^Microsoft\.(Cdn|Network)\//.test(action));
  assert.ok(edge.length >= 2);
  for (const action of edge)
    assert.ok(
      begins.some(text => action.startsWith(text)),
      action,
    );
  for (const environment of ENVIRONMENTS) {
    const rule = ofType(environment, 'Microsoft.Insights/scheduledQueryRules').find(
      one => one.fullName === 'edge-changed',
    );
    const [{ query: asked, dimensions }] = propertiesOf(rule ?? assert.fail()).criteria.allOf;
    assert.ok(asked.includes(`ResourceGroup =~ 'rg-touchstone-${environment}'`));
    // One alert for each change and person: a stateful one that fires already would say nothing of the next.
    assert.deepEqual(dimensions, [
      { name: 'CorrelationId', operator: 'Include', values: ['*'] },
      { name: 'Caller', operator: 'Include', values: ['*'] },
    ]);
    const [workspace] = ofType(environment, 'Microsoft.OperationalInsights/workspaces');
    const told = ofType(environment, 'Microsoft.Insights/diagnosticSettings').filter(
      one =>
        one.id ===
        `${SUBSCRIPTION}/providers/Microsoft.Insights/diagnosticSettings/touchstone-${environment}`,
    );
    const [{ workspaceId, logs }] = told.map(propertiesOf);
    assert.equal(workspaceId, workspace?.id);
    assert.ok(logs.some((one: Json) => one.category === 'Administrative' && one.enabled));
  }
});

test('a receiver of each kind that is named is told: mail, chat and pager', () => {
  const told = productionWith({ chatWebhook: 'https://chat.example', pagerWebhook: 'https://pager.example' });
  const [group] = told('Microsoft.Insights/actionGroups');
  const { enabled, emailReceivers, webhookReceivers } = propertiesOf(group ?? assert.fail());
  assert.equal(enabled, true);
  assert.ok(emailReceivers.length > 0);
  assert.deepEqual(
    webhookReceivers.map((one: Json) => [one.name, one.serviceUri]),
    [
      ['chat', 'https://chat.example'],
      ['pager', 'https://pager.example'],
    ],
  );
});

test('the runbook of ticks knows how many there are', () => {
  const worker = readFileSync(join(root, 'functions', 'worker.ts'), 'utf8');
  const ticks = worker.match(/everySeconds: /g)?.length ?? 0;
  assert(ticks > 0);
  const runbook = readFileSync(join(root, 'docs', 'runbooks', 'ticks-stopped.md'), 'utf8');
  assert.match(runbook, new RegExp(`\`scheduledMessageCount\` should be ${ticks}, one for each tick`));
});

test('the alert on two tenants hears every error that says so', () => {
  const root = join(import.meta.dirname, '..', '..');
  const thrown = readdirSync(join(root, 'shared'), { recursive: true, encoding: 'utf8' })
    .filter(name => /(?<!\.test)\.ts$/.test(name))
    .flatMap(name => readFileSync(join(root, 'shared', name), 'utf8').split('\n'))
    .filter(line => line.includes('new Error(') && /another('s)? tenant|tenant's own entry/.test(line));
  assert.ok(thrown.length >= 6);
  for (const line of thrown) assert.ok(line.includes('of another tenant'), line);
});
