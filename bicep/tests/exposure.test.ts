import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Resource } from '../evaluate/resource.ts';
import { deployed, type Json, ofType, productionWith, propertiesOf } from './deployed.ts';

const DEPLOYMENT_ADDRESSES = ['192.0.2.1/32', '192.0.2.2/32'];

/** What has an address of its own on the internet unless it is told not to. */
const reachable: Readonly<Record<string, (resource: Resource) => boolean>> = {
  'Microsoft.DocumentDB/databaseAccounts': isPublic,
  'Microsoft.ServiceBus/namespaces': isPublic,
  'Microsoft.Storage/storageAccounts': isPublic,
  'Microsoft.KeyVault/vaults': isPublic,
  'Microsoft.Web/sites': isSiteOpen,
  'Microsoft.OperationalInsights/workspaces': takesTelemetry,
  'Microsoft.Insights/components': takesTelemetry,
};

function isPublic(resource: Resource): boolean {
  return propertiesOf(resource).publicNetworkAccess !== 'Disabled';
}

/** Ingestion; people read with their own login, and the browser does that from outside. */
function takesTelemetry(resource: Resource): boolean {
  return propertiesOf(resource).publicNetworkAccessForIngestion !== 'Disabled';
}

/** A site is open when somebody else than our own Front Door, or the pipeline's addresses, gets through. */
function isSiteOpen(resource: Resource): boolean {
  const { publicNetworkAccess, siteConfig } = propertiesOf(resource);
  if (publicNetworkAccess === 'Disabled') return false;
  const rules: readonly Json[] = siteConfig.ipSecurityRestrictions;
  const isOurs = (rule: Json): boolean =>
    rule.tag === 'ServiceTag' &&
    rule.ipAddress === 'AzureFrontDoor.Backend' &&
    rule.headers?.['x-azure-fdid']?.length === 1 &&
    /\/profiles\/afd-touchstone-prod-\d+\.properties\.frontDoorId>$/.test(rule.headers['x-azure-fdid'][0]);
  const closedByDefault =
    siteConfig.ipSecurityRestrictionsDefaultAction === 'Deny' &&
    siteConfig.scmIpSecurityRestrictionsDefaultAction === 'Deny';
  return (
    !closedByDefault || !rules.every(isOurs) || !siteConfig.scmIpSecurityRestrictions.every(isOneAddress)
  );
}

/** A rule of the deployment site that lets in one address that was named, and no range. */
function isOneAddress({ action, ipAddress, tag }: Json): boolean {
  return action === 'Allow' && tag === undefined && DEPLOYMENT_ADDRESSES.includes(ipAddress);
}

/** Types that answer nobody by themselves: parts of others, rules, networks without a way in. */
const silent = [
  /^Microsoft\.Authorization\//,
  /^Microsoft\.ManagedIdentity\//,
  /^Microsoft\.Resources\/resourceGroups$/,
  /^Microsoft\.Consumption\/budgets$/,
  /^Microsoft\.Security\/pricings$/,
  /^Microsoft\.Insights\/(actionGroups|metricAlerts|scheduledQueryRules|workbooks|diagnosticSettings|privateLinkScopes.*)$/,
  /^Microsoft\.DocumentDB\/databaseAccounts\/.+/,
  /^Microsoft\.ServiceBus\/namespaces\/.+/,
  /^Microsoft\.Storage\/storageAccounts\/.+/,
  /^Microsoft\.KeyVault\/vaults\/.+/,
  /^Microsoft\.Web\/(serverfarms|sites\/basicPublishingCredentialsPolicies)$/,
  /^Microsoft\.Network\/(virtualNetworks|networkSecurityGroups|natGateways|privateEndpoints.*|privateDnsZones.*|ddosProtectionPlans|FrontDoorWebApplicationFirewallPolicies)$/,
  // Of the gateway, which lets nobody in.
  /^Microsoft\.Network\/publicIPAddresses$/,
];

