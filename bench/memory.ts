import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { APPS, SERVERS } from '../local/supervisor/definitions.ts';
import { startStack } from '../local/supervisor/stack.ts';
import { startBareNodes } from './bare-nodes.ts';
import { comparison } from './compare.ts';
import type { Outcome, Plan } from './plan.ts';
import { align } from './report.ts';
import { type Memory, residentMemory } from './resident-memory.ts';
import { summarise } from './statistics.ts';

const REST_MILLISECONDS = 10_000;

/** What each process of the stack holds when nobody asks for anything, beside a bare Node server that rests as long. */
export async function benchMemory({ quick, say }: Plan): Promise<Outcome> {
  const rounds = quick ? 1 : 3;
  const runs: Memory[] = [];
  const bare: number[] = [];
  for (let round = 1; round <= rounds; round += 1) {
    say(`memory: round ${round} of ${rounds}`);
    const found = await rest();
    runs.push(found.memory);
    bare.push(found.bare);
  }
  const totals = runs.map(memory => Object.values(memory).reduce((sum, each) => sum + each, 0));
  const count = Object.keys(runs[0] ?? {}).length;
  return {
    comparisons: [
      comparison(
        { name: `memory at rest, ${count} processes: against bare Node servers`, unit: 'MiB' },
        totals,
        bare.map(each => each * count),
      ),
    ],
    lines: [tableOf(runs, summarise(bare).median)],
    details: { restMilliseconds: REST_MILLISECONDS, runs, bare },
  };
}

async function rest(): Promise<{ memory: Memory; bare: number }> {
  const dataDir = mkdtempSync(join(tmpdir(), 'touchstone-bench-'));
  try {
    const stack = await startStack({ dataDir, ports: 'free', apps: APPS });
    const nodes = await startBareNodes(1);
    try {
      await sleep(REST_MILLISECONDS);
      const pids = Object.fromEntries(stack.alive().map(name => [name, stack.process(name).pid]));
      const bare = residentMemory({ bare: nodes.pids[0] })['bare'] ?? Number.NaN;
      return { memory: residentMemory(pids), bare };
    } finally {
      await nodes.close();
      await stack.stop();
    }
  } finally {
    rmSync(dataDir, { recursive: true, force: true });
  }
}

function tableOf(runs: readonly Memory[], bare: number): string {
  const names = [...SERVERS, ...APPS].filter(name => runs[0]?.[name] !== undefined);
  const rows = names.map(name => {
    const { median, min, max } = summarise(runs.flatMap(run => run[name] ?? []));
    const share = `${(median / bare).toFixed(1)} ×`;
    return [name, `${Math.round(median)} MiB (${Math.round(min)}–${Math.round(max)})`, share];
  });
  return align([['at rest', 'resident', `a bare Node server of ${Math.round(bare)} MiB`], ...rows]);
}
