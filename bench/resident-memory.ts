import { readFileSync } from 'node:fs';
import { descendants } from './processor-time.ts';

/** Mebibytes by name. */
export type Memory = Readonly<Record<string, number>>;

/**
 * The memory that each of these processes and its living children hold now: the resident set, in which what processes share (Node's
 * own code) counts once for each. Empty where there is no /proc.
 */
export function residentMemory(processes: Readonly<Record<string, number | undefined>>): Memory {
  return Object.fromEntries(
    Object.entries(processes).flatMap(([name, pid]) => {
      if (pid === undefined) return [];
      const parts = [pid, ...descendants(pid)].flatMap(each => statusOf(each) ?? []);
      return parts.length === 0
        ? []
        : [[name, parts.reduce((sum, text) => sum + residentMebibytes(text), 0)]];
    }),
  );
}

/** VmRSS of a /proc/PID/status, which is given in kB and means KiB (proc_pid_status(5)). */
export function residentMebibytes(status: string): number {
  return Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1] ?? 0) / 1024;
}

function statusOf(pid: number): string | undefined {
  try {
    return readFileSync(`/proc/${pid}/status`, 'latin1');
  } catch {
    return undefined;
  }
}
