metadata description = 'Where logs and telemetry go, who is told of alerts, and the workbook that shows the platform at one glance.'

import { Contacts } from 'types.bicep'

@description('Required. Name of the Log Analytics workspace.')
param workspaceName string
@description('Required. Name of Application Insights.')
param insightsName string
@description('Required. Name of the private link scope.')
param privateLinkScopeName string
@description('Required. Name of the action group.')
param actionGroupName string
@description('Required. Name that the workbook\'s id is made from.')
param workbookName string
@description('Required. Where they are.')
param location string
@description('Required. Tags of every resource.')
param tags object
@description('Required. Take telemetry through private endpoints only. People still read it, with their own login.')
param isPrivate bool
@description('Required. Who hears of alerts.')
param contacts Contacts
@description('Optional. Where chat takes alerts; whoever may read the action group reads the address. Empty: none.')
@secure()
param chatWebhook string = ''
@description('Optional. Where the pager takes alerts; whoever may read the action group reads the address. Empty: none.')
@secure()
param pagerWebhook string = ''

resource workspace 'Microsoft.OperationalInsights/workspaces@2025-07-01' = {
  name: workspaceName
  location: location
  tags: tags
  properties: {
    sku: { name: 'PerGB2018' }
    retentionInDays: 90
    features: { disableLocalAuth: true, enableLogAccessUsingOnlyResourcePermissions: true }
    publicNetworkAccessForIngestion: isPrivate ? 'Disabled' : 'Enabled'
    publicNetworkAccessForQuery: 'Enabled'
  }
}

// Sampling is the host's (host.json): a fifth of requests and dependencies, failed or not, and all exceptions, traces and events. Here it would drop those, too.
resource insights 'Microsoft.Insights/components@2020-02-02' = {
  name: insightsName
  location: location
  tags: tags
  kind: 'web'
  properties: {
    Application_Type: 'web'
    WorkspaceResourceId: workspace.id
    DisableLocalAuth: true
    RetentionInDays: 90
    publicNetworkAccessForIngestion: isPrivate ? 'Disabled' : 'Enabled'
    publicNetworkAccessForQuery: 'Enabled'
  }
}

resource privateLinkScope 'Microsoft.Insights/privateLinkScopes@2021-09-01' = if (isPrivate) {
  name: privateLinkScopeName
  location: 'global'
  tags: tags
  properties: { accessModeSettings: { ingestionAccessMode: 'PrivateOnly', queryAccessMode: 'Open' } }
}

resource scopedWorkspace 'Microsoft.Insights/privateLinkScopes/scopedResources@2021-09-01' = if (isPrivate) {
  parent: privateLinkScope
  name: 'workspace'
  properties: { linkedResourceId: workspace.id }
}

resource scopedInsights 'Microsoft.Insights/privateLinkScopes/scopedResources@2021-09-01' = if (isPrivate) {
  parent: privateLinkScope
  name: 'insights'
  properties: { linkedResourceId: insights.id }
}

resource actionGroup 'Microsoft.Insights/actionGroups@2023-01-01' = {
  name: actionGroupName
  location: 'global'
  tags: tags
  properties: {
    enabled: true
    groupShortName: 'touchstone'
    emailReceivers: map(contacts.emails, address => {
      name: address
      emailAddress: address
      useCommonAlertSchema: true
    })
    webhookReceivers: concat(
      empty(chatWebhook) ? [] : [{ name: 'chat', serviceUri: chatWebhook, useCommonAlertSchema: true }],
      empty(pagerWebhook) ? [] : [{ name: 'pager', serviceUri: pagerWebhook, useCommonAlertSchema: true }]
    )
  }
}

resource workbook 'Microsoft.Insights/workbooks@2023-06-01' = {
  name: guid(resourceGroup().id, workbookName)
  location: location
  tags: tags
  kind: 'shared'
  properties: {
    displayName: 'Touchstone'
    category: 'workbook'
    sourceId: workspace.id
    serializedData: loadTextContent('workbook.json')
  }
}

resource workspaceLogs 'Microsoft.Insights/diagnosticSettings@2021-05-01-preview' = {
  scope: workspace
  name: 'to-workspace'
  properties: {
    workspaceId: workspace.id
    logs: [{ categoryGroup: 'audit', enabled: true }]
    metrics: [{ category: 'AllMetrics', enabled: true }]
  }
}

@description('The workspace.')
output workspaceId string = workspace.id
@description('Name of Application Insights, for role assignments.')
output insightsName string = insights.name
@description('Where apps send telemetry. It opens nothing: local authentication is off.')
output insightsConnection string = insights.properties.ConnectionString
@description('The private link scope; empty without one.')
output privateLinkScopeId string = isPrivate ? privateLinkScope.id : ''
@description('Who is told.')
output actionGroupId string = actionGroup.id
