metadata description = 'One Front Door profile\'s way to the apps: domains, route, origins with their weights, firewall.'

@description('Required. Name of the profile.')
param profileName string
@description('Required. Tags of every resource.')
param tags object
@description('Required. Host names that it serves: 500 at most, which is the limit of a Premium profile.')
@maxLength(500)
param domains string[]
@description('Required. Certificate in Key Vault for hosts with a wildcard. Empty: none.')
param wildcardCertificate string
@description('Required. Name of the Key Vault.')
param keyVaultName string
@description('Required. Where requests go: name, host, priority (1 before 2), weight among equals (1 to 1000).')
param origins { name: string, host: string, priority: int, weight: int }[]
@description('Required. The firewall policy.')
param firewallId string

var hasCertificate = !empty(wildcardCertificate)

// The hash keeps a-b.example and a.b-example apart.
func nameOfDomain(domain string) string =>
  '${replace(replace(domain, '*', 'wildcard'), '.', '-')}-${uniqueString(domain)}'

resource profile 'Microsoft.Cdn/profiles@2025-06-01' existing = {
  name: profileName
}

resource endpoint 'Microsoft.Cdn/profiles/afdEndpoints@2025-06-01' = {
  parent: profile
  name: profileName
  location: 'global'
  tags: tags
  properties: { enabledState: 'Enabled' }
}

resource group 'Microsoft.Cdn/profiles/originGroups@2025-06-01' = {
  parent: profile
  name: 'api'
  properties: {
    // Wide, so that weights decide among apps of one region and not the last millisecond.
    loadBalancingSettings: { sampleSize: 4, successfulSamplesRequired: 3, additionalLatencyInMilliseconds: 500 }
    healthProbeSettings: {
      probePath: '/api/health/ready'
      probeProtocol: 'Https'
      probeRequestType: 'GET'
      probeIntervalInSeconds: 30
    }
    sessionAffinityState: 'Disabled'
  }
}

resource originList 'Microsoft.Cdn/profiles/originGroups/origins@2025-06-01' = [
  for origin in origins: {
    parent: group
    name: origin.name
    properties: {
      hostName: origin.host
      originHostHeader: origin.host
      httpsPort: 443
      priority: origin.priority
      weight: origin.weight
      enabledState: 'Enabled'
      enforceCertificateNameCheck: true
    }
  }
]

resource keyVaultSecret 'Microsoft.KeyVault/vaults/secrets@2025-05-01' existing = {
  name: '${keyVaultName}/${hasCertificate ? wildcardCertificate : 'none'}'
}

resource certificate 'Microsoft.Cdn/profiles/secrets@2025-06-01' = if (hasCertificate) {
  parent: profile
  name: 'wildcard'
  properties: {
    parameters: {
      type: 'CustomerCertificate'
      secretSource: { id: keyVaultSecret.id }
      useLatestVersion: true
    }
  }
}

resource domainList 'Microsoft.Cdn/profiles/customDomains@2025-06-01' = [
  for domain in domains: {
    parent: profile
    name: nameOfDomain(domain)
    properties: {
      hostName: domain
      tlsSettings: startsWith(domain, '*')
        ? { certificateType: 'CustomerCertificate', minimumTlsVersion: 'TLS12', secret: { id: certificate.id } }
        : { certificateType: 'ManagedCertificate', minimumTlsVersion: 'TLS12' }
    }
  }
]

resource route 'Microsoft.Cdn/profiles/afdEndpoints/routes@2025-06-01' = {
  parent: endpoint
  name: 'everything'
  properties: {
    originGroup: { id: group.id }
    customDomains: [for index in range(0, length(domains)): { id: domainList[index].id }]
    patternsToMatch: ['/*']
    supportedProtocols: ['Http', 'Https']
    httpsRedirect: 'Enabled'
    forwardingProtocol: 'HttpsOnly'
    linkToDefaultDomain: 'Enabled'
    enabledState: 'Enabled'
  }
  dependsOn: [originList]
}

resource protection 'Microsoft.Cdn/profiles/securityPolicies@2025-06-01' = {
  parent: profile
  name: 'firewall'
  properties: {
    parameters: {
      type: 'WebApplicationFirewall'
      wafPolicy: { id: firewallId }
      associations: [
        {
          domains: concat(
            [{ id: endpoint.id }],
            map(range(0, length(domains)), index => {
              id: resourceId('Microsoft.Cdn/profiles/customDomains', profileName, nameOfDomain(domains[index]))
            })
          )
          patternsToMatch: ['/*']
        }
      ]
    }
  }
  dependsOn: [domainList]
}

@description('The host of the profile itself; domains point to it with a CNAME.')
output host string = endpoint.properties.hostName
