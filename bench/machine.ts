import { availableParallelism, cpus, loadavg, release, totalmem, type } from 'node:os';

/** Where figures were measured; without it they say little. */
export type Machine = {
  readonly cores: number;
  readonly processor: string;
  readonly memoryGigabytes: number;
  readonly system: string;
  readonly node: string;
  /** Processes that wanted a processor in the minute before: above 0.5, others worked here too. */
  readonly loadBefore: number;
};

export function describeMachine(): Machine {
  return {
    cores: availableParallelism(),
    processor: cpus()[0]?.model ?? 'unknown',
    memoryGigabytes: Math.round(totalmem() / 1e9),
    system: `${type()} ${release()}`,
    node: process.version,
    loadBefore: Number((loadavg()[0] ?? 0).toFixed(1)),
  };
}
