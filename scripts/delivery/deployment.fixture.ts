import type { Deployment, Role } from './deployment.ts';

const GROUP = 'rg-touchstone-prod';

/** Outputs of a deployment of prod with two Front Door profiles, as Azure answers them. */
export const outputs = {
  resourceGroupName: GROUP,
  resourceGroupNames: [GROUP],
  appNames: [
    {
      api: 'func-touchstone-prod-api',
      canary: 'func-touchstone-prod-canary',
      worker: 'func-touchstone-prod-worker',
      render: 'func-touchstone-prod-render',
    },
  ],
  baseDomain: 'touchstone.example',
  dataRegion: 'westeurope',
  frontDoorProfiles: ['afd-0', 'afd-1'],
  workspaceId: '/subscriptions/s/resourceGroups/g/providers/Microsoft.OperationalInsights/workspaces/log',
  databaseEndpoint: 'https://cosmos.documents.azure.com:443/',
  messagingHost: 'sb.servicebus.windows.net',
  keyVaultEndpoint: 'https://kv-ts-prod.vault.azure.net/',
  operationsVaultEndpoint: 'https://kv-tsops-prod.vault.azure.net/',
  vaultBlobEndpoint: 'https://tsvaultprod.blob.core.windows.net/',
  closedEndpoints: [{ kind: 'database' as const, address: 'https://cosmos.documents.azure.com:443/' }],
  exchangeBlobEndpoint: 'https://tsexchangeprod.blob.core.windows.net/',
};

/** That deployment as delivery sees it. */
export function anEnvironment(): Deployment {
  const app = (role: Role) => ({
    role,
    name: `func-touchstone-prod-${role}`,
    resourceGroup: GROUP,
    hostName: `func-touchstone-prod-${role}.azurewebsites.net`,
  });
  const { appNames, resourceGroupNames, ...rest } = outputs;
  return {
    ...rest,
    databaseName: 'touchstone',
    apps: [app('api'), app('canary'), app('worker'), app('render')],
  };
}
