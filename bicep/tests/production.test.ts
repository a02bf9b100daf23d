import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { deployed, ENVIRONMENTS, type EnvironmentName, type Json, ofType, propertiesOf } from './deployed.ts';

const one = (environment: EnvironmentName, type: string): Json => {
  const [only, ...others] = ofType(environment, type);
  assert(only !== undefined && others.length === 0, `${environment} has one ${type}`);
  return propertiesOf(only);
};
/** Types of docs/logs.md that have no diagnostic settings, each with its reason there. */
const withoutLogs = new Set(
  [
    ...readFileSync(join(import.meta.dirname, '..', '..', 'docs', 'logs.md'), 'utf8').matchAll(
      /^\| `(Microsoft\.[^`]+)` \| \S.{10,} \|$/gm,
    ),
  ].map(match => match[1] ?? ''),
);
const appOf = (name: string): string => /-(api|canary|worker|render)-/.exec(name)?.[1] ?? assert.fail(name);

describe('production', () => {
  test('keeps the database in two regions and several zones, behind by no more than Bounded Staleness allows', () => {
    const account = one('prod', 'Microsoft.DocumentDB/databaseAccounts');
    assert.deepEqual(
      account.locations.map((place: Json) => [place.failoverPriority, place.isZoneRedundant]),
      [
        [0, true],
        [1, true],
      ],
    );
    assert.equal(account.consistencyPolicy.defaultConsistencyLevel, 'BoundedStaleness');
    // Azure refuses less than these for several regions. 300 seconds are the five minutes of RPO.
    assert.deepEqual(
      [account.consistencyPolicy.maxStalenessPrefix, account.consistencyPolicy.maxIntervalInSeconds],
      [100_000, 300],
    );
    assert.equal(account.enableMultipleWriteLocations, false);
    assert.equal(account.enableAutomaticFailover, true);
    assert.equal(account.backupPolicy.continuousModeProperties.tier, 'Continuous30Days');
  });

  test('has api, worker and render in both regions, over zones, with at least three api ready', () => {
    const sites = ofType('prod', 'Microsoft.Web/sites');
    const places = sites.map(site => `${appOf(site.fullName)} ${site.content['location']}`).sort();
    const both = ['api', 'render', 'worker'].flatMap(app => [`${app} northeurope`, `${app} westeurope`]);
    assert.deepEqual(places, [...both, 'canary westeurope'].sort());
    for (const site of sites) {
      const { scaleAndConcurrency } = propertiesOf(site).functionAppConfig;
      // Zone redundancy wants two of each group at least.
      for (const { instanceCount } of scaleAndConcurrency.alwaysReady)
        assert(instanceCount >= 2, site.fullName);
      if (appOf(site.fullName) === 'api') assert(scaleAndConcurrency.alwaysReady[0].instanceCount >= 3);
    }
    for (const plan of ofType('prod', 'Microsoft.Web/serverfarms'))
      assert.equal(propertiesOf(plan).zoneRedundant, true);
  });

  test('fails over to the second region and weighs the canary, through Front Door', () => {
    const origins = ofType('prod', 'Microsoft.Cdn/profiles/originGroups/origins').map(origin => {
      const { priority, weight } = propertiesOf(origin);
      return [origin.fullName.split('/').at(-1), priority, weight];
    });
    assert.deepEqual(origins, [
      ['api', 1, 999],
      ['canary', 1, 1],
      ['second-region', 2, 1000],
    ]);
  });

  test('puts no more than 500 domains into a profile', () => {
    for (const profile of ofType('prod', 'Microsoft.Cdn/profiles')) {
      const own = ofType('prod', 'Microsoft.Cdn/profiles/customDomains').filter(domain =>
        domain.fullName.startsWith(`${profile.fullName}/`),
      );
      assert(own.length <= 500);
    }
  });

  test('has Premium messages, replicated, and storage over zones and regions', () => {
    const [namespace] = ofType('prod', 'Microsoft.ServiceBus/namespaces');
    assert.equal(((namespace ?? assert.fail()).content['sku'] as Json).name, 'Premium');
    assert.equal(one('prod', 'Microsoft.ServiceBus/namespaces').geoDataReplication.locations.length, 2);
    const skus = Object.fromEntries(
      ofType('prod', 'Microsoft.Storage/storageAccounts').map(account => [
        account.fullName.replace(/prod.*/, ''),
        [(account.content['sku'] as Json).name, account.content['location']],
      ]),
    );
    assert.deepEqual(skus['tsvault'], ['Standard_RAGZRS', 'westeurope']);
    assert.deepEqual(skus['tsbackup'], ['Standard_ZRS', 'northeurope']);
  });

  test('cannot lose Key Vault, and is watched by Defender', () => {
    const vaults = ofType('prod', 'Microsoft.KeyVault/vaults');
    assert.equal(vaults.length, 2);
    for (const vault of vaults) assert.equal(propertiesOf(vault).enablePurgeProtection, true);
    assert(ofType('prod', 'Microsoft.Security/pricings').length > 0);
  });
});

for (const environment of ['dev', 'stage'] as const) {
  test(`${environment} keeps nothing warm and is restored over seven days`, () => {
    for (const site of ofType(environment, 'Microsoft.Web/sites'))
      assert.deepEqual(propertiesOf(site).functionAppConfig.scaleAndConcurrency.alwaysReady, []);
    const { backupPolicy } = one(environment, 'Microsoft.DocumentDB/databaseAccounts');
    assert.equal(backupPolicy.continuousModeProperties.tier, 'Continuous7Days');
  });
}

test('every key is made after its vault, which its parent does not say', () => {
  const text = readFileSync(join(import.meta.dirname, '..', 'secrets.bicep'), 'utf8');
  const keys = text.split(/^resource /m).filter(part => part.includes('Microsoft.KeyVault/vaults/keys@'));
  assert.ok(keys.length >= 3);
  for (const key of keys) assert.match(key, /\n {2}dependsOn: \[own\]\n/);
});

test('what the page of logs leaves out is deployed somewhere, so that no reason outlives its resource', () => {
  const there = new Set(ENVIRONMENTS.flatMap(one => deployed(one).resources.map(({ type }) => type)));
  assert.ok(withoutLogs.size > 5);
  assert.deepEqual(
    [...withoutLogs].filter(type => !there.has(type)),
    [],
  );
});

test('stage has every kind of thing that prod has, but for what only money buys and what cannot be torn down', () => {
  const kinds = (environment: EnvironmentName): Set<string> =>
    new Set(deployed(environment).resources.map(({ type }) => type));
  assert.deepEqual([...kinds('prod')].filter(kind => !kinds('stage').has(kind)).sort(), [
    'Microsoft.Network/ddosProtectionPlans',
    'Microsoft.Security/pricings',
    'Microsoft.Storage/storageAccounts/blobServices/containers/immutabilityPolicies',
  ]);
});

for (const environment of ENVIRONMENTS) {
  describe(`in ${environment}`, () => {
    test('apps run Node.js 24 with TLS 1.2, and render has the memory for Chromium', () => {
      for (const site of ofType(environment, 'Microsoft.Web/sites')) {
        const { functionAppConfig, siteConfig, httpsOnly } = propertiesOf(site);
        assert.deepEqual(functionAppConfig.runtime, { name: 'node', version: '24' });
        assert.equal(functionAppConfig.deployment.storage.authentication.type, 'UserAssignedIdentity');
        assert.deepEqual(
          [httpsOnly, siteConfig.minTlsVersion, siteConfig.scmMinTlsVersion],
          [true, '1.2', '1.2'],
        );
        const { instanceMemoryMB, triggers } = functionAppConfig.scaleAndConcurrency;
        const app = appOf(site.fullName);
        assert.equal(instanceMemoryMB, app === 'render' ? 4096 : 2048);
        assert.equal(
          triggers?.http?.perInstanceConcurrency,
          ['api', 'canary'].includes(app) ? 50 : undefined,
        );
      }
    });

    test('everything that can write a log writes it to the workspace', () => {
      const logged = new Set(
        ofType(environment, 'Microsoft.Insights/diagnosticSettings').map(({ target }) => target?.id),
      );
      const silent = deployed(environment).resources.filter(
        ({ type, id }) => type.split('/').length === 2 && !withoutLogs.has(type) && !logged.has(id),
      );
      assert.deepEqual(
        silent.map(({ id }) => id),
        [],
      );
    });

    test('everything says its environment, owner, cost centre and project', () => {
      for (const { content, id } of deployed(environment).resources) {
        const tags = content['tags'] as Json;
        if (tags === undefined) continue;
        for (const name of ['environment', 'owner', 'costCentre', 'project'])
          assert(tags[name], `${name} of ${id}`);
      }
    });

    test('names are unique and short enough', () => {
      const ids = deployed(environment).resources.map(({ id }) => id.toLowerCase());
      assert.deepEqual(
        ids.filter((id, index) => ids.indexOf(id) !== index),
        [],
      );
      for (const type of ['Microsoft.Storage/storageAccounts', 'Microsoft.KeyVault/vaults'])
        for (const { fullName } of ofType(environment, type)) assert(fullName.length <= 24, fullName);
      for (const { fullName } of ofType(environment, 'Microsoft.Web/sites'))
        assert(fullName.length <= 60, fullName);
    });

    test('warm instances are kept for functions that exist', () => {
      for (const site of ofType(environment, 'Microsoft.Web/sites')) {
        const app = appOf(site.fullName).replace('canary', 'api');
        const source = readFileSync(join(import.meta.dirname, '..', '..', 'functions', `${app}.ts`), 'utf8');
        for (const { name } of propertiesOf(site).functionAppConfig.scaleAndConcurrency.alwaysReady)
          assert(name === 'http' || source.includes(`'${name.replace('function:', '')}'`), name);
      }
    });
  });
}
