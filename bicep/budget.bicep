metadata description = 'The month\'s budget of one group, and who hears when most of it is spent.'

@description('Required. Name of the budget.')
param name string
@description('Required. Amount a month, in the currency of the subscription.')
@minValue(1)
param amount int
@description('Required. The first day of the month it starts in: 2026-01-01. Azure refuses to change it later.')
param startDate string
@description('Required. Who is told.')
param actionGroupId string
@description('Required. Who is told by e-mail.')
param emails string[]

var alert = loadJsonContent('alerts.json').budget

resource budget 'Microsoft.Consumption/budgets@2024-08-01' = {
  name: name
  properties: {
    category: 'Cost'
    amount: amount
    timeGrain: 'Monthly'
    timePeriod: { startDate: startDate }
    notifications: {
      spent: {
        enabled: true
        operator: 'GreaterThanOrEqualTo'
        threshold: alert.percent
        thresholdType: 'Actual'
        contactEmails: emails
        contactGroups: [actionGroupId]
      }
      expected: {
        enabled: true
        operator: 'GreaterThanOrEqualTo'
        threshold: 100
        thresholdType: 'Forecasted'
        contactEmails: emails
        contactGroups: [actionGroupId]
      }
    }
  }
}
