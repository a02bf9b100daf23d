import * as z from 'zod';
import type { Az } from './commands.ts';
import type { Deployment } from './deployment.ts';

const Origins = z.array(z.object({ name: z.string(), enabledState: z.string(), weight: z.number().int() }));
type Wanted = { readonly enabledState: 'Enabled' | 'Disabled'; readonly weight: number };

/** Names that `bicep/edge-routes.bicep` gives. */
const GROUP = 'api';
const STANDING = 'api';
const CANARY = 'canary';
/** Weights of Front Door go from 1 to this; an origin that is to get nothing is disabled. */
const WHOLE = 1000;

/** The share that the templates give a canary at rest: it runs what the others run, and its probes stay warm. */
export const AT_REST = 1 / WHOLE;

/**
 * Gives the canary this share of the requests, from 0 to 1, in every Front Door profile. What is as it should be is left
 * alone. Takes effect within minutes. Rejects where there is no canary.
 */
export async function shareWithCanary(az: Az, deployment: Deployment, share: number): Promise<void> {
  const { frontDoorProfiles, resourceGroupName } = deployment;
  const ofCanary = Math.round(share * WHOLE);
  const wanted: Readonly<Record<string, Wanted>> = {
    [STANDING]: { enabledState: 'Enabled', weight: WHOLE - ofCanary },
    [CANARY]: { enabledState: ofCanary === 0 ? 'Disabled' : 'Enabled', weight: Math.max(ofCanary, 1) },
  };
  for (const profile of frontDoorProfiles) {
    const group = [
      '--resource-group',
      resourceGroupName,
      '--profile-name',
      profile,
      '--origin-group-name',
      GROUP,
    ];
    const origins = Origins.parse(await az('afd', 'origin', 'list', ...group));
    if (!origins.some(({ name }) => name === CANARY)) throw new Error(`${profile} has no canary`);
    for (const { name, enabledState, weight } of origins) {
      const change = wanted[name];
      if (change === undefined || (change.enabledState === enabledState && change.weight === weight))
        continue;
      const state = ['--enabled-state', change.enabledState, '--weight', String(change.weight)];
      await az('afd', 'origin', 'update', ...group, '--origin-name', name, ...state);
    }
  }
}