describe('in prod', () => {
  const { resources } = deployed('prod');

  test('nothing but Front Door and exchange can be reached from outside', () => {
    const open = resources.filter(resource => {
      const isOpen = reachable[resource.type];
      if (isOpen !== undefined) return isOpen(resource);
      return !resource.type.startsWith('Microsoft.Cdn/') && !silent.some(type => type.test(resource.type));
    });
    assert.deepEqual(
      open.map(({ fullName }) => fullName.replace(/prod.+$/, '')),
      ['tsexchange'],
    );
  });

  test('the addresses of the pipeline open nothing but the deployment sites, to themselves', () => {
    const ofTypeThen = productionWith({ deploymentAddresses: DEPLOYMENT_ADDRESSES });
    const open = Object.entries(reachable).flatMap(([type, isOpen]) => ofTypeThen(type).filter(isOpen));
    assert.deepEqual(
      open.map(({ fullName }) => fullName.replace(/prod.+$/, '')),
      ['tsexchange'],
    );
    for (const site of ofTypeThen('Microsoft.Web/sites')) {
      const { publicNetworkAccess, siteConfig } = propertiesOf(site);
      assert.equal(siteConfig.scmIpSecurityRestrictions.length, 2, site.fullName);
      assert.equal(publicNetworkAccess, 'Enabled');
      assert.equal(siteConfig.scmIpSecurityRestrictionsDefaultAction, 'Deny');
      assert.ok(!siteConfig.scmIpSecurityRestrictionsUseMain, 'Front Door does not deploy');
      const profiles = /-(api|canary)-/.test(site.fullName) ? 1 : 0;
      assert.equal(siteConfig.ipSecurityRestrictions.length, profiles, 'and the app is as closed as before');
    }
  });

  test('api and its canary let our own Front Door in, worker and render nobody', () => {
    for (const site of ofType('prod', 'Microsoft.Web/sites')) {
      const { publicNetworkAccess, siteConfig } = propertiesOf(site);
      const profiles = /-(api|canary)-/.test(site.fullName)
        ? ofType('prod', 'Microsoft.Cdn/profiles').length
        : 0;
      assert.equal(siteConfig.ipSecurityRestrictions.length, profiles, site.fullName);
      assert.equal(publicNetworkAccess, profiles > 0 ? 'Enabled' : 'Disabled', site.fullName);
    }
  });

  test('Front Door lets nobody past the firewall, which prevents and does not only look', () => {
    const [firewall] = ofType('prod', 'Microsoft.Network/FrontDoorWebApplicationFirewallPolicies');
    assert(firewall !== undefined);
    assert.equal(propertiesOf(firewall).policySettings.mode, 'Prevention');
    for (const profile of ofType('prod', 'Microsoft.Cdn/profiles')) {
      const own = ({ fullName }: Resource): boolean => fullName.startsWith(`${profile.fullName}/`);
      const [policy] = ofType('prod', 'Microsoft.Cdn/profiles/securityPolicies').filter(own);
      assert(policy !== undefined);
      const { wafPolicy, associations } = propertiesOf(policy).parameters;
      assert.equal(wafPolicy.id, firewall.id);
      const guarded = associations.flatMap((one: Json) => one.domains.map(({ id }: Json) => id));
      const entrances = ['afdEndpoints', 'customDomains'].flatMap(kind =>
        ofType('prod', `Microsoft.Cdn/profiles/${kind}`),
      );
      assert.deepEqual(
        guarded.sort(),
        entrances
          .filter(own)
          .map(({ id }) => id)
          .sort(),
      );
    }
  });

  test('exchange opens a blob to a SAS of an identity, and to nothing else', () => {
    const exchange = ofType('prod', 'Microsoft.Storage/storageAccounts').find(one =>
      one.fullName.startsWith('tsexchange'),
    );
    const { allowSharedKeyAccess, allowBlobPublicAccess, supportsHttpsTrafficOnly } = propertiesOf(
      exchange ?? assert.fail(),
    );
    assert.deepEqual(
      [allowSharedKeyAccess, allowBlobPublicAccess, supportsHttpsTrafficOnly],
      [false, false, true],
    );
  });

  test('what is closed is reached through private endpoints in every region', () => {
    const targets = ofType('prod', 'Microsoft.Network/privateEndpoints').map(
      one => propertiesOf(one).privateLinkServiceConnections[0].properties.privateLinkServiceId as string,
    );
    const closed = [
      'Microsoft.DocumentDB/databaseAccounts',
      'Microsoft.ServiceBus/namespaces',
      'Microsoft.KeyVault/vaults',
      'Microsoft.Storage/storageAccounts',
    ].flatMap(type => ofType('prod', type));
    for (const { id, fullName } of closed) {
      const times = /^ts(api|canary|worker|render)/.test(fullName) ? 1 : 2;
      assert.equal(targets.filter(target => target === id).length, times, fullName);
    }
  });

  test('the subnet of private endpoints has no way out', () => {
    const groups = ofType('prod', 'Microsoft.Network/networkSecurityGroups').filter(one =>
      one.fullName.endsWith('-endpoints'),
    );
    assert.equal(groups.length, 2);
    for (const group of groups) {
      const outgoing = propertiesOf(group)
        .securityRules.map((rule: Json) => rule.properties)
        .filter((rule: Json) => rule.direction === 'Outbound');
      assert.deepEqual(
        outgoing.map((rule: Json) => [rule.access, rule.destinationAddressPrefix]),
        [['Deny', '*']],
      );
    }
    for (const network of ofType('prod', 'Microsoft.Network/virtualNetworks'))
      for (const { properties } of propertiesOf(network).subnets)
        assert.equal(properties.defaultOutboundAccess, false);
  });
});

