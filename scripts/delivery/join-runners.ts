import * as z from 'zod';
import type { Az } from './commands.ts';
import type { Environment } from './deployment.ts';

const Peerings = z.array(
  z.object({
    name: z.string(),
    peeringState: z.string(),
    remoteVirtualNetwork: z.object({ id: z.string() }),
  }),
);
const Networks = z.array(z.object({ id: z.string(), name: z.string(), virtualNetworkPeerings: Peerings }));

/**
 * The other half of the peerings with networks of runners: the templates make ours. A half that belonged to a network that was
 * deleted stays behind, disconnected, and is replaced. Does nothing where all are connected. Rejects when whoever is logged in may
 * not change the runners' network: https://learn.microsoft.com/azure/virtual-network/virtual-network-manage-peering#permissions
 */
export async function joinRunners(
  az: Az,
  environment: Environment,
  say: (line: string) => void,
): Promise<void> {
  const group = `rg-touchstone-${environment}`;
  for (const ours of Networks.parse(await az('network', 'vnet', 'list', '--resource-group', group))) {
    const halves = ours.virtualNetworkPeerings.filter(({ peeringState }) => peeringState !== 'Connected');
    for (const { remoteVirtualNetwork } of halves) {
      const there = placeOf(remoteVirtualNetwork.id);
      const theirs = Peerings.parse(await az('network', 'vnet', 'peering', 'list', ...there));
      for (const { name } of theirs.filter(one => isSame(one.remoteVirtualNetwork.id, ours.id)))
        await az('network', 'vnet', 'peering', 'delete', ...there, '--name', name);
      const half = ['--name', `to-${ours.name}`, '--remote-vnet', ours.id, '--allow-vnet-access', 'true'];
      await az('network', 'vnet', 'peering', 'create', ...there, ...half);
      say(`joined ${ours.name} with ${remoteVirtualNetwork.id}`);
    }
  }
}

function placeOf(id: string): readonly string[] {
  const [, , subscription = '', , group = '', , , , name = ''] = id.split('/');
  return ['--subscription', subscription, '--resource-group', group, '--vnet-name', name];
}

/** Azure writes ids in any case. */
function isSame(one: string, other: string): boolean {
  return one.toLowerCase() === other.toLowerCase();
}
