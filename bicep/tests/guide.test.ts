import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import topology from '../../shared/topology.json' with { type: 'json' };
import { deployed, ENVIRONMENTS, type Json, ofType, propertiesOf } from './deployed.ts';

const read = (...path: readonly string[]): string =>
  readFileSync(join(import.meta.dirname, '..', '..', ...path), 'utf8');
const guide = read('docs', 'deployment.md');

test('the guide registers each provider of the templates, and that of what subnets are delegated to', () => {
  const [, list = ''] =
    /\nfor name in ([\w ]+); do\n {2}az provider register --namespace Microsoft\.\$name --wait\n/.exec(
      guide,
    ) ?? [];
  const named = list.split(' ').map(name => `Microsoft.${name}`);
  const resources = ENVIRONMENTS.flatMap(environment => deployed(environment).resources);
  const delegated = ENVIRONMENTS.flatMap(environment =>
    ofType(environment, 'Microsoft.Network/virtualNetworks'),
  )
    .flatMap(network => propertiesOf(network).subnets as readonly Json[])
    .flatMap(({ properties }) => (properties.delegations ?? []) as readonly Json[])
    .map(({ properties }) => properties.serviceName as string);
  assert.ok(delegated.length > 0);
  const needed = new Set(
    [...resources.map(({ type }) => type), ...delegated].map(type => type.split('/')[0] ?? ''),
  );
  assert.deepEqual(named, [...needed].sort());
});

test('the guide looks for a region over zones, since an environment is deployed so', () => {
  const over = ofType('prod', 'Microsoft.Web/serverfarms').every(one => propertiesOf(one).zoneRedundant);
  assert.equal(over, true);
  assert.match(guide, /^az functionapp list-flexconsumption-locations --zone-redundant true /m);
});

test('the guide locks each container that is immutable, and says how many there are', () => {
  const { vault, backup } = topology.storage;
  const pairs = Object.entries({ vault, backup }).flatMap(([account, { immutableDays }]) =>
    Object.keys(immutableDays).map(container => `ts${account}:${container}`),
  );
  const [, list = ''] = /\nfor pair in ([\w: ]+); do\n/.exec(guide) ?? [];
  assert.deepEqual(list.split(' '), pairs);
  const [, lock = ''] = guide.split('### Lock what must not change\n');
  const words: Readonly<Record<number, string>> = { 3: 'three', 4: 'four', 5: 'five' };
  assert.ok(lock.includes(`For each of the ${words[pairs.length]} pairs`));
  assert.ok(lock.includes(`expect \`Locked\` ${words[pairs.length]} times`));
  const described = read('bicep', 'types.bicep');
  for (const pair of pairs) {
    const container = pair.split(':')[1]?.replace(/^anchors$/, 'Anchors') ?? '';
    assert.match(lock.split('\n')[1] ?? '', new RegExp(`\\b${container}\\b`), container);
    assert.match(described, new RegExp(`immutable containers \\([^)]*\\b${container}\\b`, 'i'), container);
  }
});

test('whoever takes dev away takes its record and its setting of the subscription away, too', () => {
  const [, down = ''] = guide.split('`azd down --purge`');
  assert.match(down.split('\n## ')[0] ?? '', /az deployment sub delete -n touchstone-dev\n/);
  const kept = ofType('dev', 'Microsoft.Insights/diagnosticSettings').filter(
    ({ id }) => !id.includes('/resourceGroups/'),
  );
  for (const { fullName } of kept)
    assert.ok(down.includes(`az monitor diagnostic-settings subscription delete -n ${fullName} --yes\n`));
  assert.equal(kept.length, 1);
});

test('the page of costs counts the warm instances of each region as the templates have them', () => {
  const warm = (location: string): number =>
    ofType('prod', 'Microsoft.Web/sites')
      .filter(({ content }) => content['location'] === location)
      .flatMap(
        site => propertiesOf(site).functionAppConfig.scaleAndConcurrency.alwaysReady as readonly Json[],
      )
      .reduce((sum, { instanceCount }) => sum + instanceCount, 0);
  const page = read('docs', 'cost.md');
  const [, first, second] = /: (\d+) in the first region \([^)]+\), (\d+) in the second/.exec(page) ?? [];
  assert.deepEqual([Number(first), Number(second)], [warm('westeurope'), warm('northeurope')]);
});

test('no page says that an environment without warm instances scales to nothing, for its ticks keep it awake', () => {
  for (const path of [
    ['bicep', 'dev.bicepparam'],
    ['docs', 'cost.md'],
    ['docs', 'deployment.md'],
  ])
    assert.doesNotMatch(
      read(...path),
      /(?<!does not )scales? to nothing|costs nearly nothing/,
      path.join('/'),
    );
});
