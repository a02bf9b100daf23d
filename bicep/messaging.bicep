metadata description = 'Service Bus: queues, topics, subscriptions and their rules, all of shared/topology.json.'

import { Encryption } from 'types.bicep'

@description('Required. Name of the namespace.')
param name string
@description('Required. Where it is.')
param location string
@description('Required. A region that messages are replicated to. Premium only. Empty: none.')
param secondLocation string
@description('Required. The region that takes writes: one of the two.')
param primaryLocation string
@description('Required. Tags of every resource.')
param tags object
@description('Required. Premium has private endpoints and zones; Standard is paid by the message.')
param premium bool
@description('Required. Messaging units of Premium.')
@allowed([1, 2, 4, 8, 16])
param capacity int
@description('Required. Whether it is reachable through private endpoints only; needs Premium.')
param isPrivate bool
@description('Required. The key that encrypts it; needs Premium.')
param encryption Encryption
@description('Required. Where its logs go.')
param workspaceId string

var topology = loadJsonContent('../shared/topology.json').serviceBus
var usesOwnKey = premium && encryption != null

resource namespace 'Microsoft.ServiceBus/namespaces@2026-01-01' = {
  name: name
  location: location
  tags: tags
  sku: premium ? { name: 'Premium', tier: 'Premium', capacity: capacity } : { name: 'Standard', tier: 'Standard' }
  identity: usesOwnKey
    ? { type: 'UserAssigned', userAssignedIdentities: { '${encryption!.identityId}': {} } }
    : { type: 'None' }
  properties: {
    disableLocalAuth: true
    minimumTlsVersion: '1.2'
    publicNetworkAccess: premium && isPrivate ? 'Disabled' : 'Enabled'
    premiumMessagingPartitions: premium ? 1 : null
    geoDataReplication: premium && !empty(secondLocation)
      ? {
          maxReplicationLagDurationInSeconds: 300
          locations: [
            { locationName: location, roleType: location == primaryLocation ? 'Primary' : 'Secondary' }
            { locationName: secondLocation, roleType: secondLocation == primaryLocation ? 'Primary' : 'Secondary' }
          ]
        }
      : null
    encryption: usesOwnKey
      ? {
          keySource: 'Microsoft.KeyVault'
          keyVaultProperties: [
            {
              keyVaultUri: encryption!.vaultUri
              keyName: encryption!.keyName
              identity: { userAssignedIdentity: encryption!.identityId }
            }
          ]
        }
      : null
  }
}

resource queues 'Microsoft.ServiceBus/namespaces/queues@2026-01-01' = [
  for queue in topology.queues: {
    parent: namespace
    name: queue.name
    properties: {
      maxDeliveryCount: queue.maxDeliveryCount
      lockDuration: 'PT${queue.lockSeconds}S'
      requiresSession: queue.requiresSession
      requiresDuplicateDetection: queue.?duplicateDetectionSeconds != null
      duplicateDetectionHistoryTimeWindow: queue.?duplicateDetectionSeconds == null
        ? null
        : 'PT${queue.duplicateDetectionSeconds}S'
      defaultMessageTimeToLive: queue.?defaultTtlSeconds == null ? null : 'PT${queue.?defaultTtlSeconds}S'
      deadLetteringOnMessageExpiration: queue.?deadLetterOnExpiry ?? false
      forwardTo: queue.?forwardTo
      forwardDeadLetteredMessagesTo: queue.?forwardDeadLettersTo
    }
  }
]

module topics 'topic.bicep' = [
  for topic in topology.topics: {
    name: 'topic-${topic.name}'
    params: {
      namespaceName: namespace.name
      topic: topic
    }
  }
]

resource logs 'Microsoft.Insights/diagnosticSettings@2021-05-01-preview' = {
  scope: namespace
  name: 'to-workspace'
  properties: {
    workspaceId: workspaceId
    logAnalyticsDestinationType: 'Dedicated'
    logs: [{ categoryGroup: 'allLogs', enabled: true }]
    metrics: [{ category: 'AllMetrics', enabled: true }]
  }
}

@description('The namespace.')
output id string = namespace.id
@description('Its name, for role assignments.')
output name string = namespace.name
@description('The host that apps connect to.')
output host string = replace(replace(namespace.properties.serviceBusEndpoint, 'https://', ''), ':443/', '')
