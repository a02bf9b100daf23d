metadata description = 'One function app on Flex Consumption with its plan.'

import { Identity } from 'types.bicep'

@description('Required. Name of the app.')
param name string
@description('Required. Name of its plan; Flex Consumption wants one for each app.')
param planName string
@description('Required. Name of the storage account of its host: package, locks, timers.')
@maxLength(24)
param hostStorageName string
@description('Required. The container of its package.')
param packagesUrl string
@description('Required. Where it is.')
param location string
@description('Required. Tags of every resource.')
param tags object
@description('Required. Who it is.')
param identity Identity
@description('Required. The settings that its code reads.')
param settings object
@description('Required. The settings that the host reads for its triggers. None for an app without any.')
param triggerSettings object
@description('Required. Warm instances by function group: http, or function:<name>.')
param alwaysReady { name: string, instanceCount: int }[]
@description('Required. Instances at most.')
param maximumInstances int
@description('Required. Memory of an instance in MB.')
@allowed([512, 2048, 4096])
param memory int
@description('Required. Requests that an instance takes at once; null for an app without HTTP.')
param httpConcurrency int?
@description('Required. Instances in several zones.')
param zoneRedundant bool
@description('Required. The subnet that it calls from. Empty: none.')
param subnetId string
@description('Required. Whether the app is closed to all but the rules below.')
param isClosed bool
@description('Required. Ids of the Front Door profiles whose requests it takes.')
param frontDoorIds string[]
@description('Required. Addresses that may deploy.')
param deploymentAddresses string[]
@description('Required. Where telemetry goes. An address; it opens nothing without the identity.')
param insightsConnection string
@description('Required. Where logs go.')
param workspaceId string

var hostSettings = {
  AzureWebJobsStorage__accountName: hostStorageName
  AzureWebJobsStorage__credential: 'managedidentity'
  AzureWebJobsStorage__clientId: identity.clientId
  APPLICATIONINSIGHTS_CONNECTION_STRING: insightsConnection
  APPLICATIONINSIGHTS_AUTHENTICATION_STRING: 'ClientId=${identity.clientId};Authorization=AAD'
}
// A rule for each profile: one rule holds eight values of a header at most.
var fromFrontDoor = [
  for (id, index) in frontDoorIds: {
    name: 'front-door-${index}'
    priority: 100 + index
    action: 'Allow'
    tag: 'ServiceTag'
    ipAddress: 'AzureFrontDoor.Backend'
    headers: { 'x-azure-fdid': [id] }
  }
]
var fromPipeline = [
  for (address, index) in deploymentAddresses: {
    name: 'pipeline-${index}'
    priority: 100 + index
    action: 'Allow'
    ipAddress: address
  }
]

resource plan 'Microsoft.Web/serverfarms@2025-03-01' = {
  name: planName
  location: location
  tags: tags
  kind: 'functionapp'
  sku: { name: 'FC1', tier: 'FlexConsumption' }
  properties: { reserved: true, zoneRedundant: zoneRedundant }
}

resource app 'Microsoft.Web/sites@2025-03-01' = {
  name: name
  location: location
  tags: tags
  kind: 'functionapp,linux'
  identity: { type: 'UserAssigned', userAssignedIdentities: { '${identity.id}': {} } }
  properties: {
    serverFarmId: plan.id
    httpsOnly: true
    // With neither Front Door nor pipeline to let in there is no door at all.
    publicNetworkAccess: isClosed && empty(frontDoorIds) && empty(deploymentAddresses) ? 'Disabled' : 'Enabled'
    keyVaultReferenceIdentity: identity.id
    virtualNetworkSubnetId: empty(subnetId) ? null : subnetId
    functionAppConfig: {
      runtime: { name: 'node', version: '24' }
      deployment: {
        storage: {
          type: 'blobContainer'
          value: packagesUrl
          authentication: { type: 'UserAssignedIdentity', userAssignedIdentityResourceId: identity.id }
        }
      }
      scaleAndConcurrency: {
        alwaysReady: alwaysReady
        maximumInstanceCount: maximumInstances
        instanceMemoryMB: memory
        triggers: httpConcurrency == null ? null : { http: { perInstanceConcurrency: httpConcurrency } }
      }
    }
    // Flex Consumption refuses much that other plans take (ARM 51021, Azure/azure-cli#31414); FTP is off by the policies below.
    siteConfig: {
      minTlsVersion: '1.2'
      scmMinTlsVersion: '1.2'
      http20Enabled: true
      ipSecurityRestrictions: fromFrontDoor
      ipSecurityRestrictionsDefaultAction: isClosed ? 'Deny' : 'Allow'
      scmIpSecurityRestrictions: fromPipeline
      scmIpSecurityRestrictionsDefaultAction: isClosed ? 'Deny' : 'Allow'
      appSettings: map(items(union(hostSettings, triggerSettings, settings)), setting => {
        name: setting.key
        value: setting.value
      })
    }
  }
}

resource passwords 'Microsoft.Web/sites/basicPublishingCredentialsPolicies@2025-03-01' = [
  for kind in ['ftp', 'scm']: {
    parent: app
    name: any(kind)
    properties: { allow: false }
  }
]

resource logs 'Microsoft.Insights/diagnosticSettings@2021-05-01-preview' = {
  scope: app
  name: 'to-workspace'
  properties: {
    workspaceId: workspaceId
    logs: [{ categoryGroup: 'allLogs', enabled: true }]
    metrics: [{ category: 'AllMetrics', enabled: true }]
  }
}

resource planLogs 'Microsoft.Insights/diagnosticSettings@2021-05-01-preview' = {
  scope: plan
  name: 'to-workspace'
  properties: {
    workspaceId: workspaceId
    metrics: [{ category: 'AllMetrics', enabled: true }]
  }
}

@description('The app.')
output id string = app.id
@description('Its name.')
output name string = app.name
@description('Its own host name.')
output host string = app.properties.defaultHostName
