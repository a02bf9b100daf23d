metadata description = 'Private endpoints of one region and the private names under which they are found.'

import { EndpointTarget } from 'types.bicep'

@description('Required. Where they are.')
param location string
@description('Required. Tags of every resource.')
param tags object
@description('Required. The network that they stand in; its subnet for them is called endpoints.')
param networkId string
@description('Required. Networks of runners that find the private names, too.')
param runnerNetworks string[]
@description('Required. What they lead to.')
param targets EndpointTarget[]

var zones = union(flatten(map(targets, target => target.zones)), [])
var runnerLinks = flatten(map(zones, zone => map(runnerNetworks, runners => { zone: zone, network: runners })))

resource privateZones 'Microsoft.Network/privateDnsZones@2024-06-01' = [
  for zone in zones: {
    name: zone
    location: 'global'
    tags: tags
  }
]

resource links 'Microsoft.Network/privateDnsZones/virtualNetworkLinks@2024-06-01' = [
  for (zone, index) in zones: {
    parent: privateZones[index]
    name: 'to-network'
    location: 'global'
    tags: tags
    properties: { virtualNetwork: { id: networkId }, registrationEnabled: false }
  }
]

resource linksOfRunners 'Microsoft.Network/privateDnsZones/virtualNetworkLinks@2024-06-01' = [
  for link in runnerLinks: {
    name: '${link.zone}/to-${last(split(link.network, '/'))}'
    location: 'global'
    tags: tags
    properties: { virtualNetwork: { id: link.network }, registrationEnabled: false }
    dependsOn: [privateZones]
  }
]

resource endpoints 'Microsoft.Network/privateEndpoints@2025-05-01' = [
  for target in targets: {
    name: 'pe-${target.name}'
    location: location
    tags: tags
    properties: {
      subnet: { id: '${networkId}/subnets/endpoints' }
      customNetworkInterfaceName: 'nic-${target.name}'
      privateLinkServiceConnections: [
        { name: target.name, properties: { privateLinkServiceId: target.id, groupIds: [target.group] } }
      ]
    }
  }
]

resource names 'Microsoft.Network/privateEndpoints/privateDnsZoneGroups@2025-05-01' = [
  for (target, index) in targets: {
    parent: endpoints[index]
    name: 'default'
    properties: {
      privateDnsZoneConfigs: map(target.zones, zone => {
        name: replace(zone, '.', '-')
        properties: { privateDnsZoneId: resourceId('Microsoft.Network/privateDnsZones', zone) }
      })
    }
    dependsOn: [privateZones]
  }
]
