import { setTimeout as sleep } from 'node:timers/promises';
import { expectStatus } from '../scripts/demo/expect.ts';
import { type LoopReport, printInLoop } from './chromium-loop.ts';
import { type Comparison, compare, comparison } from './compare.ts';
import { loadTemplate } from './documents.ts';
import { approvedSrf, repeat, stock } from './laboratory-work.ts';
import type { Outcome, Plan } from './plan.ts';
import { type ProcessorTimes, processorTimes, usedBetween } from './processor-time.ts';
import { align } from './report.ts';
import { quantile } from './statistics.ts';
import { openWorld, type World } from './world.ts';

const PROCESSES = ['api', 'worker', 'render', 'cosmos', 'service-bus', 'blob', 'identity', 'key-vault'];
const ASKED_AT_ONCE = 16;
const WARM = 4;
const WARM_REVISIONS = 4;
const ROUNDS = 3;

type Run = {
  readonly perMinute: number;
  /** From being asked to the end of the job, in milliseconds. */
  readonly latency: { readonly p50: number; readonly p95: number };
  /** Milliseconds of processor time for each certificate, by process. */
  readonly processor: ProcessorTimes;
};

/**
 * Certificates each minute from the POST to the end of the job with the PDF in storage, beside a bare browser that prints
 * the same HTML: tagged for accessibility as they are by default, and untagged.
 */
export async function benchCertificates({ quick, say }: Plan): Promise<Outcome> {
  const perRound = quick ? 10 : 40;
  const world = await openWorld(['api', 'worker', 'render']);
  try {
    const total = 2 * (WARM + ROUNDS * perRound);
    say(`certificates: taking ${total} service requests through their workflow`);
    const inventory = await stock(world.people);
    const srfs = await repeat(total, () => approvedSrf(world.people, inventory));
    const comparisons: Comparison[] = [];
    const runs: Record<string, readonly Run[]> = {};
    for (const tagged of [true, false]) {
      const name = tagged ? 'tagged' : 'untagged';
      say(`certificates: ${name}`);
      const found = await measure(world, srfs.splice(0, total / 2), perRound, tagged);
      comparisons.push(...found.comparisons);
      runs[name] = found.runs;
    }
    return { comparisons, lines: [linesOf(runs)], details: { perRound, runs } };
  } finally {
    await world.close();
  }
}

async function measure(
  world: World,
  srfs: readonly string[],
  perRound: number,
  tagged: boolean,
): Promise<{ comparisons: readonly Comparison[]; runs: readonly Run[] }> {
  await world.stack.restart('render', { PDF_TAGGED: String(tagged) });
  const warmUp = srfs.slice(0, WARM);
  const warm = await issueAll(world, warmUp);
  // The loop is warm before it counts, and so is render: revisions need no further requests.
  for (let revision = 1; revision <= WARM_REVISIONS; revision += 1)
    await issueAll(world, warmUp, { revise: { reason: 'Warming up.' } });
  const html = await loadTemplate();
  const documents = await Promise.all(
    warm.certificateIds.map(async id => {
      const { body } = await world.people.manager.get(`/api/v1/certificates/${id}`);
      return html(body.content);
    }),
  );
  const runs: Run[] = [];
  const loops: LoopReport[] = [];
  const name = `certificates, ${tagged ? 'tagged' : 'untagged'}`;
  const wholePath = await compare(ROUNDS, {
    name: `${name}: against a bare browser`,
    unit: '/min',
    aim: { ratio: 0.8, better: 'more' },
    reference: async () => {
      const loop = await printInLoop({ documents, tagged, seconds: 3 });
      loops.push(loop);
      return loop.perMinute;
    },
    ours: async round => {
      await quiet(world);
      const from = WARM + round * perRound;
      const { run } = await issueAll(world, srfs.slice(from, from + perRound));
      runs.push(run);
      return run.perMinute;
    },
  });
  return { comparisons: [wholePath, renderAlone(name, runs, loops)], runs };
}

