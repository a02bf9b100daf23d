metadata description = 'Defender plans of the subscription. They watch for attacks and cost by resource, so they are a choice.'

targetScope = 'subscription'

var plans = [
  { name: 'StorageAccounts', subPlan: 'DefenderForStorageV2' }
  { name: 'KeyVaults', subPlan: 'PerKeyVault' }
  { name: 'CosmosDbs', subPlan: null }
  { name: 'AppServices', subPlan: null }
  { name: 'Arm', subPlan: 'PerSubscription' }
]

// The provider takes one at a time.
@batchSize(1)
resource pricings 'Microsoft.Security/pricings@2024-01-01' = [
  for plan in plans: {
    name: plan.name
    properties: { pricingTier: 'Standard', subPlan: plan.subPlan }
  }
]
