metadata description = 'What people may do in this group, by their groups in Entra ID. Membership of operators and break-glass is eligible, not standing (PIM for groups), so these assignments can stand.'

import { People } from 'types.bicep'

@description('Required. The groups.')
param people People
@description('Required. What makes the names of our own roles unique in the directory.')
param suffix string

var table = loadJsonContent('roles.json')
var ownRoles = [
  { role: table.people.developer, group: people.developers }
  { role: table.people.operator, group: people.operators }
  { role: table.people.breakGlass, group: people.breakGlass }
]

resource definitions 'Microsoft.Authorization/roleDefinitions@2022-04-01' = [
  for own in ownRoles: {
    name: guid(resourceGroup().id, own.role.name)
    properties: {
      roleName: 'Touchstone ${own.role.name} (${suffix})'
      description: own.role.description
      type: 'CustomRole'
      assignableScopes: [resourceGroup().id]
      permissions: [
        { actions: own.role.actions, notActions: own.role.notActions, dataActions: own.role.dataActions }
      ]
    }
  }
]

resource actors 'Microsoft.Authorization/roleAssignments@2022-04-01' = [
  for (own, index) in ownRoles: if (!empty(own.group)) {
    name: guid(resourceGroup().id, own.group, own.role.name)
    properties: {
      principalId: own.group
      principalType: 'Group'
      roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', definitions[index].name)
      description: own.role.description
    }
  }
]
