import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { APPS, SERVERS } from '../local/supervisor/definitions.ts';
import { serverBundles } from '../local/supervisor/server-bundles.ts';
import { type Stack, type StackOptions, startStack } from '../local/supervisor/stack.ts';
import { startBareNodes } from './bare-nodes.ts';
import { type Comparison, comparison } from './compare.ts';
import type { Outcome, Plan } from './plan.ts';
import { type ProcessorTimes, processorTimes } from './processor-time.ts';
import { align } from './report.ts';
import { type Summary, summarise } from './statistics.ts';

/** Milliseconds that the whole stack should take at most, Azurite with it. */
const AIM = 1500;

type Start = {
  readonly milliseconds: number;
  /** Milliseconds from the making of each process to its ready line, and `supervisor`: what passed without any. */
  readonly processes: Readonly<Record<string, number>>;
  /** Milliseconds of processor time that each process had used when all were ready. */
  readonly processor: ProcessorTimes;
};
type Kind = { readonly name: string; readonly apps: StackOptions['apps']; readonly used: boolean };
type Measured = { readonly kind: Kind; readonly starts: readonly Start[]; readonly bare: readonly number[] };

const kinds: readonly Kind[] = [
  { name: 'servers, fresh directory', apps: [], used: false },
  { name: 'servers, used directory', apps: [], used: true },
  { name: 'servers and apps, fresh directory', apps: APPS, used: false },
  { name: 'servers and apps, used directory', apps: APPS, used: true },
];

/**
 * From the call of `startStack` until all are ready, beside as many bare Node servers started at once: what is left
 * of the time when nothing is loaded, made or read.
 */
export async function benchStackStart({ quick, say }: Plan): Promise<Outcome> {
  await serverBundles();
  const rounds = quick ? 3 : 7;
  const usedDir = mkdtempSync(join(tmpdir(), 'touchstone-bench-'));
  const found = new Map<Kind, { starts: Start[]; bare: number[] }>(
    kinds.map(kind => [kind, { starts: [], bare: [] }]),
  );
  try {
    // One more than counted: the first round fills the directory, the page cache and the compiled code.
    for (let round = 0; round <= rounds; round += 1) {
      say(`stack-start: round ${round} of ${rounds}`);
      for (const [kind, { starts, bare }] of found) {
        const start = kind.used ? await startIn(usedDir, kind) : await startFresh(kind);
        const floor = await bareStart(SERVERS.length + (kind.apps ?? []).length);
        if (round === 0) continue;
        starts.push(start);
        bare.push(floor);
      }
    }
  } finally {
    rmSync(usedDir, { recursive: true, force: true });
  }
  return outcomeOf([...found].map(([kind, rest]) => ({ kind, ...rest })));
}

async function startFresh(kind: Kind): Promise<Start> {
  const dataDir = mkdtempSync(join(tmpdir(), 'touchstone-bench-'));
  try {
    return await startIn(dataDir, kind);
  } finally {
    rmSync(dataDir, { recursive: true, force: true });
  }
}

async function startIn(dataDir: string, { apps = [] }: Kind): Promise<Start> {
  const startedAt = performance.now();
  const stack: Stack = await startStack({ dataDir, ports: 'free', apps });
  const milliseconds = performance.now() - startedAt;
  const pids = stack.alive().map(name => [name, stack.process(name).pid] as const);
  const processor = processorTimes(Object.fromEntries(pids));
  const processes = { supervisor: timeWithout(milliseconds, stack.readyMs), ...stack.readyMs };
  await stack.stop();
  return { milliseconds, processes, processor };
}

/**
 * What is left of a start when its slowest server and then its slowest app are taken off, since all servers start at once and
 * all apps after them: certificates, keys, ports.
 */
export function timeWithout(milliseconds: number, readyMs: Start['processes']): number {
  const slowest = (isApp: boolean): number =>
    Math.max(0, ...Object.entries(readyMs).flatMap(([name, ms]) => (isAppName(name) === isApp ? ms : [])));
  return Math.round(milliseconds - slowest(false) - slowest(true));
}

function isAppName(name: string): boolean {
  return APPS.some(app => app === name);
}

async function bareStart(count: number): Promise<number> {
  const nodes = await startBareNodes(count);
  await nodes.close();
  return nodes.milliseconds;
}

function outcomeOf(measured: readonly Measured[]): Outcome {
  const comparisons: readonly Comparison[] = measured.map(({ kind, starts, bare }) =>
    comparison(
      { name: `start of ${kind.name}: against bare Node servers`, unit: 'ms' },
      starts.map(({ milliseconds }) => milliseconds),
      bare,
    ),
  );
  return { comparisons, lines: [...verdicts(comparisons), '', sharesTable(measured)], details: { measured } };
}

function verdicts(comparisons: readonly Comparison[]): readonly string[] {
  return comparisons.map(({ name, ours }) => {
    const verdict = ours.median <= AIM ? 'met' : 'missed';
    return `${name.split(':')[0]}: ${Math.round(ours.median)} ms, aim ${AIM} ms ${verdict}`;
  });
}

/** Milliseconds of each process in each kind of start: which one is waited for. */
function sharesTable(measured: readonly Measured[]): string {
  const perKind = measured.map(({ starts }) => readyTimes(starts));
  const names = ['supervisor', ...SERVERS, ...APPS];
  const whole = measured.at(-1)?.starts.map(({ processor }) => ({ processes: processor })) ?? [];
  const processor = readyTimes(whole);
  const used = Object.values(processor).reduce((sum, { median }) => sum + median, 0);
  const rows = names.map(name => [
    name,
    ...perKind.map(times => {
      const summary = times[name];
      return summary === undefined ? '' : `${summary.median} ms (${summary.min}–${summary.max})`;
    }),
    processor[name] === undefined ? '' : `${processor[name].median} ms`,
  ]);
  const head = ['until ready', ...measured.map(({ kind }) => kind.name), `processor (${used} ms in all)`];
  return align([head, ...rows]);
}

/** Until each process was ready, over several starts. */
export function readyTimes(starts: readonly Pick<Start, 'processes'>[]): Readonly<Record<string, Summary>> {
  const names = Object.keys(starts[0]?.processes ?? {});
  return Object.fromEntries(
    names.map(name => [name, summarise(starts.flatMap(({ processes }) => processes[name] ?? []))]),
  );
}
