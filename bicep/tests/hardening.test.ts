import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Resource } from '../evaluate/resource.ts';
import { ENVIRONMENTS, type Json, ofType, productionWith, propertiesOf } from './deployed.ts';

const ACCOUNT = 'Microsoft.Storage/storageAccounts';
const LOGS = 'Microsoft.Insights/diagnosticSettings';

/** What is written down of a resource: categories or groups of them that are on. */
function logged(settings: readonly Resource[], id: string): readonly string[] {
  return settings
    .filter(({ target }) => target?.id === id)
    .flatMap(one => (propertiesOf(one).logs ?? []) as readonly Json[])
    .filter(({ enabled }) => enabled === true)
    .map(({ category, categoryGroup }) => category ?? categoryGroup)
    .sort();
}

for (const environment of ENVIRONMENTS) {
  describe(`in ${environment}`, () => {
    test('whoever reads a secret, a blob, a message or a record leaves a line', () => {
      const settings = ofType(environment, LOGS);
      for (const type of [
        'Microsoft.KeyVault/vaults',
        `${ACCOUNT}/blobServices`,
        'Microsoft.ServiceBus/namespaces',
      ])
        for (const { id } of ofType(environment, type))
          assert.deepEqual(logged(settings, id), ['allLogs'], id);
      for (const { id } of ofType(environment, 'Microsoft.DocumentDB/databaseAccounts'))
        assert.deepEqual(logged(settings, id), [
          'ControlPlaneRequests',
          'DataPlaneRequests',
          'PartitionKeyRUConsumption',
          'PartitionKeyStatistics',
        ]);
      for (const { id } of ofType(environment, 'Microsoft.Cdn/profiles'))
        assert.deepEqual(logged(settings, id), ['allLogs'], id);
      for (const { id } of ofType(environment, 'Microsoft.OperationalInsights/workspaces'))
        assert.deepEqual(logged(settings, id), ['audit'], 'and whoever reads the lines');
    });

    test('storage trusts no service of Azure, no other directory, and links for a week at most', () => {
      for (const account of ofType(environment, ACCOUNT)) {
        const { networkAcls, allowCrossTenantReplication, sasPolicy, ...others } = propertiesOf(account);
        assert.equal(networkAcls.bypass, 'None', account.fullName);
        assert.equal(allowCrossTenantReplication, false, account.fullName);
        assert.deepEqual(sasPolicy, { sasExpirationPeriod: '07.00:00:00', expirationAction: 'Log' });
        assert.equal(others.defaultToOAuthAuthentication, true);
        assert.equal(others.minimumTlsVersion, 'TLS1_2');
      }
    });

    test('the database trusts no service of Azure, and no key changes what it is made of', () => {
      for (const account of ofType(environment, 'Microsoft.DocumentDB/databaseAccounts')) {
        const { networkAclBypass, disableKeyBasedMetadataWriteAccess, minimalTlsVersion } =
          propertiesOf(account);
        assert.deepEqual(
          [networkAclBypass, disableKeyBasedMetadataWriteAccess, minimalTlsVersion],
          ['None', true, 'Tls12'],
        );
      }
    });

    test('each key does what it is for and nothing else', () => {
      const operations: Readonly<Record<string, readonly string[]>> = {
        'token-signing': ['sign', 'verify'],
        'tenant-keys': ['wrapKey', 'unwrapKey'],
      };
      for (const key of ofType(environment, 'Microsoft.KeyVault/vaults/keys'))
        assert.deepEqual(
          propertiesOf(key).keyOps,
          operations[key.fullName.split('/').at(-1) ?? ''],
          key.fullName,
        );
    });
  });
}

test('the key of data at rest wraps and unwraps only', () => {
  const keys = productionWith({ customerManagedKey: true })('Microsoft.KeyVault/vaults/keys');
  const own = keys.find(({ fullName }) => fullName.endsWith('/data-at-rest'));
  assert.deepEqual(propertiesOf(own ?? assert.fail()).keyOps, ['wrapKey', 'unwrapKey']);
});

test('nobody appends to an immutable blob', () => {
  const policies = ofType('prod', `${ACCOUNT}/blobServices/containers/immutabilityPolicies`);
  assert.ok(policies.length > 0);
  for (const one of policies) assert.equal(propertiesOf(one).allowProtectedAppendWrites, false, one.fullName);
});

test('a peered network sends its own packets only, and lends or borrows no gateway', () => {
  const told = productionWith({
    runnerNetworks: ['/subscriptions/s/resourceGroups/r/providers/x/y/vnet-runners'],
  });
  const peerings = told('Microsoft.Network/virtualNetworks/virtualNetworkPeerings');
  assert.equal(peerings.length, 1);
  for (const one of peerings) {
    const { allowForwardedTraffic, allowGatewayTransit, useRemoteGateways } = propertiesOf(one);
    assert.deepEqual([allowForwardedTraffic, allowGatewayTransit, useRemoteGateways], [false, false, false]);
  }
});
