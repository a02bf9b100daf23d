import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Resource } from '../evaluate/resource.ts';
import { type EnvironmentName, type Json, ofType, propertiesOf } from './deployed.ts';

/**
 * What a private endpoint to each kind of resource is called, and the names under which clients find it
 * (https://learn.microsoft.com/azure/private-link/private-endpoint-dns).
 */
const endpointsTo: Readonly<Record<string, readonly [group: string, zones: readonly string[]]>> = {
  'Microsoft.DocumentDB/databaseAccounts': ['Sql', ['privatelink.documents.azure.com']],
  'Microsoft.KeyVault/vaults': ['vault', ['privatelink.vaultcore.azure.net']],
  'Microsoft.Storage/storageAccounts': ['blob', ['privatelink.blob.core.windows.net']],
  'Microsoft.ServiceBus/namespaces': ['namespace', ['privatelink.servicebus.windows.net']],
  'Microsoft.Insights/privateLinkScopes': [
    'azuremonitor',
    [
      'privatelink.agentsvc.azure-automation.net',
      'privatelink.blob.core.windows.net',
      'privatelink.monitor.azure.com',
      'privatelink.ods.opinsights.azure.com',
      'privatelink.oms.opinsights.azure.com',
    ],
  ],
};

const typeOf = (id: string): string => {
  const [, provider = '', type = ''] = /\/providers\/([^/]+)\/([^/]+)\/[^/]+$/.exec(id) ?? [];
  return `${provider}/${type}`;
};

/** Zones by id that names are looked up in within a network. */
function zonesOf(environment: EnvironmentName, networkId: string): ReadonlySet<string> {
  const links = ofType(environment, 'Microsoft.Network/privateDnsZones/virtualNetworkLinks').filter(
    link => propertiesOf(link).virtualNetwork.id === networkId,
  );
  return new Set(links.map(({ id }) => id.replace(/\/virtualNetworkLinks\/.+$/, '')));
}

const connectionOf = (endpoint: Resource): Json =>
  propertiesOf(endpoint).privateLinkServiceConnections[0].properties;
const networkOf = (subnetId: string): string => subnetId.replace(/\/subnets\/.+$/, '');

for (const environment of ['stage', 'prod'] as const) {
  describe(`the private network of ${environment}`, () => {
    const endpoints = ofType(environment, 'Microsoft.Network/privateEndpoints');

    test('leads to each resource by its own sub-resource, found by names that the network looks up', () => {
      assert.ok(endpoints.length > 5);
      for (const endpoint of endpoints) {
        const { privateLinkServiceId, groupIds } = connectionOf(endpoint);
        const [group, zones] = endpointsTo[typeOf(privateLinkServiceId)] ?? assert.fail(privateLinkServiceId);
        assert.deepEqual(groupIds, [group], endpoint.fullName);
        const registered = ofType(environment, 'Microsoft.Network/privateEndpoints/privateDnsZoneGroups')
          .filter(({ id }) => id.startsWith(`${endpoint.id}/`))
          .flatMap(one => propertiesOf(one).privateDnsZoneConfigs as readonly Json[])
          .map(one => one.properties.privateDnsZoneId as string);
        assert.deepEqual(registered.map(id => id.split('/').at(-1)).sort(), zones, endpoint.fullName);
        const known = zonesOf(environment, networkOf(propertiesOf(endpoint).subnet.id));
        for (const id of registered) assert.ok(known.has(id), `${id} is not linked to its network`);
      }
    });

    test('has every app in a subnet of its own kind, with a gateway and names for all that it calls', () => {
      const calls: Readonly<Record<string, readonly string[]>> = {
        api: [
          'DocumentDB/databaseAccounts',
          'KeyVault/vaults',
          'Storage/storageAccounts',
          'Insights/privateLinkScopes',
        ],
        worker: [
          'DocumentDB/databaseAccounts',
          'KeyVault/vaults',
          'Storage/storageAccounts',
          'Insights/privateLinkScopes',
        ],
        render: ['DocumentDB/databaseAccounts', 'Storage/storageAccounts', 'Insights/privateLinkScopes'],
      };
      for (const site of ofType(environment, 'Microsoft.Web/sites')) {
        const subnetId: string = propertiesOf(site).virtualNetworkSubnetId;
        const app = /-(api|canary|worker|render)-/.exec(site.fullName)?.[1]?.replace('canary', 'api') ?? '';
        const network = ofType(environment, 'Microsoft.Network/virtualNetworks').find(
          ({ id }) => id === networkOf(subnetId),
        );
        assert.ok(network !== undefined, `${site.fullName} calls from a network of ours`);
        assert.equal(network.content['location'], site.content['location'], 'which is in its region');
        const subnet = propertiesOf(network).subnets.find((one: Json) => subnetId.endsWith(`/${one.name}`));
        assert.equal(subnet.name, app);
        assert.equal(subnet.properties.delegations[0].properties.serviceName, 'Microsoft.App/environments');
        assert.ok(subnet.properties.natGateway.id && subnet.properties.networkSecurityGroup.id);
        const messaging = environment === 'prod' ? ['ServiceBus/namespaces'] : [];
        for (const kind of [...(calls[app] ?? assert.fail(app)), ...messaging]) {
          const near = endpoints.filter(
            one =>
              typeOf(connectionOf(one).privateLinkServiceId) === `Microsoft.${kind}` &&
              networkOf(propertiesOf(one).subnet.id) === network.id,
          );
          assert.ok(near.length > 0, `${site.fullName} finds ${kind}`);
        }
        const host = propertiesOf(site).siteConfig.appSettings.find(
          ({ name }: Json) => name === 'AzureWebJobsStorage__accountName',
        ).value;
        const reached = endpoints.some(
          one =>
            connectionOf(one).privateLinkServiceId.endsWith(`/${host}`) &&
            networkOf(propertiesOf(one).subnet.id) === network.id,
        );
        assert.ok(reached, `${site.fullName} reaches the storage of its host, ${host}`);
      }
    });

    test('lets api and worker out to the web and to mail, and render to neither', () => {
      for (const network of ofType(environment, 'Microsoft.Network/virtualNetworks'))
        for (const { name, properties } of propertiesOf(network).subnets) {
          const group = ofType(environment, 'Microsoft.Network/networkSecurityGroups').find(
            ({ id }) => id === properties.networkSecurityGroup.id,
          );
          const rules: readonly Json[] = propertiesOf(group ?? assert.fail(name)).securityRules.map(
            (rule: Json) => rule.properties,
          );
          const outgoing = rules.filter(rule => rule.direction === 'Outbound');
          const open = outgoing.filter(
            rule => rule.access === 'Allow' && rule.destinationAddressPrefix === 'Internet',
          );
          assert.deepEqual(
            open.flatMap(rule => rule.destinationPortRanges),
            ['api', 'worker'].includes(name) ? ['443', '587'] : [],
            name,
          );
          const last = outgoing.reduce((one, other) => (other.priority > one.priority ? other : one));
          assert.equal(last.access, 'Deny', `${name} ends with a refusal`);
          for (const rule of open) assert.ok(rule.priority < last.priority);
        }
    });
  });
}
