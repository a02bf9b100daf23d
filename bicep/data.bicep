metadata description = 'Cosmos DB: one account, one database, and the containers of shared/topology.json with their keys, indexes and times to live.'

import { Database, Encryption } from 'types.bicep'

@description('Required. Name of the account.')
param name string
@description('Required. The region that it was made in.')
param location string
@description('Required. A region that takes over when the first is lost. Empty: none.')
param secondLocation string
@description('Required. The region that takes writes: one of the two.')
param primaryLocation string
@description('Required. Tags of every resource.')
param tags object
@description('Required. How the account is paid, how far it grows and how far back it can be restored.')
param settings Database
@description('Required. Whether replicas stand in several zones of a region.')
param zoneRedundant bool
@description('Required. Whether the account is reachable through private endpoints only.')
param isPrivate bool
@description('Required. The key that encrypts it.')
param encryption Encryption
@description('Required. Where its logs go.')
param workspaceId string

var topology = loadJsonContent('../shared/topology.json').cosmos
var locations = empty(secondLocation) ? [location] : [location, secondLocation]
// The least that Azure takes: 5 seconds in one region, 300 seconds and 100,000 writes in several.
var staleness = length(locations) == 1 ? { prefix: 100, seconds: 5 } : { prefix: 100000, seconds: 300 }

resource account 'Microsoft.DocumentDB/databaseAccounts@2025-10-15' = {
  name: name
  location: location
  tags: tags
  kind: 'GlobalDocumentDB'
  identity: encryption == null
    ? { type: 'None' }
    : { type: 'UserAssigned', userAssignedIdentities: { '${encryption!.identityId}': {} } }
  properties: {
    databaseAccountOfferType: 'Standard'
    capabilities: settings.serverless ? [{ name: 'EnableServerless' }] : []
    consistencyPolicy: {
      defaultConsistencyLevel: 'BoundedStaleness'
      maxStalenessPrefix: staleness.prefix
      maxIntervalInSeconds: staleness.seconds
    }
    locations: [
      for region in locations: {
        locationName: region
        failoverPriority: region == primaryLocation ? 0 : 1
        isZoneRedundant: zoneRedundant
      }
    ]
    enableMultipleWriteLocations: false
    enableAutomaticFailover: length(locations) > 1
    backupPolicy: {
      type: 'Continuous'
      continuousModeProperties: {
        tier: settings.continuousBackupDays == 30 ? 'Continuous30Days' : 'Continuous7Days'
      }
    }
    disableLocalAuth: true
    disableKeyBasedMetadataWriteAccess: true
    minimalTlsVersion: 'Tls12'
    publicNetworkAccess: isPrivate ? 'Disabled' : 'Enabled'
    networkAclBypass: 'None'
    keyVaultKeyUri: encryption.?keyUri
    defaultIdentity: encryption == null ? null : 'UserAssignedIdentity=${encryption!.identityId}'
  }
}

resource database 'Microsoft.DocumentDB/databaseAccounts/sqlDatabases@2025-10-15' = {
  parent: account
  name: topology.database
  tags: tags
  properties: {
    resource: { id: topology.database }
    options: settings.serverless ? {} : { autoscaleSettings: { maxThroughput: settings.maximumRequestUnits } }
  }
}

resource containers 'Microsoft.DocumentDB/databaseAccounts/sqlDatabases/containers@2025-10-15' = [
  for container in topology.containers: {
    parent: database
    name: container.name
    tags: tags
    properties: {
      resource: {
        id: container.name
        partitionKey: {
          paths: container.partitionKey
          kind: length(container.partitionKey) > 1 ? 'MultiHash' : 'Hash'
          version: 2
        }
        defaultTtl: container.defaultTtlSeconds
        indexingPolicy: {
          indexingMode: 'consistent'
          automatic: true
          includedPaths: map(container.indexing.included, path => { path: path })
          excludedPaths: map(container.indexing.excluded, path => { path: path })
          // A path stands alone or with its order, as the local database reads them.
          compositeIndexes: map(container.indexing.composite, paths => map(
            paths,
            path => contains(string(path), '{') ? path : { path: path, order: 'ascending' }
          ))
        }
        uniqueKeyPolicy: { uniqueKeys: map(container.?uniqueKeys ?? [], paths => { paths: paths }) }
      }
    }
  }
]

resource logs 'Microsoft.Insights/diagnosticSettings@2021-05-01-preview' = {
  scope: account
  name: 'to-workspace'
  properties: {
    workspaceId: workspaceId
    logAnalyticsDestinationType: 'Dedicated'
    logs: [
      { category: 'DataPlaneRequests', enabled: true }
      { category: 'ControlPlaneRequests', enabled: true }
      { category: 'PartitionKeyStatistics', enabled: true }
      { category: 'PartitionKeyRUConsumption', enabled: true }
    ]
    metrics: [{ category: 'Requests', enabled: true }]
  }
}

@description('The account.')
output id string = account.id
@description('Its name, for role assignments.')
output name string = account.name
@description('Where the apps call it.')
output endpoint string = account.properties.documentEndpoint
@description('The database of the apps.')
output database string = database.name
