metadata description = 'Who the apps are: one identity for each, the same in every region. What they may do stands in roles.json.'

import { Identities } from 'types.bicep'

@description('Required. Where the identities are kept.')
param location string
@description('Required. Tags of every resource.')
param tags object
@description('Required. Names of the identities by app.')
param names object

resource api 'Microsoft.ManagedIdentity/userAssignedIdentities@2024-11-30' = {
  name: names.api
  location: location
  tags: tags
}

resource worker 'Microsoft.ManagedIdentity/userAssignedIdentities@2024-11-30' = {
  name: names.worker
  location: location
  tags: tags
}

resource render 'Microsoft.ManagedIdentity/userAssignedIdentities@2024-11-30' = {
  name: names.render
  location: location
  tags: tags
}

@description('The identities by app.')
output identities Identities = {
  api: { id: api.id, clientId: api.properties.clientId, principalId: api.properties.principalId }
  worker: { id: worker.id, clientId: worker.properties.clientId, principalId: worker.properties.principalId }
  render: { id: render.id, clientId: render.properties.clientId, principalId: render.properties.principalId }
}
