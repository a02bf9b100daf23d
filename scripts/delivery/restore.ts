import * as z from 'zod';
import type { Az } from './commands.ts';
import type { Deployment } from './deployment.ts';

const Accounts = z.array(
  z.object({
    accountName: z.string(),
    oldestRestorableTime: z.string(),
    restorableLocations: z.array(z.object({ locationName: z.string() })),
  }),
);
const Shown = z.object({ writeLocations: z.array(z.object({ locationName: z.string() })).min(1) });

/** The name of the database account, which stands in its address. */
function accountOf({ databaseEndpoint }: Deployment): string {
  return new URL(databaseEndpoint).hostname.split('.')[0] ?? '';
}

/** Since when the database can be restored, and where: a line for each account that was ever there under its name. */
export async function restorePoints(az: Az, deployment: Deployment): Promise<readonly string[]> {
  const name = accountOf(deployment);
  const asked = ['cosmosdb', 'restorable-database-account', 'list', '--account-name', name];
  return Accounts.parse(await az(...asked)).map(({ oldestRestorableTime, restorableLocations }) => {
    const places = restorableLocations.map(({ locationName }) => locationName).join(', ');
    return `${name} since ${oldestRestorableTime} in ${places}`;
  });
}

/**
 * Restores the database as it was at a second of the past into a new account `<name>-restored` in the same group, closed to the
 * internet. What runs is not touched. Takes hours; resolves with the new account's name.
 */
export async function restoreDatabase(
  az: Az,
  deployment: Deployment,
  at: string | undefined,
): Promise<string> {
  const second = z.iso.datetime({ error: '--at wants a time in UTC such as 2026-11-25T02:55:00Z' }).parse(at);
  const name = accountOf(deployment);
  const group = ['--resource-group', deployment.resourceGroupName];
  const account = Shown.parse(await az('cosmosdb', 'show', ...group, '--name', name));
  const target = `${name}-restored`;
  await az(
    'cosmosdb',
    'restore',
    ...group,
    ...['--account-name', name, '--target-database-account-name', target],
    ...['--location', account.writeLocations[0]?.locationName ?? ''],
    ...['--restore-timestamp', second, '--public-network-access', 'DISABLED'],
    // What a restored account is not told it has by default: keys, which our policy refuses.
    ...['--disable-local-auth', 'true'],
  );
  return target;
}
