metadata description = 'The apps of one region and what each of them is told. A test holds each list of settings against functions/settings.ts.'

import { Identities, Mail, Scales } from 'types.bicep'
import { RegionNames } from 'naming.bicep'

@description('Required. Names of the region.')
param names RegionNames
@description('Required. Where the apps are.')
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
@description('Required. Close the apps to all but Front Door and the pipeline.')
param isClosed bool
@description('Required. Ids of our Front Door profiles; without one forwarded hosts are not believed.')
param frontDoorIds string[]
@description('Required. Addresses that may deploy.')
param deploymentAddresses string[]
@description('Required. Subnets by app. Empty without a network of our own.')
param subnets object
@description('Required. Host storage by app: name and blobEndpoint.')
param hostStorage object
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
@description('Required. Where the vault of operations is called, which has the password of our mail.')
param operationsVaultEndpoint string
@description('Required. Where the vault account is called.')
param vaultBlobEndpoint string
@description('Required. Where the exchange account is called.')
param exchangeBlobEndpoint string
@description('Required. Where telemetry goes.')
param insightsConnection string
@description('Required. Where logs go.')
param workspaceId string

var common = {
  TOUCHSTONE_BASE_DOMAIN: baseDomain
  TOUCHSTONE_PUBLIC_URL: 'https://{slug}.${baseDomain}'
  TOUCHSTONE_REGION: dataRegion
  COSMOS_ENDPOINT: databaseEndpoint
  COSMOS_DATABASE: databaseName
  SERVICE_BUS__fullyQualifiedNamespace: messagingHost
}
var apiSettings = union(common, {
  AZURE_CLIENT_ID: identities.api.clientId
  KEY_VAULT_ENDPOINT: keyVaultEndpoint
  BLOB_VAULT_ENDPOINT: vaultBlobEndpoint
  BLOB_EXCHANGE_ENDPOINT: exchangeBlobEndpoint
  FRONT_DOOR_ID: join(frontDoorIds, ',')
  // Ceilings as they stand in code. Only tests, where everything comes from one address, multiply them.
  RATE_LIMIT_FACTOR: '1'
})
var mailSettings = empty(mail.host)
  ? {}
  : union(
      { SMTP_HOST: mail.host, SMTP_PORT: string(mail.port), SMTP_FROM: mail.from },
      empty(mail.user)
        ? {}
        : {
            SMTP_USER: mail.user
            // The platform resolves it with the app's identity. Not in the apps' vault, where api may read any secret: mail-role.bicep.
            SMTP_PASSWORD: '@Microsoft.KeyVault(SecretUri=${operationsVaultEndpoint}secrets/smtp-password)'
          }
    )
var workerSettings = union(common, mailSettings, {
  AZURE_CLIENT_ID: identities.worker.clientId
  KEY_VAULT_ENDPOINT: keyVaultEndpoint
  BLOB_VAULT_ENDPOINT: vaultBlobEndpoint
  RELAY_INTERVAL_SECONDS: '5'
  BLOB_EXCHANGE_ENDPOINT: exchangeBlobEndpoint
})
var renderSettings = union(common, {
  AZURE_CLIENT_ID: identities.render.clientId
  KEY_VAULT_ENDPOINT: keyVaultEndpoint
  BLOB_VAULT_ENDPOINT: vaultBlobEndpoint
})
// Names of functions in functions/worker.ts. Each scales by itself.
var workerFunctions = ['jobs', 'webhook-fan-out', 'webhook-deliveries', 'ticks']

func warm(groups string[], count int) object[] =>
  count == 0 ? [] : map(groups, group => { name: group, instanceCount: count })

func triggers(clientId string) object => {
  SERVICE_BUS__credential: 'managedidentity'
  SERVICE_BUS__clientId: clientId
}

module api 'app.bicep' = [
  for kind in withCanary ? ['api', 'canary'] : ['api']: {
    name: 'app-${kind}'
    params: {
      name: names.app[kind]
      planName: names.plan[kind]
      hostStorageName: hostStorage[kind].name
      packagesUrl: '${hostStorage[kind].blobEndpoint}packages'
      location: location
      tags: union(tags, { 'azd-service-name': kind })
      identity: identities.api
      settings: apiSettings
      triggerSettings: {}
      alwaysReady: warm(['http'], scales.api.alwaysReady)
      maximumInstances: scales.api.maximumInstances
      memory: scales.api.memory
      httpConcurrency: scales.httpConcurrency
      zoneRedundant: zoneRedundant
      subnetId: subnets.?api ?? ''
      isClosed: isClosed
      frontDoorIds: frontDoorIds
      deploymentAddresses: deploymentAddresses
      insightsConnection: insightsConnection
      workspaceId: workspaceId
    }
  }
]

module worker 'app.bicep' = {
  name: 'app-worker'
  params: {
    name: names.app.worker
    planName: names.plan.worker
    hostStorageName: hostStorage.worker.name
    packagesUrl: '${hostStorage.worker.blobEndpoint}packages'
    location: location
    tags: union(tags, { 'azd-service-name': 'worker' })
    identity: identities.worker
    settings: workerSettings
    triggerSettings: triggers(identities.worker.clientId)
    alwaysReady: warm(map(workerFunctions, name => 'function:${name}'), scales.worker.alwaysReady)
    maximumInstances: scales.worker.maximumInstances
    memory: scales.worker.memory
    httpConcurrency: null
    zoneRedundant: zoneRedundant
    subnetId: subnets.?worker ?? ''
    isClosed: isClosed
    frontDoorIds: []
    deploymentAddresses: deploymentAddresses
    insightsConnection: insightsConnection
    workspaceId: workspaceId
  }
}

module render 'app.bicep' = {
  name: 'app-render'
  params: {
    name: names.app.render
    planName: names.plan.render
    hostStorageName: hostStorage.render.name
    packagesUrl: '${hostStorage.render.blobEndpoint}packages'
    location: location
    tags: union(tags, { 'azd-service-name': 'render' })
    identity: identities.render
    settings: renderSettings
    triggerSettings: triggers(identities.render.clientId)
    alwaysReady: warm(['function:render'], scales.render.alwaysReady)
    maximumInstances: scales.render.maximumInstances
    memory: scales.render.memory
    httpConcurrency: null
    zoneRedundant: zoneRedundant
    subnetId: subnets.?render ?? ''
    isClosed: isClosed
    frontDoorIds: []
    deploymentAddresses: deploymentAddresses
    insightsConnection: insightsConnection
    workspaceId: workspaceId
  }
}

@description('The host name of api.')
output apiHost string = api[0].outputs.host
@description('The host name of the canary; empty without one.')
output canaryHost string = withCanary ? api[1].outputs.host : ''
@description('Names of the apps for the pipeline.')
output appNames object = {
  api: api[0].outputs.name
  canary: withCanary ? api[1].outputs.name : ''
  worker: worker.outputs.name
  render: render.outputs.name
}
