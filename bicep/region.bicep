metadata description = 'What stands in each region: its network, private endpoints, host storage and apps.'

import { EndpointTarget, Identities, Mail, Scales } from 'types.bicep'
import { RegionNames } from 'naming.bicep'

@description('Required. Names of the region.')
param names RegionNames
@description('Required. The region.')
param location string
@description('Required. Tags of every resource.')
param tags object
@description('Required. Who the apps are.')
param identities Identities
@description('Required. How they scale.')
param scales Scales
@description('Required. Who takes our mail.')
param mail Mail
@description('Required. Have a second api app for canaries here.')
param withCanary bool
@description('Required. Instances in several zones.')
param zoneRedundant bool
@description('Required. Have a network, and reach data through private endpoints only.')
param isPrivate bool
@description('Required. Addresses of the network: a /24 of its own.')
param addresses string
@description('Required. Have a DDoS protection plan of our own.')
param ddosProtection bool
@description('Required. Data that is reached through private endpoints.')
param targets EndpointTarget[]
@description('Required. Ids of our Front Door profiles.')
param frontDoorIds string[]
@description('Required. Addresses that may deploy.')
param deploymentAddresses string[]
@description('Required. Networks of runners that are joined with this one.')
param runnerNetworks string[]
@description('Required. The domain below which each tenant has its own host.')
param baseDomain string
@description('Required. What tenants call this deployment: the region where their data lies.')
param dataRegion string
@description('Required. Where the database is called.')
param databaseEndpoint string
@description('Required. The database.')
param databaseName string
@description('Required. The host of Service Bus.')
param messagingHost string
@description('Required. Where Key Vault is called.')
param keyVaultEndpoint string
@description('Required. Where the vault of operations is called.')
param operationsVaultEndpoint string
@description('Required. Where the vault account is called.')
param vaultBlobEndpoint string
@description('Required. Where the exchange account is called.')
param exchangeBlobEndpoint string
@description('Required. Where telemetry goes.')
param insightsConnection string
@description('Required. Where logs go.')
param workspaceId string

var appNames = withCanary ? ['api', 'canary', 'worker', 'render'] : ['api', 'worker', 'render']
var blobZone = 'privatelink.blob.${environment().suffixes.storage}'

module network 'network.bicep' = if (isPrivate) {
  name: 'network'
  params: {
    name: names.network
    ddosName: names.ddos
    natName: names.nat
    location: location
    tags: tags
    addresses: addresses
    ddosProtection: ddosProtection
    runnerNetworks: runnerNetworks
    messagingIsPrivate: contains(map(targets, target => target.name), 'messaging')
    workspaceId: workspaceId
  }
}

module hostStorage 'storage-account.bicep' = [
  for app in appNames: {
    name: 'storage-${app}'
    params: {
      name: names.hostStorage[app]
      location: location
      tags: tags
      sku: zoneRedundant ? 'Standard_ZRS' : 'Standard_LRS'
      isPrivate: isPrivate
      containers: ['packages']
      workspaceId: workspaceId
    }
  }
]

module endpoints 'endpoints.bicep' = if (isPrivate) {
  name: 'endpoints'
  params: {
    location: location
    tags: tags
    networkId: network!.outputs.id
    runnerNetworks: runnerNetworks
    targets: concat(
      targets,
      map(range(0, length(appNames)), index => {
        name: 'host-${appNames[index]}'
        id: resourceId('Microsoft.Storage/storageAccounts', names.hostStorage[appNames[index]])
        group: 'blob'
        zones: [blobZone]
      })
    )
  }
  dependsOn: [hostStorage]
}

module apps 'apps.bicep' = {
  name: 'apps'
  params: {
    names: names
    location: location
    tags: tags
    identities: identities
    scales: scales
    mail: mail
    withCanary: withCanary
    zoneRedundant: zoneRedundant
    isClosed: isPrivate
    frontDoorIds: frontDoorIds
    deploymentAddresses: deploymentAddresses
    subnets: isPrivate ? network!.outputs.subnets : {}
    hostStorage: {
      api: { name: hostStorage[0].outputs.name, blobEndpoint: hostStorage[0].outputs.blobEndpoint }
      canary: withCanary
        ? { name: hostStorage[1].outputs.name, blobEndpoint: hostStorage[1].outputs.blobEndpoint }
        : {}
      worker: {
        name: hostStorage[withCanary ? 2 : 1].outputs.name
        blobEndpoint: hostStorage[withCanary ? 2 : 1].outputs.blobEndpoint
      }
      render: {
        name: hostStorage[withCanary ? 3 : 2].outputs.name
        blobEndpoint: hostStorage[withCanary ? 3 : 2].outputs.blobEndpoint
      }
    }
    baseDomain: baseDomain
    dataRegion: dataRegion
    databaseEndpoint: databaseEndpoint
    databaseName: databaseName
    messagingHost: messagingHost
    keyVaultEndpoint: keyVaultEndpoint
    operationsVaultEndpoint: operationsVaultEndpoint
    vaultBlobEndpoint: vaultBlobEndpoint
    exchangeBlobEndpoint: exchangeBlobEndpoint
    insightsConnection: insightsConnection
    workspaceId: workspaceId
  }
}

@description('The host name of api.')
output apiHost string = apps.outputs.apiHost
@description('The host name of the canary; empty without one.')
output canaryHost string = apps.outputs.canaryHost
@description('Names of the apps for the pipeline.')
output appNames object = apps.outputs.appNames
@description('The address from which webhooks and mails come; empty without a network of our own.')
output outgoingAddress string = isPrivate ? network!.outputs.outgoingAddress : ''
