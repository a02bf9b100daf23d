import type { Touch } from '../records/index.ts';
import type { Projection } from './projection.ts';

type Step = Touch['forward'][number];

/**
 * How many records of each kind a tenant has in each state: `calibration.srf submitted`. Told from the patches of a change
 * alone, so that counting anew gives the same.
 */
export const recordCounts: Projection = {
  name: 'record-counts',
  fold: change => {
    const counts = new Map<string, number>();
    const add = (name: string, amount: number): void => {
      const sum = (counts.get(name) ?? 0) + amount;
      if (sum === 0) counts.delete(name);
      else counts.set(name, sum);
    };
    for (const touch of change.touches) {
      const before = stateIn(touch.inverse);
      const after = stateIn(touch.forward);
      // A patch that says nothing of the state leaves it as it is.
      if (before === undefined || after === undefined) continue;
      if (before !== null) add(`${touch.kind} ${before}`, -1);
      if (after !== null) add(`${touch.kind} ${after}`, 1);
    }
    return counts;
  },
};

/** The state that a patch leads to: null when the record is not there then, undefined when the patch does not say. */
function stateIn(patch: readonly Step[]): string | null | undefined {
  for (const step of patch) {
    if (step.path === '/data' && 'value' in step) return stateOf(step.value);
    if ((step.path === '/data/state' || step.path === '/data/status') && 'value' in step)
      return String(step.value);
  }
  return undefined;
}

function stateOf(data: unknown): string | null {
  if (typeof data !== 'object' || data === null) return null;
  const { state, status } = data as { readonly state?: unknown; readonly status?: unknown };
  return typeof state === 'string' ? state : typeof status === 'string' ? status : '-';
}
