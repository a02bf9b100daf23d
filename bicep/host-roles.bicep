metadata description = 'Each app owns the blobs of its own host storage, and nobody else\'s. Once for each region.'

import { Identities } from 'types.bicep'

@description('Required. Who the apps are.')
param identities Identities
@description('Required. Names of host storage accounts by app.')
param hostStorage object
@description('Required. Whether there is a canary in this region.')
param withCanary bool

var table = loadJsonContent('roles.json')
var rows = filter(table.assignments.host, row => withCanary || row.storage != 'canary')
var principals = {
  api: identities.api.principalId
  worker: identities.worker.principalId
  render: identities.render.principalId
}

resource accounts 'Microsoft.Storage/storageAccounts@2025-08-01' existing = [
  for row in rows: {
    name: hostStorage[row.storage]
  }
]

resource hostRoles 'Microsoft.Authorization/roleAssignments@2022-04-01' = [
  for (row, index) in rows: {
    scope: accounts[index]
    name: guid(accounts[index].id, principals[row.app], row.role)
    properties: {
      principalId: principals[row.app]
      principalType: 'ServicePrincipal'
      roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', table.builtIn.blobOwner.id)
      description: row.reason
    }
  }
]
