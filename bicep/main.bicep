metadata description = 'Touchstone in Azure: one environment, whole. Everything that differs between dev, stage and prod is a parameter.'

targetScope = 'subscription'

import { Contacts, Database, Edge, Environment, Immutability, Mail, Ownership, People, Scales } from 'types.bicep'
import { namesOf, regionNamesOf } from 'naming.bicep'

@description('Required. Which environment.')
param environment Environment
@description('Required. The region of data and apps.')
param location string = deployment().location
@description('Optional. A second region: apps there too, the database and messages replicated, Front Door fails over. Empty: none.')
param secondLocation string = ''
@description('Optional. The region that takes writes. After a failover the second, so that a deployment does not move database and messages back. Empty: the first.')
param primaryLocation string = ''
@description('Required. Another region, where the second copy of backups lies.')
param backupLocation string
@description('Required. Who answers and who pays.')
param ownership Ownership
@description('Required. The domain below which each tenant has its own host, such as app.example.com.')
param baseDomain string
@description('Required. Data and apps are reached through private endpoints; needs Front Door before the api.')
param privateNetwork bool
@description('Required. Copies in several zones: apps, database, storage.')
param zoneRedundant bool
@description('Required. The database account.')
param database Database
@description('Required. Service Bus Premium instead of Standard.')
param premiumMessaging bool
@description('Optional. Messaging units of Premium.')
@allowed([1, 2, 4, 8, 16])
param messagingUnits int = 1
@description('Required. How the apps scale.')
param scales Scales
@description('Required. Who takes our mail.')
param mail Mail
@description('Required. Front Door.')
param edge Edge
@description('Optional. A second api app in the first region for new versions.')
param canary bool = false
@description('Optional. Of 1000 requests, how many the canary takes. The pipeline turns it up and down.')
@minValue(1)
@maxValue(999)
param canaryWeight int = 1
@description('Optional. Addresses that may deploy to closed apps: those of the pipeline\'s own runners.')
param deploymentAddresses string[] = []
@description('Optional. Ids of the networks that the pipeline\'s own runners stand in: peered with the first region\'s, and they find its private names.')
param runnerNetworks string[] = []
@description('Optional. A DDoS protection plan for the networks.')
param ddosProtection bool = false
@description('Optional. Defender plans for the subscription.')
param defender bool = false
@description('Optional. Nobody can delete Key Vault for good before 90 days. Cannot be taken back.')
param purgeProtection bool = false
@description('Optional. Whether anchors, the ledger of erasures and backups can be deleted or changed before their time. Unless none, their accounts cannot be torn down meanwhile.')
param immutability Immutability = 'none'
@description('Optional. Encrypt data at rest with a key of ours. Needs purge protection.')
param customerManagedKey bool = false
@description('Optional. Keys in hardware modules.')
param hsm bool = false
@description('Required. Who hears of alerts, and where runbooks are read.')
param contacts Contacts
@description('Optional. Where chat takes alerts.')
@secure()
param chatWebhook string = ''
@description('Optional. Where the pager takes alerts.')
@secure()
param pagerWebhook string = ''
@description('Required. Amount of the month\'s budget, of all groups together.')
param budget int
@description('Optional. The part of it for the group of the second region: apps and network alone, since data is paid in the first. Needed with a second region.')
param budgetOfSecondRegion int = 0
@description('Optional. The first day of the month in which the budget started: Azure refuses to change it. Empty: this month, for a new environment.')
param budgetStart string = ''
@description('Optional. This month; not to be given.')
param thisMonth string = utcNow('yyyy-MM-01')
@description('Required. Groups of people.')
param people People
@description('Optional. The name that azd has for this environment.')
param azdEnvironment string = environment

var token = take(uniqueString(subscription().id, environment, location), 8)
var names = namesOf(environment, token)
var secondToken = take(uniqueString(subscription().id, environment, secondLocation), 8)
var first = [{ location: location, addresses: '10.20.0.0/24', names: regionNamesOf(environment, token, location, true) }]
var second = [
  { location: secondLocation, addresses: '10.20.1.0/24', names: regionNamesOf(environment, secondToken, secondLocation, false) }
]
// A backup or a second region in the first region would go down with it.
var regions = location == backupLocation || location == secondLocation
  ? fail('AZURE_LOCATION (${location}) must differ from backupLocation (${backupLocation}) and secondLocation (${secondLocation})')
  : empty(secondLocation) ? first : concat(first, second)
