metadata description = 'The subscription\'s activity log, to the workspace of this environment: who changed which resource. An alert reads it.'

targetScope = 'subscription'

@description('Required. Name of the setting: a subscription has five at most, and each environment has its own.')
param name string
@description('Required. Where it goes.')
param workspaceId string

resource activity 'Microsoft.Insights/diagnosticSettings@2021-05-01-preview' = {
  name: name
  properties: {
    workspaceId: workspaceId
    logs: [
      { category: 'Administrative', enabled: true }
      { category: 'Security', enabled: true }
      { category: 'Policy', enabled: true }
    ]
  }
}
