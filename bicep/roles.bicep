metadata description = 'What each app may do: the rows of roles.json, each at the narrowest scope that Azure has for it.'

import { Identities } from 'types.bicep'

@description('Required. Who the apps are.')
param identities Identities
@description('Required. What makes the names of our own roles unique in the directory.')
param suffix string
@description('Required. Name of the database account.')
param databaseAccountName string
@description('Required. Name of the Service Bus namespace.')
param namespaceName string
@description('Required. Name of the vault account.')
param vaultAccountName string
@description('Required. Name of the exchange account.')
param exchangeAccountName string
@description('Required. Name of the Key Vault.')
param keyVaultName string
@description('Required. Name of Application Insights.')
param insightsName string

var table = loadJsonContent('roles.json')
var topology = loadJsonContent('../shared/topology.json')
var rows = table.assignments
var queueNames = toObject(topology.serviceBus.queues, queue => queue.key, queue => queue.name)
var topicNames = toObject(topology.serviceBus.topics, topic => topic.key, topic => topic.name)
var topicsByKey = toObject(topology.serviceBus.topics, topic => topic.key)
var builtIn = mapValues(table.builtIn, role => subscriptionResourceId('Microsoft.Authorization/roleDefinitions', role.id))
var custom = mapValues(
  table.custom,
  role => subscriptionResourceId('Microsoft.Authorization/roleDefinitions', guid(resourceGroup().id, role.name))
)
var roleIds = union(builtIn, custom)
var accountNames = { vault: vaultAccountName, exchange: exchangeAccountName }
var principals = {
  api: identities.api.principalId
  worker: identities.worker.principalId
  render: identities.render.principalId
}

resource definitions 'Microsoft.Authorization/roleDefinitions@2022-04-01' = [
  for role in items(table.custom): {
    name: guid(resourceGroup().id, role.value.name)
    properties: {
      roleName: 'Touchstone ${role.value.name} (${suffix})'
      description: role.value.description
      type: 'CustomRole'
      assignableScopes: [resourceGroup().id]
      permissions: [{ actions: role.value.actions, dataActions: role.value.dataActions }]
    }
  }
]

resource namespace 'Microsoft.ServiceBus/namespaces@2026-01-01' existing = {
  name: namespaceName
}

resource queues 'Microsoft.ServiceBus/namespaces/queues@2026-01-01' existing = [
  for row in rows.queues: {
    parent: namespace
    name: queueNames[row.queue]
  }
]

resource queueRoles 'Microsoft.Authorization/roleAssignments@2022-04-01' = [
  for (row, index) in rows.queues: {
    scope: queues[index]
    name: guid(queues[index].id, principals[row.app], row.role)
    properties: {
      principalId: principals[row.app]
      principalType: 'ServicePrincipal'
      roleDefinitionId: roleIds[row.role]
      description: row.reason
    }
  }
]

resource topics 'Microsoft.ServiceBus/namespaces/topics@2026-01-01' existing = [
  for row in rows.topics: {
    parent: namespace
    name: topicNames[row.topic]
  }
]

resource topicRoles 'Microsoft.Authorization/roleAssignments@2022-04-01' = [
  for (row, index) in rows.topics: {
    scope: topics[index]
    name: guid(topics[index].id, principals[row.app], row.role)
    properties: {
      principalId: principals[row.app]
      principalType: 'ServicePrincipal'
      roleDefinitionId: roleIds[row.role]
      description: row.reason
    }
  }
]

resource subscriptions 'Microsoft.ServiceBus/namespaces/topics/subscriptions@2026-01-01' existing = [
  for row in rows.subscriptions: {
    name: '${namespaceName}/${topicNames[row.topic]}/${first(filter(topicsByKey[row.topic].subscriptions, subscription => subscription.key == row.subscription))!.name}'
  }
]

