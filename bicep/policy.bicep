metadata description = 'What nobody may do in this group, whoever deploys: leave out tags, leave the regions, allow keys or plain HTTP, open what is private.'

@description('Required. Regions where resources may be.')
param locations string[]
@description('Required. Data is reached through private endpoints only.')
param isPrivate bool
@description('Required. Storage accounts that are reached from outside all the same: exchange.')
param openStorageIds string[]

// Built-in definitions of Azure Policy.
var requireTag = '871b6d14-10aa-478d-b590-94f262ecfa99'
var tags = ['environment', 'owner', 'costCentre', 'project']
var closed = [
  { name: 'storage-closed', definition: 'b2982f36-99f2-4db5-8eff-283140c09693', title: 'Storage is not reached from outside', notScopes: openStorageIds }
  { name: 'database-closed', definition: '797b37f7-06b8-444c-b1ad-fc62867f335a', title: 'The database is not reached from outside', notScopes: [] }
  { name: 'vault-closed', definition: '405c5871-3e91-4644-8a63-58e19d68ff5b', title: 'Key Vault is not reached from outside', notScopes: [] }
]
var rules = [
  {
    name: 'allowed-locations'
    definition: 'e56962a6-4747-49cd-b67b-bf8b01975c4c'
    title: 'Resources stay in the regions of this environment'
    parameters: { listOfAllowedLocations: { value: union(locations, ['global']) } }
  }
  {
    name: 'storage-https'
    definition: '404c3081-a854-4457-ae30-26a93ef643f9'
    title: 'Storage takes encrypted connections only'
    parameters: { effect: { value: 'Deny' } }
  }
  {
    name: 'storage-no-keys'
    definition: '8c6a50c6-9ffd-4ae7-986f-5fa6111f9a54'
    title: 'Storage accepts no account keys'
    parameters: { effect: { value: 'Deny' } }
  }
  {
    name: 'storage-no-anonymous'
    definition: '4fa4b6c0-31ca-4c0d-b10d-24b96f62a751'
    title: 'No blob is read by strangers'
    parameters: { effect: { value: 'Deny' } }
  }
  {
    name: 'database-no-keys'
    definition: '5450f5bd-9c72-4390-a9c4-a7aba4edfdd2'
    title: 'The database accepts no account keys'
    parameters: { effect: { value: 'Deny' } }
  }
]

// Told, not enforced: the network cards of private endpoints are made by Azure without tags and would be refused.
resource tagPolicies 'Microsoft.Authorization/policyAssignments@2025-03-01' = [
  for tag in tags: {
    name: 'tag-${toLower(tag)}'
    properties: {
      displayName: 'Every resource says its ${tag}'
      enforcementMode: 'DoNotEnforce'
      policyDefinitionId: tenantResourceId('Microsoft.Authorization/policyDefinitions', requireTag)
      parameters: { tagName: { value: tag } }
    }
  }
]

resource otherPolicies 'Microsoft.Authorization/policyAssignments@2025-03-01' = [
  for rule in rules: {
    name: rule.name
    properties: {
      displayName: rule.title
      policyDefinitionId: tenantResourceId('Microsoft.Authorization/policyDefinitions', rule.definition)
      parameters: rule.parameters
    }
  }
]

resource closedPolicies 'Microsoft.Authorization/policyAssignments@2025-03-01' = [
  for rule in closed: if (isPrivate) {
    name: rule.name
    properties: {
      displayName: rule.title
      policyDefinitionId: tenantResourceId('Microsoft.Authorization/policyDefinitions', rule.definition)
      parameters: { effect: { value: 'Deny' } }
      notScopes: rule.notScopes
    }
  }
]
