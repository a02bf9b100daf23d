import * as z from 'zod';
import topology from '../../shared/topology.json' with { type: 'json' };
import type { Az } from './commands.ts';

export const environments = ['dev', 'stage', 'prod'] as const;
export type Environment = (typeof environments)[number];

export const roles = ['api', 'canary', 'worker', 'render'] as const;
export type Role = (typeof roles)[number];

/** The outputs of `bicep/main.bicep` that delivery reads. A test holds their names against the template. */
export const Outputs = z.object({
  resourceGroupName: z.string(),
  resourceGroupNames: z.array(z.string()),
  /** By region; a role that is not there has an empty name. */
  appNames: z.array(z.record(z.enum(roles), z.string())),
  baseDomain: z.string(),
  dataRegion: z.string(),
  frontDoorProfiles: z.array(z.string()),
  workspaceId: z.string(),
  databaseEndpoint: z.string(),
  messagingHost: z.string(),
  keyVaultEndpoint: z.string(),
  operationsVaultEndpoint: z.string(),
  vaultBlobEndpoint: z.string(),
  /** What strangers must not reach. */
  closedEndpoints: z.array(
    z.object({ kind: z.enum(['database', 'vault', 'messages', 'blobs']), address: z.string() }),
  ),
  exchangeBlobEndpoint: z.string(),
});

export type App = {
  readonly role: Role;
  readonly name: string;
  readonly resourceGroup: string;
  readonly hostName: string;
};

/** An environment as it stands: names and addresses, never a secret. */
export type Deployment = Omit<z.infer<typeof Outputs>, 'appNames' | 'resourceGroupNames'> & {
  readonly databaseName: string;
  readonly apps: readonly App[];
};

/** The name of an environment's deployment in its subscription. */
export function deploymentName(environment: Environment): string {
  return `touchstone-${environment}`;
}

/** Reads an environment's last deployment and its apps. Rejects when there is none, or when it says something else. */
export async function readDeployment(az: Az, environment: Environment): Promise<Deployment> {
  const name = deploymentName(environment);
  const answer = await az('deployment', 'sub', 'show', '--name', name, '--query', 'properties.outputs');
  const values = z.record(z.string(), z.object({ value: z.unknown() })).parse(answer);
  const { appNames, resourceGroupNames, ...outputs } = Outputs.parse(
    Object.fromEntries(Object.entries(values).map(([key, { value }]) => [key, value])),
  );
  const apps: App[] = [];
  for (const [index, names] of appNames.entries()) {
    const group = resourceGroupNames[index] ?? outputs.resourceGroupName;
    apps.push(...(await appsOf(az, group, names)));
  }
  return { ...outputs, databaseName: topology.cosmos.database, apps };
}

const Sites = z.array(z.object({ name: z.string(), defaultHostName: z.string() }));

async function appsOf(az: Az, group: string, names: Readonly<Record<Role, string>>): Promise<readonly App[]> {
  const sites = Sites.parse(await az('functionapp', 'list', '--resource-group', group));
  return roles.flatMap(role => {
    const site = sites.find(({ name }) => name === names[role]);
    if (site === undefined) return [];
    return [{ role, name: site.name, resourceGroup: group, hostName: site.defaultHostName }];
  });
}
