import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import * as z from 'zod';
import { type Az, run } from './commands.ts';
import type { Deployment, Environment } from './deployment.ts';
import { audienceOfDatabase, fetchTokens, VAULT } from './tokens.ts';

const script = join(import.meta.dirname, '..', 'provision-deployment.ts');

/** The built-in role of Cosmos DB that reads and writes items. */
const DATA_CONTRIBUTOR = '00000000-0000-0000-0000-000000000002';
const OPERATIONS_ROLE = 'Key Vault Secrets Officer';
const PRODUCT_ROLES = ['Key Vault Secrets Officer', 'Key Vault Crypto User'] as const;

/** Roles that were just given hold within minutes: https://learn.microsoft.com/azure/role-based-access-control/troubleshooting */
const ATTEMPTS = 10;
const PAUSE = 60_000;

const Claims = z.object({ oid: z.string() });
const Account = z.object({ type: z.enum(['user', 'servicePrincipal']) });

type Work = { readonly provision: () => Promise<void>; readonly pause: () => Promise<unknown> };

/**
 * The smoke test's tenant in an environment whose database is empty, as whoever is logged in with `az`: a pipeline after
 * `recreate`. The roles on data are given for that time and taken back, whatever happens; that on the operations' vault stays, for
 * the smoke test reads its passphrase there. Roles take minutes to hold, so it is tried again. Never prod, where a person does it.
 */
export async function provisionSmokeTenant(
  az: Az,
  environment: Environment,
  deployment: Deployment,
  say: (line: string) => void,
  work: Work = {
    provision: () => run(process.execPath, [script, '--to', environment, '--smoke']),
    pause: () => setTimeout(PAUSE),
  },
): Promise<void> {
  if (environment === 'prod') throw new Error('prod gives no pipeline its data: docs/deployment.md');
  await fetchTokens(az, [VAULT, audienceOfDatabase(deployment)]);
  const me = await whoAmI(az);
  const vault = await idOfVault(az, deployment.keyVaultEndpoint);
  const operations = await idOfVault(az, deployment.operationsVaultEndpoint);
  const account = ['--account-name', nameIn(deployment.databaseEndpoint)];
  const place = ['--resource-group', deployment.resourceGroupName, ...account];
  const takeBack: (() => Promise<unknown>)[] = [];
  const give = async (role: string, scope: string) => {
    const what = ['--assignee-object-id', me.id, '--role', role, '--scope', scope];
    await az('role', 'assignment', 'create', ...what, '--assignee-principal-type', me.type);
    return () => az('role', 'assignment', 'delete', ...what);
  };
  try {
    await give(OPERATIONS_ROLE, operations);
    for (const role of PRODUCT_ROLES) takeBack.push(await give(role, vault));
    const id = crypto.randomUUID();
    const data = ['--scope', '/', '--principal-id', me.id, '--role-definition-id', DATA_CONTRIBUTOR];
    await az(
      'cosmosdb',
      'sql',
      'role',
      'assignment',
      'create',
      ...place,
      '--role-assignment-id',
      id,
      ...data,
    );
    takeBack.push(() =>
      az('cosmosdb', 'sql', 'role', 'assignment', 'delete', ...place, '--role-assignment-id', id, '--yes'),
    );
    await untilRolesHold(work, say);
  } finally {
    const outcomes = await Promise.allSettled(takeBack.map(one => one()));
    const failed = outcomes.filter(({ status }) => status === 'rejected').length;
    say(`${takeBack.length - failed} of ${takeBack.length} roles taken back`);
    if (failed > 0) process.exitCode = 1;
  }
}

async function untilRolesHold({ provision, pause }: Work, say: (line: string) => void): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await provision();
    } catch (error) {
      if (attempt === ATTEMPTS) throw error;
      say(`not yet (${attempt} of ${ATTEMPTS}): ${error instanceof Error ? error.message : String(error)}`);
      await pause();
    }
  }
}

/** Who is logged in, by the token: asking the directory takes a right that a pipeline lacks. */
async function whoAmI(az: Az): Promise<{ readonly id: string; readonly type: string }> {
  const token = z.string().parse(await az('account', 'get-access-token', '--query', 'accessToken'));
  const claims = Buffer.from(token.split('.')[1] ?? '', 'base64url').toString('utf8');
  const { type } = Account.parse(await az('account', 'show', '--query', 'user'));
  return { id: Claims.parse(JSON.parse(claims)).oid, type: type === 'user' ? 'User' : 'ServicePrincipal' };
}

async function idOfVault(az: Az, endpoint: string): Promise<string> {
  return z.string().parse(await az('keyvault', 'show', '--name', nameIn(endpoint), '--query', 'id'));
}

function nameIn(endpoint: string): string {
  return new URL(endpoint).hostname.split('.')[0] ?? '';
}
