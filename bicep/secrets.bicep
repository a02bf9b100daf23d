metadata description = 'Key Vault: the key that signs tokens and, as an option, the key that encrypts data at rest. Roles instead of access policies.'

import { Encryption } from 'types.bicep'

@description('Required. Name of the vault.')
@maxLength(24)
param name string
@description('Required. Where it is.')
param location string
@description('Required. Tags of every resource.')
param tags object
@description('Required. Name of the identity that may use the encryption key.')
param encryptionIdentityName string
@description('Required. Keys live in hardware modules (Premium).')
param useHsm bool
@description('Required. Nobody can delete the vault for good before 90 days. Cannot be taken back.')
param purgeProtection bool
@description('Required. Make a key of ours for data at rest. Needs purge protection.')
param customerManagedKey bool
@description('Required. Whether it is reachable through private endpoints only.')
param isPrivate bool
@description('Required. Where its logs go.')
param workspaceId string

resource vault 'Microsoft.KeyVault/vaults@2025-05-01' = {
  name: name
  location: location
  tags: tags
  properties: {
    tenantId: tenant().tenantId
    sku: { family: 'A', name: useHsm ? 'premium' : 'standard' }
    enableRbacAuthorization: true
    enableSoftDelete: true
    softDeleteRetentionInDays: purgeProtection ? 90 : 7
    // False is refused once it was true, so it is left out.
    enablePurgeProtection: purgeProtection ? true : null
    publicNetworkAccess: isPrivate ? 'Disabled' : 'Enabled'
    // Front Door's certificates and encryption at rest come from Microsoft's own network.
    networkAcls: { defaultAction: isPrivate ? 'Deny' : 'Allow', bypass: 'AzureServices' }
  }
}

@description('Signs access tokens. A new version each year; tokens of older versions stay good until they end.')
resource signing 'Microsoft.KeyVault/vaults/keys@2025-05-01' = {
  parent: vault
  name: 'token-signing'
  tags: tags
  properties: {
    kty: useHsm ? 'EC-HSM' : 'EC'
    curveName: 'P-256'
    keyOps: ['sign', 'verify']
    rotationPolicy: {
      attributes: { expiryTime: 'P2Y' }
      lifetimeActions: [
        { action: { type: 'rotate' }, trigger: { timeAfterCreate: 'P1Y' } }
        { action: { type: 'notify' }, trigger: { timeBeforeExpiry: 'P30D' } }
      ]
    }
  }
}

resource data 'Microsoft.KeyVault/vaults/keys@2025-05-01' = if (customerManagedKey) {
  parent: vault
  name: 'data-at-rest'
  tags: tags
  properties: {
    kty: useHsm ? 'RSA-HSM' : 'RSA'
    keySize: 3072
    keyOps: ['wrapKey', 'unwrapKey']
    rotationPolicy: {
      attributes: { expiryTime: 'P2Y' }
      lifetimeActions: [
        { action: { type: 'rotate' }, trigger: { timeAfterCreate: 'P1Y' } }
        { action: { type: 'notify' }, trigger: { timeBeforeExpiry: 'P30D' } }
      ]
    }
  }
}

resource encryptor 'Microsoft.ManagedIdentity/userAssignedIdentities@2024-11-30' = if (customerManagedKey) {
  name: encryptionIdentityName
  location: location
  tags: tags
}

// Here and not in roles.bicep, because accounts cannot be made before they may use the key: this file's outputs are there after it.
resource mayEncrypt 'Microsoft.Authorization/roleAssignments@2022-04-01' = if (customerManagedKey) {
  scope: data
  name: guid(data.id, encryptionIdentityName)
  properties: {
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', loadJsonContent('roles.json').builtIn.encryptor.id)
    principalId: encryptor!.properties.principalId
    principalType: 'ServicePrincipal'
    description: 'Wraps and unwraps the keys of storage, database and messages.'
  }
}

resource logs 'Microsoft.Insights/diagnosticSettings@2021-05-01-preview' = {
  scope: vault
  name: 'to-workspace'
  properties: {
    workspaceId: workspaceId
    logAnalyticsDestinationType: 'Dedicated'
    logs: [{ categoryGroup: 'allLogs', enabled: true }]
    metrics: [{ category: 'AllMetrics', enabled: true }]
  }
}

@description('The vault.')
output id string = vault.id
@description('Its name, for role assignments.')
output name string = vault.name
@description('Where the apps call it.')
output endpoint string = vault.properties.vaultUri
@description('The key for data at rest, once its identity may use it; null without one.')
output encryption Encryption = customerManagedKey
  ? {
      keyUri: data!.properties.keyUri
      vaultUri: vault.properties.vaultUri
      keyName: 'data-at-rest'
      identityId: encryptor!.id
    }
  : null
