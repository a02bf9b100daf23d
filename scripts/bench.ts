/**
 * `npm run bench [-- name…] [--quick]`: measures each promise of speed beside a reference, on a stack of its own. Prints
 * a table and writes everything to `bench/results/`.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { styleText } from 'node:util';
import { benchCertificates } from '../bench/certificates.ts';
import { benchColdStart } from '../bench/cold-start.ts';
import { benchCommits } from '../bench/commits.ts';
import type { Comparison } from '../bench/compare.ts';
import { benchCosmos } from '../bench/cosmos.ts';
import { benchCosts } from '../bench/costs.ts';
import { benchFunctionsHost } from '../bench/functions-host.ts';
import { benchGrowingTenant, benchMoreTenants } from '../bench/growth.ts';
import { benchLogins } from '../bench/logins.ts';
import { describeMachine } from '../bench/machine.ts';
import { benchMemory } from '../bench/memory.ts';
import { benchPipeline } from '../bench/pipeline.ts';
import type { Benchmark, Outcome } from '../bench/plan.ts';
import { benchRateLimits } from '../bench/rate-limits.ts';
import { tableOf } from '../bench/report.ts';
import { benchRequests } from '../bench/requests.ts';
import { benchServiceBus } from '../bench/service-bus.ts';
import { benchStackStart } from '../bench/stack-start.ts';
import { readOptions } from '../local/command-line.ts';

const benchmarks: Readonly<Record<string, Benchmark>> = {
  certificates: benchCertificates,
  requests: benchRequests,
  'cold-start': benchColdStart,
  pipeline: benchPipeline,
  logins: benchLogins,
  'rate-limits': benchRateLimits,
  costs: benchCosts,
  commits: benchCommits,
  'growing-tenant': benchGrowingTenant,
  'more-tenants': benchMoreTenants,
  cosmos: benchCosmos,
  'service-bus': benchServiceBus,
  'functions-host': benchFunctionsHost,
  'stack-start': benchStackStart,
  memory: benchMemory,
};

const { values, positionals } = readOptions({
  allowPositionals: true,
  options: { quick: { type: 'boolean', default: false } },
});
const unknown = positionals.filter(name => benchmarks[name] === undefined);
if (unknown.length > 0) {
  process.stderr.write(`Unknown: ${unknown.join(', ')}. Known are: ${Object.keys(benchmarks).join(', ')}.\n`);
  process.exit(2);
}

const machine = describeMachine();
const started = performance.now();
const outcomes: Record<string, Outcome> = {};
for (const [name, benchmark] of Object.entries(benchmarks)) {
  if (positionals.length > 0 && !positionals.includes(name)) continue;
  outcomes[name] = await benchmark({ quick: values.quick, say });
}
const seconds = Math.round((performance.now() - started) / 1000);
const file = save();
print();

function say(line: string): void {
  process.stderr.write(`${styleText('dim', line)}\n`);
}

function save(): string {
  const folder = join(import.meta.dirname, '..', 'bench', 'results');
  mkdirSync(folder, { recursive: true });
  const at = new Date().toISOString();
  const name = `${at.slice(0, 19).replaceAll(':', '-')}.json`;
  const content = { at, machine, quick: values.quick, seconds, outcomes };
  writeFileSync(join(folder, name), `${JSON.stringify(content, null, 2)}\n`);
  return `bench/results/${name}`;
}

function print(): void {
  const { cores, processor, memoryGigabytes, node, loadBefore } = machine;
  const comparisons: readonly Comparison[] = Object.values(outcomes).flatMap(outcome => outcome.comparisons);
  const lines = [
    '',
    `${cores} × ${processor}, ${memoryGigabytes} GB, Node ${node}, load before ${loadBefore}`,
    '',
    ...(comparisons.length === 0 ? [] : [tableOf(comparisons), '']),
    ...Object.values(outcomes).flatMap(({ lines: own = [] }) => [...own, '']),
    `median (lowest–highest) of the rounds; differences below 15 % mean nothing. ${seconds} s. All of it: ${file}`,
  ];
  process.stdout.write(`${lines.join('\n')}\n`);
}
