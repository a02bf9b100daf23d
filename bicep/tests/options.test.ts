import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import roles from '../roles.json' with { type: 'json' };
import { type Json, productionWith, propertiesOf } from './deployed.ts';

test('a key of ours encrypts database, messages, exchange and vault, and its identity may do nothing else', () => {
  const ofType = productionWith({ customerManagedKey: true, hsm: true });
  for (const vault of ofType('Microsoft.KeyVault/vaults'))
    assert.equal(propertiesOf(vault).sku.name, 'premium');
  for (const key of ofType('Microsoft.KeyVault/vaults/keys')) assert.match(propertiesOf(key).kty, /-HSM$/);

  const [account] = ofType('Microsoft.DocumentDB/databaseAccounts');
  assert.match(propertiesOf(account ?? assert.fail()).keyVaultKeyUri, /data-at-rest\.properties\.keyUri>$/);
  const [namespace] = ofType('Microsoft.ServiceBus/namespaces');
  assert.equal(propertiesOf(namespace ?? assert.fail()).encryption.keySource, 'Microsoft.KeyVault');
  const sources = ofType('Microsoft.Storage/storageAccounts')
    .filter(({ fullName }) => /^ts(exchange|vault|backup)/.test(fullName))
    .map(one => propertiesOf(one).encryption.keySource);
  assert.deepEqual(sources, ['Microsoft.Keyvault', 'Microsoft.Keyvault', 'Microsoft.Storage']);

  const own = ofType('Microsoft.Authorization/roleAssignments').filter(one =>
    propertiesOf(one).principalId.includes('-encryption.'),
  );
  assert.deepEqual(
    own.map(({ target }) => target?.fullName.split('/')[1]),
    ['data-at-rest'],
  );
});

test('without a second region there is one of everything, and Front Door has nowhere to fail over to', () => {
  const ofType = productionWith({ secondLocation: '', canary: false });
  assert.equal(ofType('Microsoft.Web/sites').length, 3);
  assert.equal(ofType('Microsoft.Resources/resourceGroups').length, 1);
  assert.deepEqual(
    ofType('Microsoft.Cdn/profiles/originGroups/origins').map(one => propertiesOf(one).weight),
    [1000],
  );
  const [account] = ofType('Microsoft.DocumentDB/databaseAccounts');
  assert.deepEqual(propertiesOf(account ?? assert.fail()).consistencyPolicy.maxIntervalInSeconds, 5);
});

test('an address of the pipeline reaches the deployment site of each app and nothing else', () => {
  const ofType = productionWith({ deploymentAddresses: ['192.0.2.1/32'] });
  for (const site of ofType('Microsoft.Web/sites')) {
    const { siteConfig } = propertiesOf(site);
    assert.deepEqual(
      siteConfig.scmIpSecurityRestrictions.map((rule: Json) => rule.ipAddress),
      ['192.0.2.1/32'],
    );
    assert.equal(siteConfig.ipSecurityRestrictionsDefaultAction, 'Deny');
    for (const rule of siteConfig.ipSecurityRestrictions)
      assert.equal(rule.ipAddress, 'AzureFrontDoor.Backend');
  }
});

test('a network of runners is peered with the first region’s and finds each of its private names', () => {
  const runners =
    '/subscriptions/s/resourceGroups/rg-runners/providers/Microsoft.Network/virtualNetworks/vnet-runners';
  const ofType = productionWith({ runnerNetworks: [runners] });
  const joined = ofType('Microsoft.Network/virtualNetworks/virtualNetworkPeerings');
  assert.deepEqual(
    joined.map(one => propertiesOf(one).remoteVirtualNetwork.id),
    [runners],
  );
  const zones = ofType('Microsoft.Network/privateDnsZones').filter(({ id }) =>
    /rg-touchstone-prod\//.test(id),
  );
  const links = ofType('Microsoft.Network/privateDnsZones/virtualNetworkLinks').filter(
    link => propertiesOf(link).virtualNetwork.id === runners,
  );
  assert.ok(zones.length >= 7);
  assert.deepEqual(
    links.map(({ id }) => id.replace(/\/virtualNetworkLinks\/.+$/, '')).sort(),
    zones.map(({ id }) => id).sort(),
  );
});

test('a second profile takes further domains, and the apps believe both', () => {
  const profiles = [['*.touchstone.example'], ['lab.customer.example', 'shop.customer.example']];
  const edge = {
    profiles,
    wildcardCertificate: 'wildcard',
    rateLimitPerMinute: 3000,
    countries: ['DE', 'AT'],
  };
  const ofType = productionWith({ edge });
  const domains = ofType('Microsoft.Cdn/profiles/customDomains').map(one => [
    one.fullName.split('/')[0],
    propertiesOf(one).hostName,
    propertiesOf(one).tlsSettings.certificateType,
  ]);
  assert.deepEqual(domains, [
    ['afd-touchstone-prod-0', '*.touchstone.example', 'CustomerCertificate'],
    ['afd-touchstone-prod-1', 'lab.customer.example', 'ManagedCertificate'],
    ['afd-touchstone-prod-1', 'shop.customer.example', 'ManagedCertificate'],
  ]);
  const api = ofType('Microsoft.Web/sites').find(({ fullName }) => fullName.includes('-api-'));
  const { siteConfig } = propertiesOf(api ?? assert.fail());
  assert.equal(siteConfig.ipSecurityRestrictions.length, 2);
  const told = siteConfig.appSettings.find(({ name }: Json) => name === 'FRONT_DOOR_ID').value;
  assert.equal(told.split(',').length, 2);
  const [firewall] = ofType('Microsoft.Network/FrontDoorWebApplicationFirewallPolicies');
  const { rules } = propertiesOf(firewall ?? assert.fail()).customRules;
  assert.deepEqual(
    rules.map((rule: Json) => rule.name),
    ['host', 'rate', 'countries'],
  );
  assert.deepEqual(
    rules.map((rule: Json) => rule.action),
    ['Block', 'Block', 'Block'],
  );
});

