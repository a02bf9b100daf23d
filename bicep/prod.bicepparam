// Customers. Several zones, two regions, closed to everything but Front Door and the exchange account.
using 'main.bicep'

param environment = 'prod'
param location = readEnvironmentVariable('AZURE_LOCATION', 'westeurope')
param secondLocation = 'northeurope'
param backupLocation = 'northeurope'
param ownership = { owner: 'platform team', costCentre: 'operations' }
param baseDomain = readEnvironmentVariable('TOUCHSTONE_BASE_DOMAIN_PROD')
param azdEnvironment = readEnvironmentVariable('AZURE_ENV_NAME', 'prod')

param privateNetwork = true
param zoneRedundant = true
param database = { serverless: false, maximumRequestUnits: 20000, continuousBackupDays: 30 }
param premiumMessaging = true
param messagingUnits = 1
param scales = {
  api: { alwaysReady: 3, maximumInstances: 200, memory: 2048 }
  worker: { alwaysReady: 2, maximumInstances: 100, memory: 2048 }
  render: { alwaysReady: 2, maximumInstances: 100, memory: 4096 }
  httpConcurrency: 50
}
// Tenants' own domains go into the last list that has room: 500 in each.
param edge = {
  profiles: [['*.${baseDomain}']]
  wildcardCertificate: 'wildcard'
  rateLimitPerMinute: 3000
  countries: []
}
param canary = true
param ddosProtection = true
param defender = true
param purgeProtection = true
// 'locked' from the day on which somebody locks them, and before he does: docs/deployment.md.
param immutability = 'unlocked'
param customerManagedKey = false
param hsm = false

param contacts = {
  emails: [readEnvironmentVariable('TOUCHSTONE_ALERTS_TO')]
  runbooks: 'https://touchstone.example/runbooks'
}
param chatWebhook = readEnvironmentVariable('TOUCHSTONE_CHAT_WEBHOOK', '')
param pagerWebhook = readEnvironmentVariable('TOUCHSTONE_PAGER_WEBHOOK', '')
param mail = {
  host: readEnvironmentVariable('TOUCHSTONE_SMTP_HOST', '')
  port: 587
  user: readEnvironmentVariable('TOUCHSTONE_SMTP_USER', '')
  from: readEnvironmentVariable('TOUCHSTONE_SMTP_FROM', '')
}
param budget = 6000
param budgetOfSecondRegion = 1500
// A new environment starts this month; one that stands says when it began, since Azure refuses another month.
param budgetStart = readEnvironmentVariable('TOUCHSTONE_BUDGET_START_PROD', '')
param people = {
  developers: readEnvironmentVariable('TOUCHSTONE_DEVELOPERS', '')
  operators: readEnvironmentVariable('TOUCHSTONE_OPERATORS', '')
  breakGlass: readEnvironmentVariable('TOUCHSTONE_BREAK_GLASS', '')
}
