metadata description = 'What an environment has once, wherever its apps run: who they are, data, messages, files, secrets, the edge, and who watches.'

import { Contacts, Database, Edge, EndpointTarget, Environment, Identities, Immutability } from 'types.bicep'
import { Names } from 'naming.bicep'

@description('Required. Which environment.')
param environment Environment
@description('Required. Its names.')
param names Names
@description('Required. What makes the names of our own roles unique in the directory.')
param token string
@description('Required. The region of data.')
param location string
@description('Required. A region that data and messages are replicated to. Empty: none.')
param secondLocation string
@description('Required. The region that takes writes: one of the two.')
param primaryLocation string
@description('Required. Where the second copy of backups lies.')
param backupLocation string
@description('Required. Tags of every resource.')
param tags object
@description('Required. Data is reached through private endpoints only.')
param privateNetwork bool
@description('Required. Copies in several zones.')
param zoneRedundant bool
@description('Required. The database account.')
param database Database
@description('Required. Service Bus Premium instead of Standard.')
param premiumMessaging bool
@description('Required. Messaging units of Premium.')
@allowed([1, 2, 4, 8, 16])
param messagingUnits int
@description('Required. Whether anchors, the ledger of erasures and backups can be deleted or changed before their time.')
param immutability Immutability
@description('Required. Front Door.')
param edge Edge
@description('Required. Nobody can delete Key Vault for good before 90 days.')
param purgeProtection bool
@description('Required. Encrypt data at rest with a key of ours.')
param customerManagedKey bool
@description('Required. Keys in hardware modules.')
param hsm bool
@description('Required. Who hears of alerts, and where runbooks are read.')
param contacts Contacts
@description('Required. Where chat takes alerts. Empty: none.')
@secure()
param chatWebhook string
@description('Required. Where the pager takes alerts. Empty: none.')
@secure()
param pagerWebhook string

var messagingIsPrivate = privateNetwork && premiumMessaging
var blobZone = 'privatelink.blob.${az.environment().suffixes.storage}'

module identities 'identities.bicep' = {
  name: 'identities'
  params: {
    location: location
    tags: tags
    names: names.identity
  }
}

module monitoring 'monitoring.bicep' = {
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
}

module secrets 'secrets.bicep' = {
  name: 'secrets'
  params: {
    name: names.keyVault
    operationsName: names.operationsVault
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
  name: 'data'
  params: {
    name: names.database
    location: location
    secondLocation: secondLocation
    primaryLocation: primaryLocation
    tags: tags
    settings: database
    zoneRedundant: zoneRedundant
    isPrivate: privateNetwork
    encryption: secrets.outputs.encryption
    workspaceId: monitoring.outputs.workspaceId
  }
}

module messaging 'messaging.bicep' = {
  name: 'messaging'
  params: {
    name: names.messaging
    location: location
    secondLocation: secondLocation
    primaryLocation: primaryLocation
    tags: tags
    premium: premiumMessaging
    capacity: messagingUnits
    isPrivate: messagingIsPrivate
    encryption: secrets.outputs.encryption
    workspaceId: monitoring.outputs.workspaceId
  }
}

module storage 'storage.bicep' = {
  name: 'storage'
  params: {
    names: names.storage
    location: location
    backupLocation: backupLocation
    tags: tags
    isRedundant: zoneRedundant
    isPrivate: privateNetwork
    immutability: immutability
    encryption: secrets.outputs.encryption
    workspaceId: monitoring.outputs.workspaceId
  }
}

module front 'edge.bicep' = if (!empty(edge.profiles)) {
  name: 'edge'
  params: {
    name: names.frontDoor
    firewallName: names.firewall
    tags: tags
    settings: edge
    keyVaultName: secrets.outputs.operationsName
    workspaceId: monitoring.outputs.workspaceId
  }
}

module roles 'roles.bicep' = {
  name: 'roles'
  params: {
    identities: identities.outputs.identities
    suffix: '${environment} ${token}'
    databaseAccountName: data.outputs.name
    namespaceName: messaging.outputs.name
    vaultAccountName: storage.outputs.accounts.vault.name
    exchangeAccountName: storage.outputs.accounts.exchange.name
    keyVaultName: secrets.outputs.name
    insightsName: monitoring.outputs.insightsName
  }
}

module alerts 'alerts.bicep' = {
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

@description('Who the apps are.')
output identities Identities = identities.outputs.identities
@description('What each region reaches through private endpoints.')
output targets EndpointTarget[] = concat(
  [
    { name: 'database', id: data.outputs.id, group: 'Sql', zones: ['privatelink.documents.azure.com'] }
    { name: 'key-vault', id: secrets.outputs.id, group: 'vault', zones: ['privatelink.vaultcore.azure.net'] }
    {
      name: 'operations-vault'
      id: secrets.outputs.operationsId
      group: 'vault'
      zones: ['privatelink.vaultcore.azure.net']
    }
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
    ? [{ name: 'messaging', id: messaging.outputs.id, group: 'namespace', zones: ['privatelink.servicebus.windows.net'] }]
    : []
)
@description('Where the database is called.')
output databaseEndpoint string = data.outputs.endpoint
@description('The database.')
output databaseName string = data.outputs.database
@description('The host of Service Bus.')
output messagingHost string = messaging.outputs.host
@description('Where Key Vault is called.')
output keyVaultEndpoint string = secrets.outputs.endpoint
@description('Where people and the pipeline call the vault that no app reads.')
output operationsVaultEndpoint string = secrets.outputs.operationsEndpoint
@description('Its name.')
output operationsVaultName string = secrets.outputs.operationsName
@description('Where the vault account is called.')
output vaultBlobEndpoint string = storage.outputs.accounts.vault.blobEndpoint
@description('Where the exchange account is called.')
output exchangeBlobEndpoint string = storage.outputs.accounts.exchange.blobEndpoint
@description('Where telemetry goes.')
output insightsConnection string = monitoring.outputs.insightsConnection
@description('The workspace of logs and telemetry.')
output workspaceId string = monitoring.outputs.workspaceId
@description('Who is told of alerts.')
output actionGroupId string = monitoring.outputs.actionGroupId
@description('Ids of the Front Door profiles.')
output frontDoorIds string[] = empty(edge.profiles) ? [] : front!.outputs.frontDoorIds
@description('Names of the Front Door profiles.')
output profileNames string[] = empty(edge.profiles) ? [] : front!.outputs.profileNames
@description('The firewall policy; empty without Front Door.')
output firewallId string = empty(edge.profiles) ? '' : front!.outputs.firewallId
