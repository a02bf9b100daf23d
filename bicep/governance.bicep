metadata description = 'What holds for everything in one group: its budget, what nobody may do, and what people may.'

import { People } from 'types.bicep'

@description('Required. Name of the budget.')
param budgetName string
@description('Required. Amount of the month\'s budget of this group.')
param amount int
@description('Required. The first day of the month in which the budget starts.')
param startDate string
@description('Required. Who is told.')
param actionGroupId string
@description('Required. Who is told by e-mail.')
param emails string[]
@description('Required. Regions where resources may be.')
param locations string[]
@description('Required. Data is reached through private endpoints only.')
param isPrivate bool
@description('Required. Storage accounts that are reached from outside all the same.')
param openStorageIds string[]
@description('Required. Groups of people.')
param people People

module budget 'budget.bicep' = {
  name: 'budget'
  params: {
    name: budgetName
    amount: amount
    startDate: startDate
    actionGroupId: actionGroupId
    emails: emails
  }
}

module policy 'policy.bicep' = {
  name: 'policy'
  params: { locations: locations, isPrivate: isPrivate, openStorageIds: openStorageIds }
}

module rights 'people.bicep' = {
  name: 'people'
  params: { people: people, suffix: resourceGroup().name }
}
