import { readTopology as readStorage } from './blob/topology.ts';
import { readTopology as readCosmos } from './cosmos/topology.ts';
import { readTopology as readServiceBus } from './service-bus/read-topology.ts';

/** Throws a TopologyProblem when one of these servers could not start with a topology file. */
export function checkTopology(file: string, servers: readonly string[]): void {
  if (servers.includes('cosmos')) readCosmos(file);
  if (servers.includes('service-bus')) readServiceBus(file);
  if (servers.includes('blob')) readStorage(file);
}
