metadata description = 'The alert rules of alerts.json. Each says where its runbook is: in its description, and to whoever is called.'

@description('Required. Where the rules are.')
param location string
@description('Required. Tags of every resource.')
param tags object
@description('Required. The workspace that queries read.')
param workspaceId string
@description('Required. Resources by the word that alerts.json uses: database, messaging.')
param watched object
@description('Required. Who is told.')
param actionGroupId string
@description('Required. Where the runbooks are read, without a slash at the end.')
param runbooks string

var table = loadJsonContent('alerts.json')

resource metricAlerts 'Microsoft.Insights/metricAlerts@2026-01-01' = [
  for alert in table.metrics: {
    name: alert.name
    location: 'global'
    tags: tags
    properties: {
      description: '${alert.title}. Runbook: ${runbooks}/${alert.?runbook ?? alert.name}.md'
      severity: alert.severity
      enabled: true
      autoMitigate: true
      scopes: [watched[alert.on]]
      evaluationFrequency: alert.every
      windowSize: alert.window
      criteria: {
        'odata.type': 'Microsoft.Azure.Monitor.SingleResourceMultipleMetricCriteria'
        allOf: concat(
          [
            {
              criterionType: 'StaticThresholdCriterion'
              name: alert.name
              metricName: alert.metric
              dimensions: [{ name: alert.dimension, operator: 'Include', values: alert.?values ?? ['*'] }]
              timeAggregation: any(alert.aggregation)
              operator: 'GreaterThan'
              threshold: alert.threshold
            }
          ],
          // A second condition of the same rule may look at one value of a dimension only: so a rule for each queue.
          alert.?none == null
            ? []
            : [
                {
                  criterionType: 'StaticThresholdCriterion'
                  name: '${alert.name}-none'
                  metricName: alert.none
                  dimensions: [{ name: alert.dimension, operator: 'Include', values: alert.?values ?? ['*'] }]
                  timeAggregation: any('Total')
                  operator: 'LessThan'
                  threshold: 1
                }
              ]
        )
      }
      actions: [{ actionGroupId: actionGroupId, webHookProperties: { runbook: '${runbooks}/${alert.?runbook ?? alert.name}.md' } }]
    }
  }
]

resource logAlerts 'Microsoft.Insights/scheduledQueryRules@2026-03-01' = [
  for alert in table.logs: {
    name: alert.name
    location: location
    tags: tags
    kind: 'LogAlert'
    properties: {
      displayName: alert.name
      description: '${alert.title}. Runbook: ${runbooks}/${alert.?runbook ?? alert.name}.md'
      severity: alert.severity
      enabled: alert.enabled
      // An event that comes once must not be taken back by the next look; people close it, and hear of it once a day.
      autoMitigate: !(alert.?staysUntilClosed ?? false)
      muteActionsDuration: (alert.?staysUntilClosed ?? false) ? 'P1D' : null
      // A table is there only after its first row, and a new workspace has none.
      skipQueryValidation: true
      scopes: [workspaceId]
      evaluationFrequency: alert.every
      windowSize: alert.window
      criteria: {
        allOf: [
          {
            // The activity log is the subscription's, which other environments may share.
            query: replace(join(alert.query, '\n'), '{group}', resourceGroup().name)
            timeAggregation: 'Count'
            operator: 'GreaterThan'
            threshold: 0
            // An alert that fires is silent until its condition is over: what must ring each time is an alert of its own.
            dimensions: map(alert.?apart ?? [], name => { name: name, operator: 'Include', values: ['*'] })
            failingPeriods: { numberOfEvaluationPeriods: 1, minFailingPeriodsToAlert: 1 }
          }
        ]
      }
      actions: {
        actionGroups: [actionGroupId]
        customProperties: { runbook: '${runbooks}/${alert.?runbook ?? alert.name}.md' }
      }
    }
  }
]
