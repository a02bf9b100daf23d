metadata description = 'Key Vaults: one for the apps, with the key that signs tokens and, as an option, the key that encrypts data at rest; one for what no app may read.'

import { Encryption } from 'types.bicep'

@description('Required. Name of the apps\' vault.')
@maxLength(24)
param name string
@description('Required. Name of the vault for certificates and what people and the pipeline need.')
@maxLength(24)
param operationsName string
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

module own 'key-vault.bicep' = {
  name: 'key-vault'
  params: {
    name: name
    location: location
    tags: tags
    useHsm: useHsm
    purgeProtection: purgeProtection
    isPrivate: isPrivate
    workspaceId: workspaceId
  }
}

// Apart from what apps read: they may read any secret of their own vault, since webhooks' secrets are made at run time.
module operations 'key-vault.bicep' = {
  name: 'key-vault-of-operations'
  params: {
    name: operationsName
    location: location
    tags: tags
    useHsm: useHsm
    purgeProtection: purgeProtection
    isPrivate: isPrivate
    workspaceId: workspaceId
  }
}

resource vault 'Microsoft.KeyVault/vaults@2025-05-01' existing = {
  name: name
}

@description('Signs access tokens. A new version each year; tokens of older versions stay good until they end.')
resource signing 'Microsoft.KeyVault/vaults/keys@2025-05-01' = {
  parent: vault
  name: 'token-signing'
  tags: tags
  dependsOn: [own]
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

@description('Wraps the key of every tenant. What an older version wrapped it unwraps for ever, so no version expires.')
resource tenants 'Microsoft.KeyVault/vaults/keys@2025-05-01' = {
  parent: vault
  name: 'tenant-keys'
  tags: tags
  dependsOn: [own]
  properties: {
    kty: useHsm ? 'RSA-HSM' : 'RSA'
    keySize: 3072
    keyOps: ['wrapKey', 'unwrapKey']
    rotationPolicy: {
      lifetimeActions: [{ action: { type: 'rotate' }, trigger: { timeAfterCreate: 'P1Y' } }]
    }
  }
}

resource data 'Microsoft.KeyVault/vaults/keys@2025-05-01' = if (customerManagedKey) {
  parent: vault
  name: 'data-at-rest'
  tags: tags
  dependsOn: [own]
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
// The principal is not known at the start, so the name cannot hold it: decision 9.
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

@description('The apps\' vault.')
output id string = own.outputs.id
@description('Its name, for role assignments.')
output name string = own.outputs.name
@description('Where the apps call it.')
output endpoint string = own.outputs.endpoint
@description('The vault of operations.')
output operationsId string = operations.outputs.id
@description('Its name, for certificates.')
output operationsName string = operations.outputs.name
@description('Where people and the pipeline call it.')
output operationsEndpoint string = operations.outputs.endpoint
@description('The key for data at rest, once its identity may use it; null without one.')
output encryption Encryption = customerManagedKey
  ? {
      keyUri: data!.properties.keyUri
      vaultUri: own.outputs.endpoint
      keyName: 'data-at-rest'
      identityId: encryptor!.id
    }
  : null
