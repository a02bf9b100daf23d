import * as z from 'zod';
import type { Az } from './commands.ts';
import type { Deployment } from './deployment.ts';
import { unlessAbsent } from './standing.ts';

const Origin = z.object({ properties: z.object({ enabledState: z.string(), weight: z.number().int() }) });
type Wanted = { readonly enabledState: 'Enabled' | 'Disabled'; readonly weight: number };

/** Names that `bicep/edge-routes.bicep` gives. */
const GROUP = 'api';
const STANDING = 'api';
const CANARY = 'canary';
/** That of the templates. */
const API_VERSION = '2025-06-01';

/** Weights of Front Door go from 1 to this; an origin that is to get nothing is disabled. */
const WHOLE = 1000;

/** The share that the templates give a canary at rest: it runs what the others run, and its probes stay warm. */
export const AT_REST = 1 / WHOLE;

/**
 * Gives the canary this share of the requests, from 0 to 1, in every Front Door profile. What is as it should be is left
 * alone. Takes effect within minutes. Rejects where there is no canary. Asks for plain resources, since the commands for Front Door are
 * an extension that nobody may have installed (https://github.com/Azure/azure-cli/pull/33336).
 */
export async function shareWithCanary(az: Az, deployment: Deployment, share: number): Promise<void> {
  const { frontDoorProfiles, resourceGroupName } = deployment;
  const ofCanary = Math.round(share * WHOLE);
  const wanted: readonly (readonly [string, Wanted])[] = [
    [STANDING, { enabledState: 'Enabled', weight: WHOLE - ofCanary }],
    [CANARY, { enabledState: ofCanary === 0 ? 'Disabled' : 'Enabled', weight: Math.max(ofCanary, 1) }],
  ];
  for (const profile of frontDoorProfiles) {
    for (const [name, change] of wanted) {
      const origin = originOf(resourceGroupName, profile, name);
      const found = await unlessAbsent(az('resource', 'show', ...origin));
      if (found === undefined) throw new Error(`${profile} has no ${name}`);
      const { enabledState, weight } = Origin.parse(found).properties;
      if (change.enabledState === enabledState && change.weight === weight) continue;
      await az('resource', 'patch', ...origin, '--properties', JSON.stringify(change));
    }
  }
}

function originOf(group: string, profile: string, name: string): readonly string[] {
  return [
    ...['--resource-group', group, '--namespace', 'Microsoft.Cdn', '--resource-type', 'origins'],
    ...['--parent', `profiles/${profile}/originGroups/${GROUP}`, '--name', name],
    ...['--api-version', API_VERSION],
  ];
}
