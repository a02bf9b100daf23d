metadata description = 'Touchstone in Azure: one environment, whole. Everything that differs between dev, stage and prod is a parameter.'

targetScope = 'subscription'

import { Contacts, Database, Edge, Environment, Ownership, People, Scales } from 'types.bicep'
import { namesOf, regionNamesOf } from 'naming.bicep'

@description('Required. Which environment.')
param environment Environment
@description('Required. The region of data and apps.')
param location string = deployment().location
@description('Optional. A second region: apps there too, the database and messages replicated, Front Door fails over. Empty: none.')
param secondLocation string = ''
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
@description('Optional. A DDoS protection plan for the networks.')
param ddosProtection bool = false
@description('Optional. Defender plans for the subscription.')
param defender bool = false
@description('Optional. Nobody can delete Key Vault for good before 90 days. Cannot be taken back.')
param purgeProtection bool = false
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
@description('Required. Amount of the month\'s budget.')
param budget int
@description('Required. The first day of the month in which the budget starts; it cannot be changed later.')
param budgetStart string
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
var regions = empty(secondLocation) ? first : concat(first, second)
var tags = {
  environment: environment
  owner: ownership.owner
  costCentre: ownership.costCentre
  project: 'touchstone'
}
var messagingIsPrivate = privateNetwork && premiumMessaging
var blobZone = 'privatelink.blob.${az.environment().suffixes.storage}'

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

module identities 'identities.bicep' = {
  scope: group
  name: 'identities'
  params: {
    location: location
    tags: tags
    names: names.identity
  }
  dependsOn: [groups]
}

module monitoring 'monitoring.bicep' = {
  scope: group
  name: 'monitoring'
  params: {
    workspaceName: names.workspace
    insightsName: names.insights
    privateLinkScopeName: names.privateLinkScope
    actionGroupName: names.actionGroup
    workbookName: names.workbook
    location: location
    tags: tags
    isPrivate: privateNetwork
    contacts: contacts
    chatWebhook: chatWebhook
    pagerWebhook: pagerWebhook
  }
  dependsOn: [groups]
}

module secrets 'secrets.bicep' = {
  scope: group
  name: 'secrets'
  params: {
    name: names.keyVault
    location: location
    tags: tags
    encryptionIdentityName: names.identity.encryption
    useHsm: hsm
    purgeProtection: purgeProtection
    customerManagedKey: customerManagedKey
    isPrivate: privateNetwork
    workspaceId: monitoring.outputs.workspaceId
  }
}

module data 'data.bicep' = {
  scope: group
  name: 'data'
  params: {
    name: names.database
    location: location
    secondLocation: secondLocation
    tags: tags
    settings: database
    zoneRedundant: zoneRedundant
    isPrivate: privateNetwork
    encryption: secrets.outputs.encryption
    workspaceId: monitoring.outputs.workspaceId
  }
}

module messaging 'messaging.bicep' = {
  scope: group
  name: 'messaging'
  params: {
    name: names.messaging
    location: location
    secondLocation: secondLocation
    tags: tags
    premium: premiumMessaging
    capacity: messagingUnits
    isPrivate: messagingIsPrivate
    encryption: secrets.outputs.encryption
    workspaceId: monitoring.outputs.workspaceId
  }
}

module storage 'storage.bicep' = {
  scope: group
  name: 'storage'
  params: {
    names: names.storage
    location: location
    backupLocation: backupLocation
    tags: tags
    isRedundant: zoneRedundant
    isPrivate: privateNetwork
    encryption: secrets.outputs.encryption
    workspaceId: monitoring.outputs.workspaceId
  }
}

module front 'edge.bicep' = if (!empty(edge.profiles)) {
  scope: group
  name: 'edge'
  params: {
    name: names.frontDoor
    firewallName: names.firewall
    tags: tags
    settings: edge
    keyVaultName: secrets.outputs.name
    workspaceId: monitoring.outputs.workspaceId
  }
}

module stamps 'region.bicep' = [
  for (region, index) in regions: {
    scope: resourceGroup(region.names.group)
    name: 'region-${region.location}'
    params: {
      names: region.names
      location: region.location
      tags: tags
      identities: identities.outputs.identities
      scales: scales
      withCanary: canary && index == 0
      zoneRedundant: zoneRedundant
      isPrivate: privateNetwork
      addresses: region.addresses
      ddosProtection: ddosProtection
      targets: concat(
        [
          { name: 'database', id: data.outputs.id, group: 'Sql', zones: ['privatelink.documents.azure.com'] }
          { name: 'key-vault', id: secrets.outputs.id, group: 'vault', zones: ['privatelink.vaultcore.azure.net'] }
          { name: 'vault', id: storage.outputs.accounts.vault.id, group: 'blob', zones: [blobZone] }
          { name: 'exchange', id: storage.outputs.accounts.exchange.id, group: 'blob', zones: [blobZone] }
          { name: 'backup', id: storage.outputs.accounts.backup.id, group: 'blob', zones: [blobZone] }
          {
            name: 'telemetry'
            id: monitoring.outputs.privateLinkScopeId
            group: 'azuremonitor'
            zones: [
              'privatelink.monitor.azure.com'
              'privatelink.oms.opinsights.azure.com'
              'privatelink.ods.opinsights.azure.com'
              'privatelink.agentsvc.azure-automation.net'
              blobZone
            ]
          }
        ],
        messagingIsPrivate
          ? [
              {
                name: 'messaging'
                id: messaging.outputs.id
                group: 'namespace'
                zones: ['privatelink.servicebus.windows.net']
              }
            ]
          : []
      )
      frontDoorIds: empty(edge.profiles) ? [] : front!.outputs.frontDoorIds
      deploymentAddresses: deploymentAddresses
      baseDomain: baseDomain
      databaseEndpoint: data.outputs.endpoint
      databaseName: data.outputs.database
      messagingHost: messaging.outputs.host
      keyVaultEndpoint: secrets.outputs.endpoint
      vaultBlobEndpoint: storage.outputs.accounts.vault.blobEndpoint
      insightsConnection: monitoring.outputs.insightsConnection
      workspaceId: monitoring.outputs.workspaceId
    }
    dependsOn: [groups]
  }
]

