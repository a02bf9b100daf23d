metadata description = 'One region\'s network: a subnet for each app, and one for private endpoints that has no way out.'

@description('Required. Name of the network.')
param name string
@description('Required. Name of the DDoS plan.')
param ddosName string
@description('Required. Name of the gateway for outgoing calls.')
param natName string
@description('Required. Where it is.')
param location string
@description('Required. Tags of every resource.')
param tags object
@description('Required. Addresses of the network: a /24 at least. Regions must not overlap.')
param addresses string
@description('Required. Have a DDoS protection plan of our own.')
param ddosProtection bool
@description('Required. Networks of runners that this one is peered with.')
param runnerNetworks string[]
@description('Required. Whether Service Bus has a private endpoint; otherwise the way out to it is opened.')
param messagingIsPrivate bool
@description('Required. Where logs go.')
param workspaceId string

// Managed identities, telemetry and the host's extension bundle; everything else is behind private endpoints.
var always = concat(messagingIsPrivate ? [] : [rule('allow-messages', 'Outbound', 'Allow', 230, 'ServiceBus', ['443', '5671'])], [
  rule('allow-entra', 'Outbound', 'Allow', 200, 'AzureActiveDirectory', ['443'])
  rule('allow-monitor', 'Outbound', 'Allow', 210, 'AzureMonitor', ['443'])
  rule('allow-extension-bundle', 'Outbound', 'Allow', 220, 'AzureFrontDoor.FirstParty', ['443'])
  rule('deny-internet', 'Outbound', 'Deny', 4000, 'Internet', ['0-65535'])
  rule('deny-incoming', 'Inbound', 'Deny', 4000, '*', ['0-65535'])
])
var groups = [
  {
    name: 'endpoints'
    rules: [
      rule('allow-apps', 'Inbound', 'Allow', 200, 'VirtualNetwork', ['443', '5671', '5672'])
      rule('deny-incoming', 'Inbound', 'Deny', 4000, '*', ['0-65535'])
      rule('deny-outgoing', 'Outbound', 'Deny', 4000, '*', ['0-65535'])
    ]
  }
  {
    // api asks addresses of webhooks, worker calls them and sends mail.
    name: 'calling'
    rules: concat(always, [rule('allow-web-and-mail', 'Outbound', 'Allow', 300, 'Internet', ['443', '587'])])
  }
  {
    name: 'quiet'
    rules: always
  }
]
// Names of subnets of Flex Consumption must not have an underscore.
var apps = [
  { name: 'api', group: 1 }
  { name: 'worker', group: 1 }
  { name: 'render', group: 2 }
]

func rule(name string, direction string, access string, priority int, to string, ports string[]) object => {
  name: name
  properties: {
    direction: direction
    access: access
    priority: priority
    protocol: '*'
    sourceAddressPrefix: access == 'Allow' ? 'VirtualNetwork' : '*'
    sourcePortRange: '*'
    destinationAddressPrefix: to
    destinationPortRanges: ports
  }
}

resource ruleGroups 'Microsoft.Network/networkSecurityGroups@2025-05-01' = [
  for group in groups: {
    name: '${name}-${group.name}'
    location: location
    tags: tags
    properties: { securityRules: group.rules }
  }
]

resource address 'Microsoft.Network/publicIPAddresses@2025-05-01' = {
  name: '${natName}-ip'
  location: location
  tags: tags
  sku: { name: 'Standard', tier: 'Regional' }
  properties: { publicIPAllocationMethod: 'Static', publicIPAddressVersion: 'IPv4' }
}

resource nat 'Microsoft.Network/natGateways@2025-05-01' = {
  name: natName
  location: location
  tags: tags
  // StandardV2 cannot be joined with subnets that are delegated to Container Apps, which Flex Consumption's are.
  sku: { name: 'Standard' }
  properties: { publicIpAddresses: [{ id: address.id }] }
}

resource ddos 'Microsoft.Network/ddosProtectionPlans@2025-05-01' = if (ddosProtection) {
  name: ddosName
  location: location
  tags: tags
}

resource network 'Microsoft.Network/virtualNetworks@2025-05-01' = {
  name: name
  location: location
  tags: tags
  properties: {
    addressSpace: { addressPrefixes: [addresses] }
    enableDdosProtection: ddosProtection
    ddosProtectionPlan: ddosProtection ? { id: ddos.id } : null
    subnets: concat(
      [
        {
          name: 'endpoints'
          properties: {
            addressPrefix: cidrSubnet(addresses, 26, 0)
            networkSecurityGroup: { id: ruleGroups[0].id }
            defaultOutboundAccess: false
            privateEndpointNetworkPolicies: 'Enabled'
          }
        }
      ],
      map(range(0, length(apps)), index => {
        name: apps[index].name
        properties: {
          addressPrefix: cidrSubnet(addresses, 26, index + 1)
          networkSecurityGroup: { id: resourceId('Microsoft.Network/networkSecurityGroups', '${name}-${groups[apps[index].group].name}') }
          defaultOutboundAccess: false
          natGateway: { id: nat.id }
          delegations: [{ name: 'flex', properties: { serviceName: 'Microsoft.App/environments' } }]
        }
      })
    )
  }
  // Inside map() only resourceId() may stand, which says nothing of the order.
  dependsOn: [ruleGroups]
}

resource peerings 'Microsoft.Network/virtualNetworks/virtualNetworkPeerings@2025-05-01' = [
  for runners in runnerNetworks: {
    parent: network
    name: 'to-${last(split(runners, '/'))}'
    properties: {
      remoteVirtualNetwork: { id: runners }
      allowVirtualNetworkAccess: true
      allowForwardedTraffic: false
      allowGatewayTransit: false
      useRemoteGateways: false
    }
  }
]

resource networkLogs 'Microsoft.Insights/diagnosticSettings@2021-05-01-preview' = {
  scope: network
  name: 'to-workspace'
  properties: {
    workspaceId: workspaceId
    logs: [{ categoryGroup: 'allLogs', enabled: true }]
    metrics: [{ category: 'AllMetrics', enabled: true }]
  }
}

resource ruleLogs 'Microsoft.Insights/diagnosticSettings@2021-05-01-preview' = [
  for (group, index) in groups: {
    scope: ruleGroups[index]
    name: 'to-workspace'
    properties: {
      workspaceId: workspaceId
      logs: [{ categoryGroup: 'allLogs', enabled: true }]
    }
  }
]

resource addressLogs 'Microsoft.Insights/diagnosticSettings@2021-05-01-preview' = {
  scope: address
  name: 'to-workspace'
  properties: {
    workspaceId: workspaceId
    logs: [{ categoryGroup: 'allLogs', enabled: true }]
    metrics: [{ category: 'AllMetrics', enabled: true }]
  }
}

@description('The network.')
output id string = network.id
@description('The subnets of the apps by name.')
output subnets object = {
  api: '${network.id}/subnets/api'
  worker: '${network.id}/subnets/worker'
  render: '${network.id}/subnets/render'
}
@description('The address from which webhooks and mails come, for customers\' firewalls.')
output outgoingAddress string = address.properties.ipAddress
