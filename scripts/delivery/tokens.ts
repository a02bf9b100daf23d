import * as z from 'zod';
import type { Az } from './commands.ts';
import type { Deployment } from './deployment.ts';

/** Whom a token is for, worded as the clients word it that need one: caches of tokens compare the text. */
export const VAULT = 'https://vault.azure.net';
export const LOG_ANALYTICS = 'https://api.loganalytics.io';

/** The audience of a deployment's database, as the SDK of Cosmos DB asks for it. */
export function audienceOfDatabase({ databaseEndpoint }: Deployment): string {
  return new URL(databaseEndpoint).origin;
}

/** A token for this audience, of whoever is logged in. */
export async function tokenFor(az: Az, audience: string): Promise<string> {
  return z.string().parse(await ask(az, audience, 'accessToken'));
}

/**
 * Sees to it that `az` has tokens for these audiences, which it keeps for an hour at least. To be called first by whatever needs one
 * later than at its beginning: a pipeline's login is an assertion that holds for five minutes (GitHub) or ten (Azure DevOps), and a
 * token that is first asked for after that is refused as AADSTS700024 (https://github.com/Azure/azure-cli/issues/28708). That for Azure's
 * own management comes with the login.
 */
export async function fetchTokens(az: Az, audiences: readonly string[]): Promise<void> {
  for (const audience of audiences) await ask(az, audience, 'expiresOn');
}

function ask(az: Az, audience: string, part: 'accessToken' | 'expiresOn'): Promise<unknown> {
  return az('account', 'get-access-token', '--resource', audience, '--query', part);
}
