import { setTimeout } from 'node:timers/promises';
import { canaryRules } from './canary.ts';
import type { Az } from './commands.ts';
import { publish } from './deploy.ts';
import { type Deployment, type Role, roles } from './deployment.ts';
import { withRelease } from './git-releases.ts';
import { smoke } from './prove.ts';
import { behaviourOf } from './telemetry.ts';
import { fetchTokens, LOG_ANALYTICS, VAULT } from './tokens.ts';
import { AT_REST, shareWithCanary } from './traffic.ts';
import { watchCanary } from './watch-canary.ts';

type Variables = Readonly<Record<string, string | undefined>>;
type Say = (line: string) => void;
type Work = {
  readonly sleep: (seconds: number) => Promise<unknown>;
  /** Of the packages; that of the last build by default. */
  readonly folder?: string;
};

/** Front Door takes minutes to change weights everywhere, and telemetry comes minutes late. */
const SETTLE_SECONDS = 300;
const EVERY_SECONDS = 60;

/**
 * Publishes to the canary, gives it its share and watches. Rejects with the reasons when it may not be promoted; the canary then
 * gets no more requests, whatever went wrong.
 */
export async function runCanary(
  az: Az,
  deployment: Deployment,
  variables: Variables,
  say: Say,
  { sleep, folder }: Work = { sleep: seconds => setTimeout(seconds * 1000) },
): Promise<void> {
  const minutes = numberOf(variables, 'CANARY_MINUTES', 15);
  const leastRequests = numberOf(variables, 'CANARY_LEAST_REQUESTS', canaryRules.leastRequests);
  await fetchTokens(az, [LOG_ANALYTICS]);
  await publish(az, deployment, ['canary'], folder);
  const since = new Date();
  const named = (role: Role) => deployment.apps.filter(app => app.role === role).map(({ name }) => name);
  const behaviour = (role: Role) => behaviourOf(az, deployment.workspaceId, named(role), since);
  try {
    await shareWithCanary(az, deployment, numberOf(variables, 'CANARY_SHARE', 0.1));
    await watchCanary({
      look: async () => ({ canary: await behaviour('canary'), standing: await behaviour('api') }),
      rules: { ...canaryRules, leastRequests },
      duration: minutes * 60,
      settle: SETTLE_SECONDS,
      every: EVERY_SECONDS,
      sleep,
      say,
    });
  } catch (error) {
    await shareWithCanary(az, deployment, 0);
    throw error;
  }
}

/** Publishes to every app, sends the canary to rest, and proves it by the smoke test. */
export async function promote(az: Az, deployment: Deployment): Promise<void> {
  await fetchTokens(az, [VAULT]);
  await publish(az, deployment, roles);
  await shareWithCanary(az, deployment, AT_REST);
  await smoke(az, deployment);
}

/**
 * Back to a release: its packages on every app, the canary too, which meanwhile gets nothing. Templates stay as they are.
 * `wanted` names the release; the last one before what is checked out by default.
 */
export async function returnTo(
  az: Az,
  deployment: Deployment,
  wanted: string | undefined,
  say: Say,
): Promise<void> {
  await fetchTokens(az, [VAULT]);
  const hasCanary = deployment.apps.some(({ role }) => role === 'canary');
  if (hasCanary) await shareWithCanary(az, deployment, 0);
  const tag = await withRelease(wanted, packages => publish(az, deployment, roles, packages));
  if (hasCanary) await shareWithCanary(az, deployment, AT_REST);
  await smoke(az, deployment);
  say(`back at ${tag}`);
}

function numberOf(variables: Variables, name: string, fallback: number): number {
  const value = Number(variables[name] || fallback);
  if (!(value > 0)) throw new Error(`${name} must be a number above 0`);
  return value;
}