var locations = map(regions, region => region.location)
var primary = empty(primaryLocation)
  ? location
  : contains(locations, primaryLocation) ? primaryLocation : fail('primaryLocation (${primaryLocation}) is none of the regions: ${join(locations, ', ')}')
var firstLeads = primary == location
var tags = {
  environment: environment
  owner: ownership.owner
  costCentre: ownership.costCentre
  project: 'touchstone'
}

resource groups 'Microsoft.Resources/resourceGroups@2025-04-01' = [
  for (region, index) in regions: {
    name: region.names.group
    location: region.location
    // azd knows an environment by one group.
    tags: index == 0 ? union(tags, { 'azd-env-name': azdEnvironment }) : tags
  }
]

resource group 'Microsoft.Resources/resourceGroups@2025-04-01' existing = {
  name: names.group
}

module platform 'platform.bicep' = {
  scope: group
  name: 'platform'
  params: {
    environment: environment
    names: names
    token: token
    location: location
    secondLocation: secondLocation
    primaryLocation: primary
    backupLocation: backupLocation
    tags: tags
    privateNetwork: privateNetwork
    zoneRedundant: zoneRedundant
    database: database
    premiumMessaging: premiumMessaging
    messagingUnits: messagingUnits
    edge: edge
    immutability: immutability
    purgeProtection: purgeProtection
    customerManagedKey: customerManagedKey
    hsm: hsm
    contacts: contacts
    chatWebhook: chatWebhook
    pagerWebhook: pagerWebhook
  }
  dependsOn: [groups]
}

// One after the other: both make private endpoints to the same accounts, which take one at a time (hashicorp/terraform-provider-azurerm#14364).
@batchSize(1)
module stamps 'region.bicep' = [
  for (region, index) in regions: {
    scope: resourceGroup(region.names.group)
    name: 'region-${region.location}'
    params: {
      names: region.names
      location: region.location
      tags: tags
      identities: platform.outputs.identities
      scales: scales
      mail: mail
      withCanary: canary && index == 0
      zoneRedundant: zoneRedundant
      isPrivate: privateNetwork
      addresses: region.addresses
      ddosProtection: ddosProtection
      targets: platform.outputs.targets
      frontDoorIds: platform.outputs.frontDoorIds
      deploymentAddresses: deploymentAddresses
      // A network can be linked to one zone of a name only, and each region has zones of its own.
      runnerNetworks: index == 0 ? runnerNetworks : []
      baseDomain: baseDomain
      // Apps of both regions serve the same data, so they have one name for tenants.
      dataRegion: location
      databaseEndpoint: platform.outputs.databaseEndpoint
      databaseName: platform.outputs.databaseName
      messagingHost: platform.outputs.messagingHost
      keyVaultEndpoint: platform.outputs.keyVaultEndpoint
      operationsVaultEndpoint: platform.outputs.operationsVaultEndpoint
      vaultBlobEndpoint: platform.outputs.vaultBlobEndpoint
      exchangeBlobEndpoint: platform.outputs.exchangeBlobEndpoint
      insightsConnection: platform.outputs.insightsConnection
      workspaceId: platform.outputs.workspaceId
    }
    // The platform resolves the mail's password when worker is made, and then once a day: its role comes first.
    dependsOn: [groups, mailRole]
  }
]

module hostRoles 'host-roles.bicep' = [
  for (region, index) in regions: {
    scope: resourceGroup(region.names.group)
    name: 'host-roles-${region.location}'
    params: {
      identities: platform.outputs.identities
      hostStorage: region.names.hostStorage
      withCanary: canary && index == 0
    }
    dependsOn: [stamps[index]]
  }
]

module routes 'edge-routes.bicep' = [
  for (domains, index) in edge.profiles: {
    scope: group
    name: 'edge-routes-${index}'
    params: {
      profileName: platform.outputs.profileNames[index]
      tags: tags
      domains: domains
      wildcardCertificate: edge.wildcardCertificate
      keyVaultName: platform.outputs.operationsVaultName
      origins: concat(
        [{ name: 'api', host: stamps[0].outputs.apiHost, priority: firstLeads ? 1 : 2, weight: canary ? 1000 - canaryWeight : 1000 }],
        canary ? [{ name: 'canary', host: stamps[0].outputs.canaryHost, priority: firstLeads ? 1 : 2, weight: canaryWeight }] : [],
        empty(secondLocation)
          ? []
          : [{ name: 'second-region', host: stamps[length(regions) - 1].outputs.apiHost, priority: firstLeads ? 2 : 1, weight: 1000 }]
      )
      firewallId: platform.outputs.firewallId
    }
  }
]

