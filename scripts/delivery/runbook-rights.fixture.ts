/** Actions of Azure that a command needs; those in `data` are data actions. */
export type Needs = { readonly actions?: readonly string[]; readonly data?: readonly string[] };

const database = 'Microsoft.DocumentDB/databaseAccounts';
const messages = 'Microsoft.ServiceBus/namespaces';
const vault = 'Microsoft.KeyVault/vaults';
const sites = 'Microsoft.Web/sites';
const firewall = 'Microsoft.Network/FrontDoorWebApplicationFirewallPolicies';
const storage = 'Microsoft.Storage/storageAccounts';
const actions = (...names: readonly string[]): Needs => ({ actions: names });
const data = (...names: readonly string[]): Needs => ({ data: names });

/** What each command of `az` that a runbook tells somebody to run asks Azure for, besides reading what it changes. */
const commands: Readonly<Record<string, Needs>> = {
  login: {},
  'extension add': {},
  'pipelines run': {},
  // How the first page defines `everywhere`; what it is asked for stands where it is called.
  functionapp: {},
  'group list': actions('Microsoft.Resources/subscriptions/resourceGroups/read'),
  'functionapp list': actions(`${sites}/read`),
  'functionapp show': actions(`${sites}/read`),
  'functionapp restart': actions(`${sites}/restart/action`),
  'functionapp stop': actions(`${sites}/stop/action`),
  'functionapp start': actions(`${sites}/start/action`),
  'functionapp scale config show': actions(`${sites}/read`),
  'functionapp scale config set': actions(`${sites}/write`),
  'functionapp config appsettings set': actions(`${sites}/config/list/action`, `${sites}/config/write`),
  'cosmosdb list': actions(`${database}/read`),
  'cosmosdb show': actions(`${database}/read`),
  'cosmosdb sql database throughput show': actions(`${database}/sqlDatabases/throughputSettings/read`),
  'cosmosdb sql database throughput update': actions(`${database}/sqlDatabases/throughputSettings/write`),
  'cosmosdb sql role assignment list': actions(`${database}/sqlRoleAssignments/read`),
  'cosmosdb sql role assignment create': actions(`${database}/sqlRoleAssignments/write`),
  'cosmosdb failover-priority-change': actions(`${database}/failoverPriorityChange/action`),
  'cosmosdb offline-region': actions(`${database}/offlineRegion/action`),
  'servicebus namespace list': actions(`${messages}/read`),
  'servicebus namespace show': actions(`${messages}/read`),
  'servicebus namespace failover': actions(`${messages}/failover/action`),
  'servicebus queue list': actions(`${messages}/queues/read`),
  'servicebus queue show': actions(`${messages}/queues/read`),
  'servicebus topic subscription list': actions(`${messages}/topics/subscriptions/read`),
  'keyvault list': actions(`${vault}/read`),
  'keyvault key list': data(`${vault}/keys/read`),
  'keyvault key list-versions': data(`${vault}/keys/read`),
  'keyvault key rotate': data(`${vault}/keys/rotate/action`),
  'keyvault key set-attributes': data(`${vault}/keys/update/action`),
  'keyvault key recover': data(`${vault}/keys/recover/action`),
  'keyvault secret list': data(`${vault}/secrets/readMetadata/action`),
  'keyvault secret recover': data(`${vault}/secrets/recover/action`),
  'keyvault certificate list': data(`${vault}/certificates/read`),
  'keyvault certificate import': data(`${vault}/certificates/import/action`),
  'monitor log-analytics workspace show': actions('Microsoft.OperationalInsights/workspaces/read'),
  'monitor log-analytics query': actions('Microsoft.OperationalInsights/workspaces/query/read'),
  'monitor metrics list': actions('Microsoft.Insights/metrics/read'),
  'monitor activity-log list': actions('Microsoft.Insights/eventtypes/values/read'),
  'afd profile list': actions('Microsoft.Cdn/profiles/read'),
  'afd endpoint list': actions('Microsoft.Cdn/profiles/afdEndpoints/read'),
  'afd custom-domain list': actions('Microsoft.Cdn/profiles/customDomains/read'),
  'afd custom-domain show': actions('Microsoft.Cdn/profiles/customDomains/read'),
  'afd origin list': actions('Microsoft.Cdn/profiles/originGroups/origins/read'),
  'afd origin update': actions('Microsoft.Cdn/profiles/originGroups/origins/write'),
  'network front-door waf-policy rule create': actions(`${firewall}/write`),
  'network front-door waf-policy rule update': actions(`${firewall}/write`),
  'storage account list': actions(`${storage}/read`),
  'storage account management-policy show': actions(`${storage}/managementPolicies/read`),
  'storage account blob-service-properties show': actions(`${storage}/blobServices/read`),
  'storage container immutability-policy show': actions(
    `${storage}/blobServices/containers/immutabilityPolicies/read`,
  ),
  'storage blob list': data(`${storage}/blobServices/containers/blobs/read`),
  'storage blob undelete': data(`${storage}/blobServices/containers/blobs/write`),
  'deployment group list': actions('Microsoft.Resources/deployments/read'),
  'deployment operation group list': actions('Microsoft.Resources/deployments/operations/read'),
};

/** What is done in the portal and needs more than reading. */
const inPortal: Readonly<Record<string, Needs>> = {
  'Service Bus Explorer': data(`${messages}/messages/receive/action`, `${messages}/messages/send/action`),
  'portal > Networking': actions('Microsoft.Network/privateEndpoints/write'),
  'Change user response': actions('Microsoft.AlertsManagement/alerts/changestate/action'),
};

/** Who does what a line of a runbook says: whoever is on call, when nobody is named. */
export type Doer = 'operator' | 'breakGlass' | 'owner';

export type Instruction = { readonly line: string; readonly who: Doer; readonly what: string };

/** What a page tells people to do in Azure, line by line. Lines that a backslash continues count as one. */
export function instructionsOf(page: string): readonly Instruction[] {
  const lines = page.replace(/\\\n\s*/g, '').split('\n');
  return lines.flatMap(line => {
    const asked = [...line.matchAll(/\baz ((?:[a-z][a-z-]*)(?: [a-z][a-z-]*)*)/g)].map(
      match => match[1] ?? '',
    );
    const everywhere = [...line.matchAll(/\beverywhere (?:"([a-z ]+)"|([a-z]+)) /g)].map(
      match => `functionapp ${match[1] ?? match[2]}`,
    );
    const clicked = Object.keys(inPortal).filter(words => line.includes(words));
    return [...asked, ...everywhere, ...clicked].map(what => ({
      line: line.trim(),
      who: doerOf(line),
      what,
    }));
  });
}

function doerOf(line: string): Doer {
  if (line.includes('Owner of the subscription')) return 'owner';
  return line.includes('break-glass') ? 'breakGlass' : 'operator';
}

/** What an instruction needs. Throws for a command that the table does not know. */
export function needsOf({ what, line }: Instruction): Needs {
  const needs = commands[what] ?? inPortal[what];
  if (needs === undefined) throw new Error(`nobody knows what az ${what} needs: ${line}`);
  return needs;
}
