metadata description = 'What nobody may do in this group, whoever deploys: leave out tags, leave the regions, allow keys or plain HTTP.'

@description('Required. Regions where resources may be.')
param locations string[]

// Built-in definitions of Azure Policy.
var requireTag = '871b6d14-10aa-478d-b590-94f262ecfa99'
var tags = ['environment', 'owner', 'costCentre', 'project']
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
