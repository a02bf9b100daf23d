import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { deployed, type Json, ofType, productionWith, propertiesOf } from './deployed.ts';

const folder = join(import.meta.dirname, '..', '..', 'docs', 'runbooks');
/** Lines of all pages; those that a backslash continues count as one. */
const lines = globSync('*.md', { cwd: folder }).flatMap(page =>
  readFileSync(join(folder, page), 'utf8')
    .replace(/\\\n\s*/g, '')
    .split('\n')
    .map(text => ({ page, text })),
);
const first = readFileSync(join(folder, 'README.md'), 'utf8');

test('a rule that a runbook adds to the firewall is whole, and has a priority that no rule of the templates has', () => {
  const edge = {
    profiles: [['*.a.example']],
    wildcardCertificate: '',
    rateLimitPerMinute: 10,
    countries: ['DE'],
  };
  const [policy] = productionWith({ edge })('Microsoft.Network/FrontDoorWebApplicationFirewallPolicies');
  const taken = propertiesOf(policy ?? assert.fail()).customRules.rules.map(({ priority }: Json) => priority);
  const added = lines.filter(({ text }) => text.includes('waf-policy rule create'));
  assert.ok(added.length > 0);
  for (const { page, text } of added) {
    const [, priority] = /--priority (\d+)/.exec(text) ?? assert.fail(text);
    assert.ok(!taken.includes(Number(priority)), `${page}: ${priority}`);
    // Azure takes no rule without a condition, and the command no longer waits for one (Azure/azure-cli#32736).
    for (const option of ['--rule-type', '--action', '--match-variable', '--operator', '--values'])
      assert.ok(text.includes(`${option} `), `${page}: ${option}`);
  }
  for (const { page, text } of lines) assert.doesNotMatch(text, /--defer\b/, page);
});

test('the state of an app is asked for where Flex Consumption has it', () => {
  // `az functionapp show` tells the bare resource for such an app: everything but its name and id is in `properties`.
  const asking = lines.filter(({ text }) => /(functionapp|everywhere) show /.test(text));
  assert.ok(asking.length >= 3);
  for (const { page, text } of asking)
    for (const [, path = ''] of text.matchAll(/[:\s]([\w.]*(?:state|State|HostName))\b(?!:)/g))
      assert.match(path, /^properties\./, `${page}: ${text}`);
});

test('apps are started, stopped and asked in each region, not in the first alone', () => {
  const alone = lines.filter(({ page, text }) => page !== 'README.md' && /az functionapp /.test(text));
  assert.deepEqual(alone, []);
  const [, project, tag] =
    /places\(\) .+\?tags\.(\w+)=='touchstone' && tags\.(\w+)=='\$env'\]/.exec(first) ?? assert.fail();
  const groups = ofType('prod', 'Microsoft.Resources/resourceGroups').filter(({ content }) => {
    const tags = content['tags'] as Json;
    return tags[project ?? ''] === 'touchstone' && tags[tag ?? ''] === 'prod';
  });
  assert.equal(groups.length, 2);
  for (const app of ['api', 'worker', 'render']) {
    const named = ofType('prod', 'Microsoft.Web/sites').filter(({ fullName }) =>
      fullName.includes(`-${app}-`),
    );
    assert.equal(named.length, groups.length, app);
    for (const { id } of named)
      assert.ok(
        groups.some(group => id.startsWith(`${group.id}/`)),
        id,
      );
  }
  const asked = lines.flatMap(({ text }) => [...text.matchAll(/everywhere (?:"[a-z ]+"|[a-z]+) ([$\w]+)/g)]);
  assert.ok(asked.length > 10);
  for (const [, app = ''] of asked) assert.match(app, /^(api|canary|worker|render|\$app|\$2)$/);
});

test('the region that the page of a lost region names for dev and stage is one that the templates take', () => {
  const page = readFileSync(join(folder, 'region-loss.md'), 'utf8');
  const [, words = ''] = /dev and stage have one region([\s\S]+?)What follows is for prod/.exec(page) ?? [];
  assert.match(words, /`AZURE_SUBSCRIPTION_ID`, and `AZURE_LOCATION`/);
  const [, refused, taken] = /nor `(\w+)`, where backups lie, such as `(\w+)`/.exec(words) ?? assert.fail();
  assert.throws(() => productionWith({ location: refused, secondLocation: '' })('x'), /must differ/);
  assert.ok(deployed('dev').resources.length > 0);
  assert.ok(productionWith({ location: taken, secondLocation: '' })('Microsoft.Web/sites').length > 0);
});