module roles 'roles.bicep' = {
  scope: group
  name: 'roles'
  params: {
    identities: identities.outputs.identities
    suffix: '${environment} ${token}'
    databaseAccountName: data.outputs.name
    namespaceName: messaging.outputs.name
    vaultAccountName: storage.outputs.accounts.vault.name
    keyVaultName: secrets.outputs.name
    insightsName: monitoring.outputs.insightsName
  }
}

module hostRoles 'host-roles.bicep' = [
  for (region, index) in regions: {
    scope: resourceGroup(region.names.group)
    name: 'host-roles-${region.location}'
    params: {
      identities: identities.outputs.identities
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
      profileName: front!.outputs.profileNames[index]
      tags: tags
      domains: domains
      wildcardCertificate: edge.wildcardCertificate
      keyVaultName: secrets.outputs.name
      origins: concat(
        [{ name: 'api', host: stamps[0].outputs.apiHost, priority: 1, weight: canary ? 1000 - canaryWeight : 1000 }],
        canary ? [{ name: 'canary', host: stamps[0].outputs.canaryHost, priority: 1, weight: canaryWeight }] : [],
        empty(secondLocation)
          ? []
          : [{ name: 'second-region', host: stamps[length(regions) - 1].outputs.apiHost, priority: 2, weight: 1000 }]
      )
      firewallId: front!.outputs.firewallId
    }
  }
]

module alerts 'alerts.bicep' = {
  scope: group
  name: 'alerts'
  params: {
    location: location
    tags: tags
    workspaceId: monitoring.outputs.workspaceId
    watched: { database: data.outputs.id, messaging: messaging.outputs.id }
    actionGroupId: monitoring.outputs.actionGroupId
    runbooks: contacts.runbooks
  }
}

module spending 'budget.bicep' = [
  for region in regions: {
    scope: resourceGroup(region.names.group)
    name: 'budget-${region.location}'
    params: {
      name: names.budget
      amount: budget
      startDate: budgetStart
      actionGroupId: monitoring.outputs.actionGroupId
      emails: contacts.emails
    }
    dependsOn: [groups]
  }
]

module policies 'policy.bicep' = [
  for region in regions: {
    scope: resourceGroup(region.names.group)
    name: 'policy-${region.location}'
    params: { locations: union(map(regions, one => one.location), [backupLocation]) }
    dependsOn: [groups]
  }
]

module rights 'people.bicep' = [
  for region in regions: {
    scope: resourceGroup(region.names.group)
    name: 'people-${region.location}'
    params: { people: people, suffix: region.names.group }
    dependsOn: [groups]
  }
]

module plans 'defender.bicep' = if (defender) {
  name: 'defender'
}

@description('The group of data and of the first region\'s apps.')
output resourceGroupName string = names.group
@description('Groups of all regions, first the first.')
output resourceGroupNames string[] = map(regions, region => region.names.group)
@description('Names of the apps by region: api, canary, worker, render.')
output appNames object[] = [for index in range(0, length(regions)): stamps[index].outputs.appNames]
@description('The domain below which each tenant has its own host.')
output baseDomain string = baseDomain
@description('Names of the Front Door profiles.')
output frontDoorProfiles string[] = empty(edge.profiles) ? [] : front!.outputs.profileNames
@description('Where the api answers by itself; closed to all but Front Door where there is one.')
output apiHost string = stamps[0].outputs.apiHost
@description('Hosts of the Front Door profiles; domains point to them with a CNAME.')
output frontDoorHosts string[] = [for index in range(0, length(edge.profiles)): routes[index].outputs.host]
@description('Addresses from which webhooks and mails come, by region; empty without a network of our own.')
output outgoingAddresses string[] = [for index in range(0, length(regions)): stamps[index].outputs.outgoingAddress]
@description('The database account.')
output databaseEndpoint string = data.outputs.endpoint
@description('The Service Bus namespace.')
output messagingHost string = messaging.outputs.host
@description('The Key Vault.')
output keyVaultEndpoint string = secrets.outputs.endpoint
@description('Where artifacts are.')
output vaultBlobEndpoint string = storage.outputs.accounts.vault.blobEndpoint
@description('The workspace of logs and telemetry.')
output workspaceId string = monitoring.outputs.workspaceId
