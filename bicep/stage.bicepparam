// Production's shape at a small size: the same doors, locks and canary. Recreated from nothing each month.
using 'main.bicep'

param environment = 'stage'
param location = readEnvironmentVariable('AZURE_LOCATION', 'westeurope')
param backupLocation = 'northeurope'
param ownership = { owner: 'platform team', costCentre: 'development' }
param baseDomain = readEnvironmentVariable('TOUCHSTONE_BASE_DOMAIN_STAGE')
param azdEnvironment = readEnvironmentVariable('AZURE_ENV_NAME', 'stage')

param privateNetwork = true
param zoneRedundant = false
param database = { serverless: false, maximumRequestUnits: 1000, continuousBackupDays: 7 }
param premiumMessaging = false
param scales = {
  api: { alwaysReady: 0, maximumInstances: 40, memory: 2048 }
  worker: { alwaysReady: 0, maximumInstances: 40, memory: 2048 }
  render: { alwaysReady: 0, maximumInstances: 40, memory: 4096 }
  httpConcurrency: 50
}
param edge = {
  profiles: [['*.${baseDomain}']]
  wildcardCertificate: 'wildcard'
  rateLimitPerMinute: 1000
  countries: []
}
param canary = true

param contacts = {
  emails: [readEnvironmentVariable('TOUCHSTONE_ALERTS_TO', 'alerts@touchstone.example')]
  runbooks: 'https://touchstone.example/runbooks'
}
param mail = {
  host: readEnvironmentVariable('TOUCHSTONE_SMTP_HOST', '')
  port: 587
  user: readEnvironmentVariable('TOUCHSTONE_SMTP_USER', '')
  from: readEnvironmentVariable('TOUCHSTONE_SMTP_FROM', '')
}
param budget = 600
// A new environment starts this month; one that stands says when it began, since Azure refuses another month.
param budgetStart = readEnvironmentVariable('TOUCHSTONE_BUDGET_START_STAGE', '')
param people = {
  developers: readEnvironmentVariable('TOUCHSTONE_DEVELOPERS', '')
  operators: readEnvironmentVariable('TOUCHSTONE_OPERATORS', '')
  breakGlass: readEnvironmentVariable('TOUCHSTONE_BREAK_GLASS', '')
}
