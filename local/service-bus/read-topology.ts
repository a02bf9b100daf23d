import { readTopologyFile, TopologyProblem, topologyPart } from '../topology-file.ts';
import { serviceBus, type Topology } from './topology.ts';
import { problemIn } from './topology-rules.ts';

/** Reads the `serviceBus` section of a topology file. Throws a TopologyProblem with the place of what does not fit or Azure refuses. */
export function readTopology(file: string): Topology {
  const topology = topologyPart(file, readTopologyFile(file), 'serviceBus', serviceBus);
  const problem = problemIn(topology);
  if (problem === undefined) return topology;
  throw new TopologyProblem(file, problem.what, ['serviceBus', ...problem.path]);
}
