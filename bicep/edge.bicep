metadata description = 'Front Door: the profiles and the firewall before them. Where requests go from there stands in edge-routes.bicep, since the apps must know the profiles\' ids first.'

import { Edge } from 'types.bicep'

@description('Required. Beginning of the profiles\' names.')
param name string
@description('Required. Name of the firewall policy.')
param firewallName string
@description('Required. Tags of every resource.')
param tags object
@description('Required. Domains by profile, rates, countries, certificate.')
param settings Edge
@description('Required. Name of the Key Vault that holds a wildcard\'s certificate.')
param keyVaultName string
@description('Required. Where logs go.')
param workspaceId string

var hasCertificate = !empty(settings.wildcardCertificate)
var countryRules = empty(settings.countries)
  ? []
  : [
      {
        name: 'countries'
        enabledState: 'Enabled'
        priority: 200
        ruleType: 'MatchRule'
        action: 'Block'
        matchConditions: [
          { matchVariable: 'SocketAddr', operator: 'GeoMatch', negateCondition: true, matchValue: settings.countries }
        ]
      }
    ]

resource firewall 'Microsoft.Network/FrontDoorWebApplicationFirewallPolicies@2025-11-01' = {
  name: firewallName
  location: 'global'
  tags: tags
  sku: { name: 'Premium_AzureFrontDoor' }
  properties: {
    policySettings: {
      enabledState: 'Enabled'
      mode: 'Prevention'
      requestBodyCheck: 'Enabled'
      customBlockResponseStatusCode: 403
    }
    customRules: {
      rules: concat(
        [
          {
            // The Functions host answers its own administration and extensions there, to whoever has its master key.
            name: 'host'
            enabledState: 'Enabled'
            priority: 50
            ruleType: 'MatchRule'
            action: 'Block'
            matchConditions: [
              {
                matchVariable: 'RequestUri'
                operator: 'RegEx'
                negateCondition: false
                transforms: ['UrlDecode', 'Lowercase']
                matchValue: ['^(?:[a-z]+://[^/]+)?/+(?:admin|runtime)(?:[/?]|$)']
              }
            ]
          }
          {
            name: 'rate'
            enabledState: 'Enabled'
            priority: 100
            ruleType: 'RateLimitRule'
            rateLimitDurationInMinutes: 1
            rateLimitThreshold: settings.rateLimitPerMinute
            action: 'Block'
            groupBy: [{ variableName: 'SocketAddr' }]
            matchConditions: [
              { matchVariable: 'RequestUri', operator: 'Any', negateCondition: false, matchValue: [] }
            ]
          }
        ],
        countryRules
      )
    }
    managedRules: {
      managedRuleSets: [
        { ruleSetType: 'Microsoft_DefaultRuleSet', ruleSetVersion: '2.2', ruleSetAction: 'Block' }
        { ruleSetType: 'Microsoft_BotManagerRuleSet', ruleSetVersion: '1.1', ruleSetAction: 'Block' }
      ]
    }
  }
}

resource profiles 'Microsoft.Cdn/profiles@2025-06-01' = [
  for index in range(0, length(settings.profiles)): {
    name: '${name}-${index}'
    location: 'global'
    tags: tags
    sku: { name: 'Premium_AzureFrontDoor' }
    identity: { type: hasCertificate ? 'SystemAssigned' : 'None' }
    // Azure allows 240 at most; the Functions host ends a request after 230.
    properties: { originResponseTimeoutSeconds: 240 }
  }
]

resource keyVault 'Microsoft.KeyVault/vaults@2025-05-01' existing = {
  name: keyVaultName
}

resource certificate 'Microsoft.KeyVault/vaults/secrets@2025-05-01' existing = {
  parent: keyVault
  name: hasCertificate ? settings.wildcardCertificate : 'none'
}

// Here and not in roles.bicep: the profile's identity is there only after the profile. So its name cannot hold the principal:
// a profile that was deleted and made again needs the old assignment deleted first (decision 9).
resource mayReadCertificate 'Microsoft.Authorization/roleAssignments@2022-04-01' = [
  for index in range(0, length(settings.profiles)): if (hasCertificate) {
    scope: certificate
    name: guid(certificate.id, name, string(index))
    properties: {
      roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', loadJsonContent('roles.json').builtIn.certificateReader.id)
      principalId: profiles[index].identity!.principalId
      principalType: 'ServicePrincipal'
      description: 'Reads the certificate of the wildcard domain, and no other secret.'
    }
  }
]

resource logs 'Microsoft.Insights/diagnosticSettings@2021-05-01-preview' = [
  for index in range(0, length(settings.profiles)): {
    scope: profiles[index]
    name: 'to-workspace'
    properties: {
      workspaceId: workspaceId
      logs: [{ categoryGroup: 'allLogs', enabled: true }]
      metrics: [{ category: 'AllMetrics', enabled: true }]
    }
  }
]

@description('Ids that Front Door writes into X-Azure-FDID, by profile.')
output frontDoorIds string[] = [for index in range(0, length(settings.profiles)): profiles[index].properties.frontDoorId]
@description('Names of the profiles.')
output profileNames string[] = [for index in range(0, length(settings.profiles)): profiles[index].name]
@description('The firewall policy.')
output firewallId string = firewall.id