for (const environment of ['stage', 'prod'] as const) {
  test(`apps reach whatever they need in ${environment}: by a private endpoint or by a rule that lets them out`, () => {
    const targets = ofType(environment, 'Microsoft.Network/privateEndpoints').map(
      one => propertiesOf(one).privateLinkServiceConnections[0].properties.privateLinkServiceId as string,
    );
    const needed: Readonly<Record<string, readonly [tag: string, ports: readonly string[]]>> = {
      'Microsoft.DocumentDB/databaseAccounts': ['AzureCosmosDB', ['443']],
      'Microsoft.ServiceBus/namespaces': ['ServiceBus', ['443', '5671']],
      'Microsoft.KeyVault/vaults': ['AzureKeyVault', ['443']],
      'Microsoft.Storage/storageAccounts': ['Storage', ['443']],
      'Microsoft.Insights/privateLinkScopes': ['AzureMonitor', ['443']],
    };
    const groups = ofType(environment, 'Microsoft.Network/networkSecurityGroups').filter(
      one => !one.fullName.endsWith('-endpoints'),
    );
    assert(groups.length >= 2);
    for (const [type, [tag, ports]] of Object.entries(needed))
      for (const { id, fullName } of ofType(environment, type)) {
        if (targets.includes(id)) continue;
        for (const group of groups) {
          const rules: readonly Json[] = propertiesOf(group).securityRules.map(
            (rule: Json) => rule.properties,
          );
          const lets = rules.some(
            rule =>
              rule.direction === 'Outbound' &&
              rule.access === 'Allow' &&
              rule.destinationAddressPrefix === tag &&
              ports.every(port => rule.destinationPortRanges.includes(port)),
          );
          assert(lets, `${group.fullName} lets nobody out to ${fullName}`);
        }
      }
  });

  test(`the gateway of ${environment} is of a kind that joins subnets of Flex Consumption`, () => {
    const gateways = ofType(environment, 'Microsoft.Network/natGateways');
    assert(gateways.length > 0);
    for (const one of gateways) assert.equal((one.content['sku'] as Json).name, 'Standard');
    for (const one of ofType(environment, 'Microsoft.Network/publicIPAddresses'))
      assert.equal((one.content['sku'] as Json).name, 'Standard');
  });
}

for (const environment of ['dev', 'stage', 'prod'] as const) {
  test(`no key of Azure's opens anything in ${environment}`, () => {
    for (const type of ['Microsoft.DocumentDB/databaseAccounts', 'Microsoft.ServiceBus/namespaces'])
      for (const one of ofType(environment, type))
        assert.equal(propertiesOf(one).disableLocalAuth, true, one.fullName);
    for (const one of ofType(environment, 'Microsoft.Insights/components'))
      assert.equal(propertiesOf(one).DisableLocalAuth, true);
    for (const one of ofType(environment, 'Microsoft.OperationalInsights/workspaces'))
      assert.equal(propertiesOf(one).features.disableLocalAuth, true);
    for (const one of ofType(environment, 'Microsoft.Storage/storageAccounts'))
      assert.equal(propertiesOf(one).allowSharedKeyAccess, false, one.fullName);
    for (const one of ofType(environment, 'Microsoft.KeyVault/vaults'))
      assert.equal(propertiesOf(one).enableRbacAuthorization, true);
    for (const one of ofType(environment, 'Microsoft.Web/sites/basicPublishingCredentialsPolicies'))
      assert.equal(propertiesOf(one).allow, false);
    const sites = ofType(environment, 'Microsoft.Web/sites').length;
    assert.equal(
      ofType(environment, 'Microsoft.Web/sites/basicPublishingCredentialsPolicies').length,
      2 * sites,
    );
  });
}