/**
 * On this machine the two cores also carry the api and what stands for Azure. Where render has its own, what counts is
 * what render itself takes, with its browser.
 */
function renderAlone(name: string, runs: readonly Run[], loops: readonly LoopReport[]): Comparison {
  return comparison(
    { name: `${name}: processor time of render alone`, unit: 'ms', aim: { ratio: 1.25, better: 'less' } },
    runs.map(({ processor }) => (processor['render'] ?? 0) + (processor['render children'] ?? 0)),
    loops.map(({ processor }) => processor),
  );
}

/** Asks for all of them at once, and waits until the last job has ended. */
async function issueAll(
  world: World,
  srfs: readonly string[],
  wish: object = {},
): Promise<{ run: Run; certificateIds: readonly string[] }> {
  const { manager } = world.people;
  const before = processorTimes(pidsOf(world));
  const asked = await repeat(
    srfs.length,
    async index => {
      const path = `/api/v1/srfs/${srfs[index]}/items/i1/certificate`;
      return expectStatus(await manager.post(path, wish), 202, 'asking for a certificate');
    },
    ASKED_AT_ONCE,
  );
  const jobs: { askedAt: number; endedAt: number }[] = [];
  for (const { job } of asked) jobs.push(await ended(world, job.id));
  const used = usedBetween(before, processorTimes(pidsOf(world)));
  const milliseconds = Math.max(...jobs.map(job => job.endedAt)) - Math.min(...jobs.map(job => job.askedAt));
  const waits = jobs.map(job => job.endedAt - job.askedAt).sort((a, b) => a - b);
  const run = {
    perMinute: (jobs.length / milliseconds) * 60_000,
    latency: { p50: quantile(waits, 0.5), p95: quantile(waits, 0.95) },
    processor: Object.fromEntries(Object.entries(used).map(([name, time]) => [name, time / jobs.length])),
  };
  return { run, certificateIds: asked.map(({ certificateId }) => certificateId) };
}

/** Asks rarely, so that asking costs little; the job itself says when it ended. */
async function ended(world: World, jobId: string): Promise<{ askedAt: number; endedAt: number }> {
  for (;;) {
    const job = expectStatus(await world.people.manager.get(`/api/v1/jobs/${jobId}`), 200, 'a job');
    if (job.state === 'succeeded')
      return { askedAt: Date.parse(job.askedAt), endedAt: Date.parse(job.endedAt) };
    if (job.state === 'failed') throw new Error(`a job failed: ${JSON.stringify(job.problem)}`);
    await sleep(100);
  }
}

/** Waits until the events of what was done before are through, at most 20 seconds. */
async function quiet(world: World): Promise<void> {
  for (let look = 0; look < 40; look += 1) {
    const before = processorTimes(pidsOf(world));
    await sleep(500);
    const used = Object.values(usedBetween(before, processorTimes(pidsOf(world))));
    if (used.reduce((sum, milliseconds) => sum + milliseconds, 0) < 150) return;
  }
}

function pidsOf({ stack }: World): Record<string, number | undefined> {
  return Object.fromEntries(PROCESSES.map(name => [name, stack.process(name).pid]));
}

function linesOf(runs: Readonly<Record<string, readonly Run[]>>): string {
  const names = ['render children', 'render', 'api', 'worker', 'cosmos', 'service-bus', 'blob'];
  const rows = Object.entries(runs).map(([name, measured]) => {
    const mean = (pick: (run: Run) => number): string =>
      (measured.reduce((sum, run) => sum + pick(run), 0) / measured.length).toFixed(1);
    return [
      name,
      `${mean(run => run.latency.p50)} ms`,
      ...names.map(process_ => mean(run => run.processor[process_] ?? 0)),
    ];
  });
  const heads = names.map(name => (name === 'render children' ? 'browser' : name));
  return align([['processor ms per certificate', 'asked to stored', ...heads], ...rows]);
}
