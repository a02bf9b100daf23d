metadata description = 'The password of our mail: worker alone reads it, in the vault of operations, and nothing else there.'

@description('Required. Name of the vault of operations, which has the secret smtp-password.')
param keyVaultName string
@description('Required. Who the worker is.')
param principalId string

resource keyVault 'Microsoft.KeyVault/vaults@2025-05-01' existing = {
  name: keyVaultName
}

resource password 'Microsoft.KeyVault/vaults/secrets@2025-05-01' existing = {
  parent: keyVault
  name: 'smtp-password'
}

resource mayRead 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  scope: password
  name: guid(password.id, principalId)
  properties: {
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', loadJsonContent('roles.json').builtIn.certificateReader.id)
    principalId: principalId
    principalType: 'ServicePrincipal'
    description: 'Reads the password of the mail provider, and no other secret of that vault.'
  }
}
