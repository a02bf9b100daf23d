metadata description = 'One Key Vault with its logs. Roles instead of access policies.'

@description('Required. Name of the vault.')
@maxLength(24)
param name string
@description('Required. Where it is.')
param location string
@description('Required. Tags of every resource.')
param tags object
@description('Required. Keys live in hardware modules (Premium).')
param useHsm bool
@description('Required. Nobody can delete the vault for good before 90 days. Cannot be taken back.')
param purgeProtection bool
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
@description('Where it is called.')
output endpoint string = vault.properties.vaultUri
