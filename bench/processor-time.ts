import { readdirSync, readFileSync } from 'node:fs';

/** Milliseconds of processor time by name. */
export type ProcessorTimes = Readonly<Record<string, number>>;

/** Linux counts processor time in hundredths of a second (USER_HZ), whatever the kernel's own clock. */
const TICK_MILLISECONDS = 10;

type Entry = { readonly pid: number; readonly parent: number; readonly milliseconds: number };

/**
 * The processor time that each of these processes has used so far, with that of its living children under
 * `<name> children`: the browser of render is one. Empty where there is no /proc.
 */
export function processorTimes(processes: Readonly<Record<string, number | undefined>>): ProcessorTimes {
  const entries = readProcesses();
  const times: Record<string, number> = {};
  for (const [name, pid] of Object.entries(processes)) {
    const own = entries.find(entry => entry.pid === pid);
    if (own === undefined) continue;
    times[name] = own.milliseconds;
    const children = sumOfChildren(entries, own.pid);
    if (children > 0) times[`${name} children`] = children;
  }
  return times;
}

/** What was used between two readings. */
export function usedBetween(before: ProcessorTimes, after: ProcessorTimes): ProcessorTimes {
  return Object.fromEntries(
    Object.entries(after).map(([name, milliseconds]) => [name, milliseconds - (before[name] ?? 0)]),
  );
}

/** The living processes under this one, with theirs. Empty where there is no /proc. */
export function descendants(pid: number): readonly number[] {
  const entries = readProcesses();
  const below = (parent: number): readonly number[] =>
    entries.filter(entry => entry.parent === parent).flatMap(({ pid: child }) => [child, ...below(child)]);
  return below(pid);
}

function sumOfChildren(entries: readonly Entry[], pid: number): number {
  return entries
    .filter(entry => entry.parent === pid)
    .reduce((sum, child) => sum + child.milliseconds + sumOfChildren(entries, child.pid), 0);
}

function readProcesses(): readonly Entry[] {
  let names: string[];
  try {
    names = readdirSync('/proc').filter(name => /^\d+$/.test(name));
  } catch {
    return [];
  }
  return names.flatMap(name => readProcess(Number(name)) ?? []);
}

/** proc(5): the fields after the command's name in parentheses are state, parent, …, utime (14), stime (15). */
function readProcess(pid: number): Entry | undefined {
  let text: string;
  try {
    text = readFileSync(`/proc/${pid}/stat`, 'latin1');
  } catch {
    return undefined;
  }
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  const ticks = Number(fields[11]) + Number(fields[12]);
  return { pid, parent: Number(fields[1]), milliseconds: ticks * TICK_MILLISECONDS };
}
