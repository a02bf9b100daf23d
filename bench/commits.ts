import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startStack } from '../local/supervisor/stack.ts';
import { askProcess } from './child-process.ts';
import type { CommitCost, CommitsOrder } from './commits-process.ts';
import { comparison } from './compare.ts';
import type { Outcome, Plan } from './plan.ts';
import { align } from './report.ts';

/** The change takes one of a batch's hundred operations. */
const CHANGES = [1, 2, 5, 10, 20, 50, 99];

/** What a commit costs by the number of changes in it, beside the same documents in a batch without history. Counted, not timed. */
export async function benchCommits({ say }: Plan): Promise<Outcome> {
  const dataDir = mkdtempSync(join(tmpdir(), 'touchstone-bench-'));
  const stack = await startStack({ dataDir, ports: 'free', apps: ['api'] });
  try {
    say(`commits: of ${CHANGES.join(', ')} changes`);
    const order: CommitsOrder = { changes: CHANGES };
    const { answer: costs } = await askProcess<readonly CommitCost[]>(
      'commits-process.ts',
      order,
      stack.settings,
    );
    return {
      comparisons: [comparisonOf(costs, 'create'), comparisonOf(costs, 'update')],
      lines: [tableOf(costs)],
      details: costs,
    };
  } finally {
    await stack.stop();
    rmSync(dataDir, { recursive: true, force: true });
  }
}

function comparisonOf(costs: readonly CommitCost[], kind: CommitCost['kind']): ReturnType<typeof comparison> {
  const some = costs.filter(cost => cost.kind === kind);
  return comparison(
    { name: `a commit of 1 to 99 ${kind}s: against a bare batch`, unit: 'RU' },
    some.map(({ commit }) => commit.requestUnits),
    some.map(({ bare }) => bare.requestUnits),
  );
}

function tableOf(costs: readonly CommitCost[]): string {
  const rows = CHANGES.map(changes => {
    const cells = (['create', 'update'] as const).flatMap(kind => {
      const found = costs.find(cost => cost.changes === changes && cost.kind === kind);
      if (found === undefined) return [];
      const { commit, bare } = found;
      return [
        String(commit.trips),
        commit.requestUnits.toFixed(1),
        (commit.requestUnits / changes).toFixed(1),
        bare.requestUnits.toFixed(1),
      ];
    });
    return [String(changes), ...cells];
  });
  const heads = ['creates', 'updates'].flatMap(kind => [`${kind}: trips`, 'RU', 'RU each', 'bare batch RU']);
  return align([['changes in a commit', ...heads], ...rows]);
}
