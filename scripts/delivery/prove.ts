import { join } from 'node:path';
import * as z from 'zod';
import { smokeTenant } from '../smoke/tenant.ts';
import { type Az, run } from './commands.ts';
import type { Deployment } from './deployment.ts';
import { tokenFor, VAULT } from './tokens.ts';

const scripts = join(import.meta.dirname, '..');

/** The secret of the operations' vault that holds the passphrase of the smoke test's people; `npm run provision -- --smoke` makes it. */
export const SMOKE_SECRET = 'smoke-passphrase';

/**
 * The slug of the smoke test's tenant. Without Front Door the api answers by its own host name alone, so that name is the tenant's
 * host: such an environment has one tenant.
 */
export function smokeSlug({ frontDoorProfiles, apps }: Deployment): string {
  const api = apps.find(({ role }) => role === 'api');
  if (frontDoorProfiles.length > 0 || api === undefined) return smokeTenant.slug;
  return api.hostName.split('.')[0] ?? smokeTenant.slug;
}

/** The address of the smoke test's tenant. */
export function smokeAddress(deployment: Deployment): string {
  return `https://${smokeSlug(deployment)}.${deployment.baseDomain}`;
}

/** The smoke test with the passphrase that Key Vault keeps. */
export async function smoke(az: Az, deployment: Deployment): Promise<void> {
  const id = new URL(`/secrets/${SMOKE_SECRET}`, deployment.operationsVaultEndpoint).href;
  const value = await az('keyvault', 'secret', 'show', '--id', id, '--query', 'value');
  const env = { SMOKE_PASSPHRASE: z.string().min(1).parse(value) };
  await run(process.execPath, [join(scripts, 'smoke.ts'), smokeAddress(deployment)], { env });
}

/** What a stranger can see of the deployment is as it should be. */
export async function verify(az: Az, deployment: Deployment): Promise<void> {
  const { frontDoorProfiles, apps, closedEndpoints } = deployment;
  const direct =
    frontDoorProfiles.length === 0 ? [] : apps.flatMap(({ hostName }) => ['--app-host', hostName]);
  const closed = closedEndpoints.flatMap(({ kind, address }) => ['--closed', `${kind}=${address}`]);
  const env = closed.length === 0 ? {} : { VAULT_TOKEN: await tokenFor(az, VAULT) };
  const script = join(scripts, 'delivery', 'verify-deployment.ts');
  await run(process.execPath, [script, smokeAddress(deployment), ...direct, ...closed], { env });
}
