import * as z from 'zod';
import type { Az } from './commands.ts';
import { deploymentName, type Environment } from './deployment.ts';

type Variables = Readonly<Record<string, string>>;

/** Secrets of the operations' vault by the variable of parameter files that each stands for. */
const ADDRESSES = {
  TOUCHSTONE_CHAT_WEBHOOK: 'chat-webhook',
  TOUCHSTONE_PAGER_WEBHOOK: 'pager-webhook',
} as const;

/** What az says of something that is not there. Whatever else it says must not be taken for that. */
const ABSENT = /ResourceNotFound|ResourceGroupNotFound|DeploymentNotFound|SecretNotFound/;

/**
 * Since when the environment's budget counts, as the variable that its parameter file reads: Azure refuses to change it, so a
 * deployment of a later month repeats it. Nothing where there is no budget yet.
 */
export async function standingBudget(az: Az, environment: Environment): Promise<Variables> {
  const asked = await unlessAbsent(
    az(
      ...['resource', 'show', '--resource-group', `rg-touchstone-${environment}`],
      ...['--name', `budget-touchstone-${environment}`, '--resource-type', 'Microsoft.Consumption/budgets'],
      ...['--api-version', '2024-08-01', '--query', 'properties.timePeriod.startDate'],
    ),
  );
  if (asked === undefined) return {};
  const day = z
    .string()
    .regex(/^\d{4}-\d{2}-01/)
    .parse(asked)
    .slice(0, 10);
  return { [`TOUCHSTONE_BUDGET_START_${environment.toUpperCase()}`]: day };
}

/**
 * Where chat and pager take alerts, from the environment's Key Vault: whoever knows such an address can write there. Nothing before
 * the first deployment, which makes the vault. Rejects when the vault does not answer: leaving them out would silence alerts.
 */
export async function standingAddresses(az: Az, environment: Environment): Promise<Variables> {
  const query = 'properties.outputs.operationsVaultEndpoint.value';
  const name = deploymentName(environment);
  const vault = await unlessAbsent(az('deployment', 'sub', 'show', '--name', name, '--query', query));
  if (vault === undefined || vault === null) return {};
  const found: Record<string, string> = {};
  for (const [variable, secret] of Object.entries(ADDRESSES)) {
    const id = new URL(`/secrets/${secret}`, z.string().parse(vault)).href;
    const value = await unlessAbsent(az('keyvault', 'secret', 'show', '--id', id, '--query', 'value'));
    if (value !== undefined) found[variable] = z.string().min(1).parse(value);
  }
  return found;
}

/** What Azure answers, undefined when it says that there is no such thing. Rejects with whatever else it says. */
export async function unlessAbsent(work: Promise<unknown>): Promise<unknown> {
  try {
    return await work;
  } catch (error) {
    if (ABSENT.test(String(error))) return undefined;
    throw error;
  }
}
