metadata description = 'One storage account: no keys, no anonymous access, TLS 1.2, soft delete of 14 days, its containers and its lifecycle.'

import { Encryption } from 'types.bicep'

@description('Required. Name of the account.')
@maxLength(24)
param name string
@description('Required. Where it is.')
param location string
@description('Required. Tags of every resource.')
param tags object
@description('Required. Copies: Standard_LRS in one place, ZRS over zones, RAGZRS over zones and a second region.')
@allowed(['Standard_LRS', 'Standard_ZRS', 'Standard_RAGRS', 'Standard_RAGZRS'])
param sku string
@description('Required. Whether it is reachable through private endpoints only.')
param isPrivate bool
@description('Required. Names of its blob containers.')
param containers string[]
@description('Optional. Days for which blobs of a container can be neither changed nor deleted, by container.')
param immutableDays object = {}
@description('Optional. The policies of immutable containers are locked: Azure refuses to write such a policy again, so it is left as it is.')
param immutabilityIsLocked bool = false
@description('Optional. Keep what is overwritten or deleted as versions.')
param versioning bool = false
@description('Optional. Days after which a blob is deleted, as a backstop. 0: never.')
param deleteAfterDays int = 0
@description('Optional. Days after which older versions are deleted. 0: never.')
param deleteVersionsAfterDays int = 0
@description('Optional. The key that encrypts it.')
param encryption Encryption = null
@description('Required. Where its logs go.')
param workspaceId string

var filters = { blobTypes: ['blockBlob'] }
var rules = concat(
  deleteAfterDays == 0
    ? []
    : [
        {
          name: 'delete-blobs'
          type: 'Lifecycle'
          definition: {
            filters: filters
            actions: { baseBlob: { delete: { daysAfterCreationGreaterThan: deleteAfterDays } } }
          }
        }
      ],
  deleteVersionsAfterDays == 0
    ? []
    : [
        {
          name: 'delete-versions'
          type: 'Lifecycle'
          definition: {
            filters: filters
            actions: { version: { delete: { daysAfterCreationGreaterThan: deleteVersionsAfterDays } } }
          }
        }
      ]
)

resource account 'Microsoft.Storage/storageAccounts@2025-08-01' = {
  name: name
  location: location
  tags: tags
  kind: 'StorageV2'
  sku: { name: sku }
  identity: encryption == null
    ? { type: 'None' }
    : { type: 'UserAssigned', userAssignedIdentities: { '${encryption!.identityId}': {} } }
  properties: {
    accessTier: 'Hot'
    allowSharedKeyAccess: false
    allowBlobPublicAccess: false
    allowCrossTenantReplication: false
    defaultToOAuthAuthentication: true
    minimumTlsVersion: 'TLS1_2'
    supportsHttpsTrafficOnly: true
    publicNetworkAccess: isPrivate ? 'Disabled' : 'Enabled'
    networkAcls: { defaultAction: isPrivate ? 'Deny' : 'Allow', bypass: 'None' }
    // A user delegation SAS lives seven days at most; a longer one is written to the log.
    sasPolicy: { sasExpirationPeriod: '07.00:00:00', expirationAction: 'Log' }
    encryption: encryption == null
      ? { keySource: 'Microsoft.Storage', requireInfrastructureEncryption: true }
      : {
          keySource: 'Microsoft.Keyvault'
          requireInfrastructureEncryption: true
          keyvaultproperties: { keyvaulturi: encryption!.vaultUri, keyname: encryption!.keyName }
          identity: { userAssignedIdentity: encryption!.identityId }
        }
  }
}

resource blobs 'Microsoft.Storage/storageAccounts/blobServices@2025-08-01' = {
  parent: account
  name: 'default'
  properties: {
    isVersioningEnabled: versioning
    deleteRetentionPolicy: { enabled: true, days: 14 }
    containerDeleteRetentionPolicy: { enabled: true, days: 14 }
  }
}

resource containerList 'Microsoft.Storage/storageAccounts/blobServices/containers@2025-08-01' = [
  for container in containers: {
    parent: blobs
    name: container
    properties: {
      publicAccess: 'None'
      immutableStorageWithVersioning: contains(immutableDays, container) ? { enabled: true } : null
    }
  }
]

// Unlocked: whoever may write policies can take it away. Locking is for good and done by hand: docs/deployment.md.
resource immutability 'Microsoft.Storage/storageAccounts/blobServices/containers/immutabilityPolicies@2025-08-01' = [
  for (container, index) in containers: if (contains(immutableDays, container) && !immutabilityIsLocked) {
    parent: containerList[index]
    name: 'default'
    properties: {
      immutabilityPeriodSinceCreationInDays: immutableDays[?container] ?? 1
      allowProtectedAppendWrites: false
    }
  }
]

resource lifecycle 'Microsoft.Storage/storageAccounts/managementPolicies@2025-08-01' = if (!empty(rules)) {
  parent: account
  name: 'default'
  properties: { policy: { rules: rules } }
}

resource accountLogs 'Microsoft.Insights/diagnosticSettings@2021-05-01-preview' = {
  scope: account
  name: 'to-workspace'
  properties: {
    workspaceId: workspaceId
    metrics: [{ category: 'Transaction', enabled: true }]
  }
}

resource blobLogs 'Microsoft.Insights/diagnosticSettings@2021-05-01-preview' = {
  scope: blobs
  name: 'to-workspace'
  properties: {
    workspaceId: workspaceId
    logs: [{ categoryGroup: 'allLogs', enabled: true }]
    metrics: [{ category: 'Transaction', enabled: true }]
  }
}

@description('The account.')
output id string = account.id
@description('Its name.')
output name string = account.name
@description('Where its blobs are, with a slash at the end.')
output blobEndpoint string = account.properties.primaryEndpoints.blob
