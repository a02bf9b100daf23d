import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Az } from './commands.ts';
import { joinRunners } from './join-runners.ts';

const idOf = (subscription: string, group: string, name: string) =>
  `/subscriptions/${subscription}/resourceGroups/${group}/providers/Microsoft.Network/virtualNetworks/${name}`;
const OURS = idOf('s', 'rg-touchstone-stage', 'vnet-touchstone-stage');
const RUNNERS = idOf('r', 'rg-runners', 'vnet-runners');

/** Two networks: ours is new and has its half of the peering, theirs has the half that an earlier one of the same name left. */
function twoNetworks(state: string) {
  const asked: string[] = [];
  const az: Az = async (...args) => {
    asked.push(args.slice(2).join(' '));
    const peering = (remote: string, peeringState: string) => ({
      name: 'to-the-other',
      peeringState,
      remoteVirtualNetwork: { id: remote },
    });
    if (args[2] === 'list')
      return [{ id: OURS, name: 'vnet-touchstone-stage', virtualNetworkPeerings: [peering(RUNNERS, state)] }];
    return args[3] === 'list'
      ? [peering(OURS.toUpperCase(), 'Disconnected'), peering(idOf('o', 'o', 'o'), 'Connected')]
      : undefined;
  };
  return { az, asked };
}

describe('runners after the network was made anew', () => {
  test('are joined with it again: what the old one left gives way', async () => {
    const { az, asked } = twoNetworks('Initiated');
    const said: string[] = [];
    await joinRunners(az, 'stage', line => said.push(line));
    const there = '--subscription r --resource-group rg-runners --vnet-name vnet-runners';
    assert.deepEqual(asked, [
      'list --resource-group rg-touchstone-stage',
      `peering list ${there}`,
      `peering delete ${there} --name to-the-other`,
      `peering create ${there} --name to-vnet-touchstone-stage --remote-vnet ${OURS} --allow-vnet-access true`,
    ]);
    assert.equal(said.length, 1);
  });

  test('are left alone where they are joined', async () => {
    const { az, asked } = twoNetworks('Connected');
    await joinRunners(az, 'stage', () => undefined);
    assert.deepEqual(asked, ['list --resource-group rg-touchstone-stage']);
  });
});