test('people get reading, acting and breaking glass in the groups of the environment, by their own groups', () => {
  const people = { developers: 'group-d', operators: 'group-o', breakGlass: 'group-b' };
  const ofType = productionWith({ people });
  const given = ofType('Microsoft.Authorization/roleAssignments').filter(
    one => propertiesOf(one).principalType === 'Group',
  );
  assert.equal(given.length, 6);
  for (const one of given)
    assert.match(one.id, /^\/subscriptions\/sub\/resourceGroups\/[^/]+\/providers\/Microsoft\.Authorization/);
  const definitions = ofType('Microsoft.Authorization/roleDefinitions');
  const allowed = given.map(one => {
    const guid = propertiesOf(one).roleDefinitionId.split('/').at(-1);
    const { roleName, permissions } = propertiesOf(
      definitions.find(({ id }) => id.endsWith(guid)) ?? assert.fail(),
    );
    if (permissions[0].actions.includes('*')) assert(permissions[0].notActions.includes('*/listKeys/action'));
    return `${propertiesOf(one).principalId}: ${roleName.replace(/ \(.*/, '')}`;
  });
  assert.deepEqual([...new Set(allowed)].sort(), [
    'group-b: Touchstone break glass',
    'group-d: Touchstone developer',
    'group-o: Touchstone operator',
  ]);
});

test('worker alone reads the password of the mail, and no other secret of that vault', () => {
  const mail = { host: 'smtp.example', port: 587, user: 'touchstone', from: 'no-reply@touchstone.example' };
  const ofOperations = (instead: object) =>
    productionWith({ mail: { ...mail, ...instead } })('Microsoft.Authorization/roleAssignments').filter(
      one => one.target?.id.includes('/kv-tsops-') && !propertiesOf(one).principalId.includes('/profiles/'),
    );
  const [only, ...others] = ofOperations({});
  assert.equal(others.length, 0);
  assert.match(only?.target?.id ?? '', /\/kv-tsops-[^/]+\/secrets\/smtp-password$/);
  const { principalId, roleDefinitionId } = propertiesOf(only ?? assert.fail());
  assert.match(principalId, /-worker\.properties\.principalId>$/);
  assert.ok(roleDefinitionId.endsWith(roles.builtIn.certificateReader.id));
  assert.deepEqual(ofOperations({ user: '' }), []);
});

test('after a failover a deployment leaves database, messages and traffic in the second region', () => {
  const ofType = productionWith({ primaryLocation: 'northeurope' });
  const [account] = ofType('Microsoft.DocumentDB/databaseAccounts');
  const places = propertiesOf(account ?? assert.fail()).locations;
  assert.deepEqual(
    places.map((place: Json) => [place.locationName, place.failoverPriority]),
    [
      ['westeurope', 1],
      ['northeurope', 0],
    ],
  );
  const [namespace] = ofType('Microsoft.ServiceBus/namespaces');
  assert.deepEqual(
    propertiesOf(namespace ?? assert.fail()).geoDataReplication.locations.map((one: Json) => one.roleType),
    ['Secondary', 'Primary'],
  );
  assert.deepEqual(
    ofType('Microsoft.Cdn/profiles/originGroups/origins').map(one => propertiesOf(one).priority),
    [2, 2, 1],
  );
  assert.throws(() => productionWith({ primaryLocation: 'uksouth' }), /primaryLocation \(uksouth\) is none/);
});

describe('immutable containers', () => {
  const POLICY = 'Microsoft.Storage/storageAccounts/blobServices/containers/immutabilityPolicies';
  const CONTAINER = 'Microsoft.Storage/storageAccounts/blobServices/containers';
  const immutable = (ofType: ReturnType<typeof productionWith>) =>
    ofType(CONTAINER).filter(one => propertiesOf(one).immutableStorageWithVersioning?.enabled === true)
      .length;

  test('have policies that can be taken away again, until they are locked', () => {
    const ofType = productionWith({ immutability: 'unlocked' });
    assert.deepEqual([immutable(ofType), ofType(POLICY).length], [4, 4]);
  });

  test('keep a locked policy, which Azure refuses to have written again', () => {
    const ofType = productionWith({ immutability: 'locked' });
    assert.deepEqual([immutable(ofType), ofType(POLICY).length], [4, 0]);
  });

  test('are none where the environment is torn down', () => {
    const ofType = productionWith({ immutability: 'none' });
    assert.deepEqual([immutable(ofType), ofType(POLICY).length], [0, 0]);
  });
});
