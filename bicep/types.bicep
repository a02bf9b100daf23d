metadata description = 'The shapes of parameters that several files share.'

@export()
@description('One of the three environments. Only prod holds customers.')
type Environment = 'dev' | 'stage' | 'prod'

@export()
@description('Who pays for a resource and who answers for it. Every resource carries these.')
type Ownership = {
  @description('The team or person that answers for the environment.')
  owner: string
  @description('The cost centre that pays.')
  costCentre: string
}

@export()
@description('Whether blobs of immutable containers (anchors, ledger and backups: immutableDays of shared/topology.json) can be changed or deleted before their time: anybody may (none), nobody unless the policy is taken away first (unlocked), nobody at all (locked, which is done by hand once and cannot be undone).')
type Immutability = 'none' | 'unlocked' | 'locked'

@export()
@description('How an app scales.')
type Scale = {
  @description('Instances that are kept warm; with 0 an app without work sleeps.')
  @minValue(0)
  alwaysReady: int
  @description('Instances at most. A ceiling for the bill and for the database.')
  @minValue(1)
  @maxValue(1000)
  maximumInstances: int
  @description('Memory of an instance in MB: 512, 2048 or 4096.')
  memory: int
}

@export()
@description('How the three apps scale, and how many requests an instance of api takes at once.')
type Scales = {
  @description('HTTP.')
  api: Scale
  @description('Queues, timers and the relay. alwaysReady counts for each of its functions.')
  worker: Scale
  @description('PDF. Chromium wants 4096 MB.')
  render: Scale
  @description('Requests that an instance of api takes at once.')
  @minValue(1)
  @maxValue(1000)
  httpConcurrency: int
}

@export()
@description('The database account.')
type Database = {
  @description('Pay for each request and nothing while idle; one region, no reserved throughput.')
  serverless: bool
  @description('The ceiling of autoscale in request units a second, shared by all containers. Not used when serverless.')
  @minValue(1000)
  maximumRequestUnits: int
  @description('How far back the account can be restored to any second: 7 or 30 days.')
  continuousBackupDays: 7 | 30
}

@export()
@description('A private endpoint: what it leads to and under which names it is found.')
type EndpointTarget = {
  @description('A short name, unique among the endpoints.')
  name: string
  @description('The resource that it leads to.')
  id: string
  @description('The sub-resource, such as blob, Sql, vault, namespace, azuremonitor.')
  group: string
  @description('The private DNS zones that the endpoint registers in.')
  zones: string[]
}

@export()
@description('An identity as other files need it.')
type Identity = {
  @description('Its resource id.')
  id: string
  @description('What an app says to be it.')
  clientId: string
  @description('What roles are assigned to.')
  principalId: string
}

@export()
@description('The identities of the three apps.')
type Identities = {
  @description('Of api, and of its canary.')
  api: Identity
  @description('Of worker.')
  worker: Identity
  @description('Of render.')
  render: Identity
}

@export()
@description('A key of ours that encrypts data at rest, and the identity that may use it. Null leaves it to Microsoft\'s keys.')
type Encryption = {
  @description('The key\'s address without a version, so that it rotates by itself.')
  keyUri: string
  @description('The vault\'s address.')
  vaultUri: string
  @description('The key\'s name.')
  keyName: string
  @description('The user-assigned identity that wraps and unwraps with it.')
  identityId: string
}?

@export()
@description('Groups of people in Entra ID, by object id. An empty one gets nothing.')
type People = {
  @description('Read resources and logs, always.')
  developers: string
  @description('Act in an incident; eligible, to be activated for hours.')
  operators: string
  @description('For the day when nothing else helps; eligible, with approval as the tenant\'s policy says.')
  breakGlass: string
}

@export()
@description('Front Door.')
type Edge = {
  @description('Host names by profile: each inner list is one Front Door profile. A domain stays in the profile it was put in, because its CNAME points there. Add a list when the last has 500 (limit of Premium: 500 domains a profile). Empty: no Front Door, and api is reachable by itself.')
  profiles: string[][]
  @description('Certificate in Key Vault for hosts with a wildcard, which Front Door\'s own certificates do not cover. Empty: none.')
  wildcardCertificate: string
  @description('Requests that one address may make in a minute before the firewall refuses it.')
  @minValue(10)
  rateLimitPerMinute: int
  @description('Countries (two letters) whose requests alone are let in. Empty: the whole world.')
  countries: string[]
}

@export()
@description('The provider that takes our mail. Its password is the secret smtp-password of the vault of operations, which worker alone reads; it is there before a user is named here.')
type Mail = {
  @description('Its host. Empty: nothing is mailed.')
  host: string
  @description('Its port for submission, with STARTTLS: the one that the network lets out.')
  port: 587
  @description('Who we are to it. Empty: it asks nobody, and no password is read.')
  user: string
  @description('The address that mail comes from.')
  from: string
}

@export()
@description('Who hears of alerts.')
type Contacts = {
  @description('E-mail addresses.')
  emails: string[]
  @description('Where the runbooks are read: the address of docs/runbooks without a slash at its end.')
  runbooks: string
}