resource subscriptionRoles 'Microsoft.Authorization/roleAssignments@2022-04-01' = [
  for (row, index) in rows.subscriptions: {
    scope: subscriptions[index]
    name: guid(subscriptions[index].id, principals[row.app], row.role)
    properties: {
      principalId: principals[row.app]
      principalType: 'ServicePrincipal'
      roleDefinitionId: roleIds[row.role]
      description: row.reason
    }
  }
]

resource namespaceRoles 'Microsoft.Authorization/roleAssignments@2022-04-01' = [
  for row in rows.namespace: {
    scope: namespace
    name: guid(namespace.id, principals[row.app], row.role)
    properties: {
      principalId: principals[row.app]
      principalType: 'ServicePrincipal'
      roleDefinitionId: roleIds[row.role]
      description: row.reason
    }
    dependsOn: [definitions]
  }
]

resource containers 'Microsoft.Storage/storageAccounts/blobServices/containers@2025-08-01' existing = [
  for row in rows.blobs: {
    name: '${accountNames[row.account]}/default/${row.container}'
  }
]

resource blobRoles 'Microsoft.Authorization/roleAssignments@2022-04-01' = [
  for (row, index) in rows.blobs: {
    scope: containers[index]
    name: guid(containers[index].id, principals[row.app], row.role)
    properties: {
      principalId: principals[row.app]
      principalType: 'ServicePrincipal'
      roleDefinitionId: roleIds[row.role]
      description: row.reason
    }
    dependsOn: [definitions]
  }
]

resource accounts 'Microsoft.Storage/storageAccounts@2025-08-01' existing = [
  for row in rows.accounts: {
    name: accountNames[row.account]
  }
]

resource accountRoles 'Microsoft.Authorization/roleAssignments@2022-04-01' = [
  for (row, index) in rows.accounts: {
    scope: accounts[index]
    name: guid(accounts[index].id, principals[row.app], row.role)
    properties: {
      principalId: principals[row.app]
      principalType: 'ServicePrincipal'
      roleDefinitionId: roleIds[row.role]
      description: row.reason
    }
    dependsOn: [definitions]
  }
]

resource keyVault 'Microsoft.KeyVault/vaults@2025-05-01' existing = {
  name: keyVaultName
}

resource keys 'Microsoft.KeyVault/vaults/keys@2025-05-01' existing = [
  for row in rows.keys: {
    parent: keyVault
    name: row.key
  }
]

resource keyRoles 'Microsoft.Authorization/roleAssignments@2022-04-01' = [
  for (row, index) in rows.keys: {
    scope: keys[index]
    name: guid(keys[index].id, principals[row.app], row.role)
    properties: {
      principalId: principals[row.app]
      principalType: 'ServicePrincipal'
      roleDefinitionId: roleIds[row.role]
      description: row.reason
    }
    dependsOn: [definitions]
  }
]

// At the vault: webhooks come and go at run time, and each has a secret of its own.
resource secretRoles 'Microsoft.Authorization/roleAssignments@2022-04-01' = [
  for row in rows.secrets: {
    scope: keyVault
    name: guid(keyVault.id, principals[row.app], row.role)
    properties: {
      principalId: principals[row.app]
      principalType: 'ServicePrincipal'
      roleDefinitionId: roleIds[row.role]
      description: row.reason
    }
    dependsOn: [definitions]
  }
]

resource insights 'Microsoft.Insights/components@2020-02-02' existing = {
  name: insightsName
}

resource telemetryRoles 'Microsoft.Authorization/roleAssignments@2022-04-01' = [
  for row in rows.telemetry: {
    scope: insights
    name: guid(insights.id, principals[row.app], row.role)
    properties: {
      principalId: principals[row.app]
      principalType: 'ServicePrincipal'
      roleDefinitionId: roleIds[row.role]
      description: row.reason
    }
  }
]

module database 'database-roles.bicep' = {
  name: 'database-roles'
  params: {
    accountName: databaseAccountName
    principals: principals
  }
}