module mailRole 'mail-role.bicep' = if (!empty(mail.host) && !empty(mail.user)) {
  scope: group
  name: 'mail-role'
  params: {
    keyVaultName: platform.outputs.operationsVaultName
    principalId: platform.outputs.identities.worker.principalId
  }
}

module governance 'governance.bicep' = [
  for (region, index) in regions: {
    scope: resourceGroup(region.names.group)
    name: 'governance-${region.location}'
    params: {
      budgetName: names.budget
      amount: index == 0 ? budget - (empty(secondLocation) ? 0 : budgetOfSecondRegion) : budgetOfSecondRegion
      startDate: empty(budgetStart) ? thisMonth : budgetStart
      actionGroupId: platform.outputs.actionGroupId
      emails: contacts.emails
      isPrivate: privateNetwork
      // Azure takes only what lies in the group of the policy.
      openStorageIds: index == 0 ? ['${subscription().id}/resourceGroups/${names.group}/providers/Microsoft.Storage/storageAccounts/${names.storage.exchange}'] : []
      locations: union(locations, [backupLocation])
      people: people
    }
    dependsOn: [groups]
  }
]

module activity 'activity-log.bicep' = {
  name: 'activity-log-${environment}-${location}'
  params: { name: 'touchstone-${environment}', workspaceId: platform.outputs.workspaceId }
}

module plans 'defender.bicep' = if (defender) {
  name: 'defender-${location}'
}

@description('The group of data and of the first region\'s apps.')
output resourceGroupName string = names.group
@description('Groups of all regions, first the first.')
output resourceGroupNames string[] = map(regions, region => region.names.group)
@description('Names of the apps by region: api, canary, worker, render.')
output appNames object[] = [for index in range(0, length(regions)): stamps[index].outputs.appNames]
@description('The domain below which each tenant has its own host.')
output baseDomain string = baseDomain
@description('What tenants call this deployment: the region where their data lies.')
output dataRegion string = location
@description('Names of the Front Door profiles.')
output frontDoorProfiles string[] = empty(edge.profiles) ? [] : platform.outputs.profileNames
@description('Where the api answers by itself; closed to all but Front Door where there is one.')
output apiHost string = stamps[0].outputs.apiHost
@description('Hosts of the Front Door profiles; domains point to them with a CNAME.')
output frontDoorHosts string[] = [for index in range(0, length(edge.profiles)): routes[index].outputs.host]
@description('Addresses from which webhooks and mails come, by region; empty without a network of our own.')
output outgoingAddresses string[] = [for index in range(0, length(regions)): stamps[index].outputs.outgoingAddress]
@description('The database account.')
output databaseEndpoint string = platform.outputs.databaseEndpoint
@description('The Service Bus namespace.')
output messagingHost string = platform.outputs.messagingHost
@description('The apps\' Key Vault.')
output keyVaultEndpoint string = platform.outputs.keyVaultEndpoint
@description('The Key Vault of certificates and of the smoke test\'s passphrase, which no app reads.')
output operationsVaultEndpoint string = platform.outputs.operationsVaultEndpoint
@description('Where artifacts are.')
output vaultBlobEndpoint string = platform.outputs.vaultBlobEndpoint
@description('Data that no stranger reaches: what it is, and where it is called. None without a network of our own.')
output closedEndpoints { kind: string, address: string }[] = concat(
  privateNetwork
    ? [
        { kind: 'database', address: platform.outputs.databaseEndpoint }
        { kind: 'vault', address: platform.outputs.keyVaultEndpoint }
        { kind: 'vault', address: platform.outputs.operationsVaultEndpoint }
        { kind: 'blobs', address: platform.outputs.vaultBlobEndpoint }
      ]
    : [],
  privateNetwork && premiumMessaging ? [{ kind: 'messages', address: 'https://${platform.outputs.messagingHost}/' }] : []
)
@description('Where the exchange account is called.')
output exchangeBlobEndpoint string = platform.outputs.exchangeBlobEndpoint
@description('The workspace of logs and telemetry.')
output workspaceId string = platform.outputs.workspaceId
