metadata description = 'Blobs: exchange, reachable from outside by SAS; vault, private; backup, private and in another region. Containers stand in shared/topology.json.'

import { Encryption, Immutability } from 'types.bicep'

@description('Required. Names of the accounts.')
param names object
@description('Required. Where exchange and vault are.')
param location string
@description('Required. Where backup is: another region, which does not go down with the first.')
param backupLocation string
@description('Required. Tags of every resource.')
param tags object
@description('Required. Copies over zones, and of vault in a second region, too.')
param isRedundant bool
@description('Required. Whether vault and backup are reachable through private endpoints only.')
param isPrivate bool
@description('Required. The key that encrypts exchange and vault. Backup keeps Microsoft\'s: it must outlive ours.')
param encryption Encryption
@description('Required. Whether anchors, the ledger of erasures and backups can be deleted or changed before their time. Unless none, their accounts cannot be torn down.')
param immutability Immutability
@description('Required. Where logs go.')
param workspaceId string

var topology = loadJsonContent('../shared/topology.json').storage

module exchange 'storage-account.bicep' = {
  name: 'storage-exchange'
  params: {
    name: names.exchange
    location: location
    tags: tags
    sku: isRedundant ? 'Standard_ZRS' : 'Standard_LRS'
    // Customers reach it with a SAS for one blob; nothing in it is meant to stay.
    isPrivate: false
    containers: topology.exchange.containers
    deleteAfterDays: 7
    encryption: encryption
    workspaceId: workspaceId
  }
}

module vault 'storage-account.bicep' = {
  name: 'storage-vault'
  params: {
    name: names.vault
    location: location
    tags: tags
    sku: isRedundant ? 'Standard_RAGZRS' : 'Standard_LRS'
    isPrivate: isPrivate
    containers: topology.vault.containers
    immutableDays: immutability == 'none' ? {} : topology.vault.immutableDays
    immutabilityIsLocked: immutability == 'locked'
    versioning: true
    deleteVersionsAfterDays: 90
    encryption: encryption
    workspaceId: workspaceId
  }
}

module backup 'storage-account.bicep' = {
  name: 'storage-backup'
  params: {
    name: names.backup
    location: backupLocation
    tags: tags
    sku: isRedundant ? 'Standard_ZRS' : 'Standard_LRS'
    isPrivate: isPrivate
    containers: topology.backup.containers
    immutableDays: immutability == 'none' ? {} : topology.backup.immutableDays
    immutabilityIsLocked: immutability == 'locked'
    versioning: true
    deleteVersionsAfterDays: 400
    workspaceId: workspaceId
  }
}

@description('The three accounts by purpose: id, name, blobEndpoint.')
output accounts object = {
  exchange: { id: exchange.outputs.id, name: exchange.outputs.name, blobEndpoint: exchange.outputs.blobEndpoint }
  vault: { id: vault.outputs.id, name: vault.outputs.name, blobEndpoint: vault.outputs.blobEndpoint }
  backup: { id: backup.outputs.id, name: backup.outputs.name, blobEndpoint: backup.outputs.blobEndpoint }
}
