metadata description = 'Roles inside Cosmos DB, which has its own beside Azure\'s: reader, writer and feed reader, each for one container.'

@description('Required. Name of the database account.')
param accountName string
@description('Required. Principal ids by app.')
param principals object

var table = loadJsonContent('roles.json')
var topology = loadJsonContent('../shared/topology.json').cosmos

resource account 'Microsoft.DocumentDB/databaseAccounts@2025-10-15' existing = {
  name: accountName
}

resource definitions 'Microsoft.DocumentDB/databaseAccounts/sqlRoleDefinitions@2025-10-15' = [
  for role in items(table.database): {
    parent: account
    name: guid(account.id, role.key)
    properties: {
      roleName: role.value.name
      type: 'CustomRole'
      assignableScopes: ['${account.id}/dbs/${topology.database}']
      permissions: [{ dataActions: role.value.dataActions }]
    }
  }
]

// The account takes one change of its roles at a time.
@batchSize(1)
resource assignments 'Microsoft.DocumentDB/databaseAccounts/sqlRoleAssignments@2025-10-15' = [
  for row in table.assignments.database: {
    parent: account
    name: guid(account.id, principals[row.app], row.role, row.container)
    properties: {
      principalId: principals[row.app]
      roleDefinitionId: '${account.id}/sqlRoleDefinitions/${guid(account.id, row.role)}'
      scope: '${account.id}/dbs/${topology.database}/colls/${row.container}'
    }
    dependsOn: [definitions]
  }
]
