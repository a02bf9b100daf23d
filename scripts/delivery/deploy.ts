import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Az } from './commands.ts';
import { type Deployment, deploymentName, type Environment, type Role } from './deployment.ts';
import { pack } from './pack.ts';
import { summarize, WhatIf } from './what-if.ts';

const root = join(import.meta.dirname, '..', '..');

function template(environment: Environment, location: string): string[] {
  const parameters = join(root, 'bicep', `${environment}.bicepparam`);
  return ['--name', deploymentName(environment), '--location', location, '--parameters', parameters];
}

/** What deploying the templates would change, as a page for people. Changes nothing. */
export async function whatIf(az: Az, environment: Environment, location: string): Promise<string> {
  const answer = await az(
    'deployment',
    'sub',
    'what-if',
    ...template(environment, location),
    // Whoever compares for a pull request may read only; Azure would ask for the right to write otherwise.
    ...['--validation-level', 'ProviderNoRbac'],
    '--no-pretty-print',
  );
  return summarize(environment, WhatIf.parse(answer));
}

/** Makes the environment what the templates say. Running it again changes nothing. */
export async function deployInfrastructure(
  az: Az,
  environment: Environment,
  location: string,
): Promise<void> {
  await az('deployment', 'sub', 'create', ...template(environment, location));
}

/** Writes `dist/packages/<app>.zip` for each app and tells their paths. */
export function packAll(folder: string = join(root, 'dist', 'packages')): Readonly<Record<string, string>> {
  return Object.fromEntries(
    ['api', 'worker', 'render'].map(app => {
      const file = join(folder, `${app}.zip`);
      mkdirSync(dirname(file), { recursive: true });
      writeFileSync(file, pack(join(folder, app)));
      return [app, file];
    }),
  );
}

/** Deploys the packages in `folder` to every app of these roles, in all regions. The canary runs the package of api. */
export async function publish(
  az: Az,
  deployment: Deployment,
  roles: readonly Role[],
  folder?: string,
): Promise<void> {
  const files = packAll(folder);
  for (const { role, name, resourceGroup } of deployment.apps.filter(app => roles.includes(app.role))) {
    const file = files[role === 'canary' ? 'api' : role];
    if (file === undefined) throw new Error(`there is no package for ${role}`);
    const app = ['--name', name, '--resource-group', resourceGroup];
    await az('functionapp', 'deployment', 'source', 'config-zip', ...app, '--src', file);
  }
}
