import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import alerts from '../alerts.json' with { type: 'json' };
import { ENVIRONMENTS, ofType, propertiesOf } from './deployed.ts';

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
      assert(description.endsWith(`/${rule.fullName}.md`), description);
      const told = Array.isArray(actions) ? actions[0].webHookProperties : actions.customProperties;
      assert(told.runbook.endsWith(`/${rule.fullName}.md`));
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

test('the look for ticks leaves telemetry four minutes to arrive, and its runbook knows how many ticks there are', () => {
  const { query, window } = alerts.logs.find(({ name }) => name === 'ticks-stopped') ?? assert.fail();
  assert.match(query.join('\n'), /between \(ago\(10m\) \.\. ago\(4m\)\)/);
  assert.equal(window, 'PT10M');
  const worker = readFileSync(join(root, 'functions', 'worker.ts'), 'utf8');
  const ticks = worker.match(/everySeconds: /g)?.length ?? 0;
  assert(ticks > 0);
  const runbook = readFileSync(join(root, 'docs', 'runbooks', 'ticks-stopped.md'), 'utf8');
  assert.match(runbook, new RegExp(`\`scheduledMessageCount\` should be ${ticks}, one for each tick`));
});
