metadata description = 'Every resource name, in one place. A token makes global names unique to the subscription.'

import { Environment } from 'types.bicep'

@export()
@description('Names of what an environment has once.')
type Names = {
  group: string
  database: string
  messaging: string
  keyVault: string
  operationsVault: string
  storage: object
  identity: object
  workspace: string
  insights: string
  privateLinkScope: string
  actionGroup: string
  workbook: string
  frontDoor: string
  firewall: string
  budget: string
}

@export()
@description('Names of what an environment has in each region where its apps run.')
type RegionNames = {
  group: string
  network: string
  ddos: string
  nat: string
  app: object
  plan: object
  hostStorage: object
}

@export()
@description('The names of an environment. The token has at most 8 characters, since storage accounts have 24 at most and Key Vaults too.')
func namesOf(environment Environment, token string) Names => {
  group: 'rg-touchstone-${environment}'
  database: 'cosmos-touchstone-${environment}-${token}'
  messaging: 'sb-touchstone-${environment}-${token}'
  keyVault: 'kv-ts-${environment}-${token}'
  operationsVault: 'kv-tsops-${environment}-${token}'
  storage: {
    exchange: 'tsexchange${environment}${token}'
    vault: 'tsvault${environment}${token}'
    backup: 'tsbackup${environment}${token}'
  }
  identity: {
    api: 'id-touchstone-${environment}-api'
    worker: 'id-touchstone-${environment}-worker'
    render: 'id-touchstone-${environment}-render'
    encryption: 'id-touchstone-${environment}-encryption'
  }
  workspace: 'log-touchstone-${environment}'
  insights: 'appi-touchstone-${environment}'
  privateLinkScope: 'ampls-touchstone-${environment}'
  actionGroup: 'ag-touchstone-${environment}'
  workbook: 'workbook-touchstone-${environment}'
  frontDoor: 'afd-touchstone-${environment}'
  firewall: 'waftouchstone${environment}'
  budget: 'budget-touchstone-${environment}'
}

@export()
@description('The names of one region. The first region shares the environment\'s group.')
func regionNamesOf(environment Environment, token string, location string, isFirst bool) RegionNames => {
  group: isFirst ? 'rg-touchstone-${environment}' : 'rg-touchstone-${environment}-${location}'
  network: 'vnet-touchstone-${environment}-${location}'
  ddos: 'ddos-touchstone-${environment}-${location}'
  nat: 'ng-touchstone-${environment}-${location}'
  app: {
    api: 'func-touchstone-${environment}-api-${token}'
    canary: 'func-touchstone-${environment}-canary-${token}'
    worker: 'func-touchstone-${environment}-worker-${token}'
    render: 'func-touchstone-${environment}-render-${token}'
  }
  plan: {
    api: 'plan-touchstone-${environment}-api-${location}'
    canary: 'plan-touchstone-${environment}-canary-${location}'
    worker: 'plan-touchstone-${environment}-worker-${location}'
    render: 'plan-touchstone-${environment}-render-${location}'
  }
  hostStorage: {
    api: 'tsapi${environment}${token}'
    canary: 'tscanary${environment}${token}'
    worker: 'tsworker${environment}${token}'
    render: 'tsrender${environment}${token}'
  }
}
