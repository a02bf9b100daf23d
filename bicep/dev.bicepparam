// One developer's or the team's own: keeps nothing warm, is reachable without Front Door. Ticks keep worker running all the same: docs/cost.md.
using 'main.bicep'

param environment = 'dev'
param location = readEnvironmentVariable('AZURE_LOCATION', 'westeurope')
param backupLocation = 'northeurope'
param ownership = { owner: 'platform team', costCentre: 'development' }
// Without a domain of one's own the api's host name is the one tenant's: its slug is the name of the app.
param baseDomain = readEnvironmentVariable('TOUCHSTONE_BASE_DOMAIN_DEV', 'azurewebsites.net')
param azdEnvironment = readEnvironmentVariable('AZURE_ENV_NAME', 'dev')

param privateNetwork = false
param zoneRedundant = false
param database = { serverless: true, maximumRequestUnits: 1000, continuousBackupDays: 7 }
param premiumMessaging = false
param scales = {
  api: { alwaysReady: 0, maximumInstances: 40, memory: 2048 }
  worker: { alwaysReady: 0, maximumInstances: 40, memory: 2048 }
  render: { alwaysReady: 0, maximumInstances: 40, memory: 4096 }
  httpConcurrency: 50
}
param edge = { profiles: [], wildcardCertificate: '', rateLimitPerMinute: 1000, countries: [] }

param contacts = {
  emails: [readEnvironmentVariable('TOUCHSTONE_ALERTS_TO', 'alerts@touchstone.example')]
  runbooks: 'https://touchstone.example/runbooks'
}
param mail = { host: '', port: 587, user: '', from: '' }
param budget = 100
// A new environment starts this month; one that stands says when it began, since Azure refuses another month.
param budgetStart = readEnvironmentVariable('TOUCHSTONE_BUDGET_START_DEV', '')
param people = {
  developers: readEnvironmentVariable('TOUCHSTONE_DEVELOPERS', '')
  operators: readEnvironmentVariable('TOUCHSTONE_OPERATORS', '')
  breakGlass: readEnvironmentVariable('TOUCHSTONE_BREAK_GLASS', '')
}
