import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';
import { serverBundles } from '../local/supervisor/server-bundles.ts';
import type { ServerProcess } from './child-process.ts';
import { comparison } from './compare.ts';
import { type HostProcess, startHostProcess } from './host-process.ts';
import { type LoadReport, load, requestText } from './load.ts';
import { startPlainServer } from './plain-server.ts';
import type { Outcome, Plan } from './plan.ts';
import { processorTimes, usedBetween } from './processor-time.ts';
import { summarise } from './statistics.ts';

const ROOT = join(import.meta.dirname, '..');
const FOLDER = join(ROOT, 'node_modules/.cache/touchstone/bench/constant');
const ANSWER = { status: 200, headers: { 'content-type': 'text/plain' }, body: 'constant' };
const CONNECTIONS = 16;

/** An app with one anonymous function, on the library that production has. */
const APP = `
  import { app } from '@azure/functions';
  app.http('constant', {
    methods: ['GET'],
    authLevel: 'anonymous',
    route: 'constant',
    handler: async () => (${JSON.stringify(ANSWER)}),
  });`;

type Run = {
  /** Microseconds that one request alone takes. */
  readonly latency: number;
  /** Microseconds of processor time of the server for each request, sixteen at once. */
  readonly processor: number;
  readonly perSecond: number;
};

/** What the local Functions host adds to a request, beside Node's HTTP server with the same answer. */
export async function benchFunctionsHost({ quick, say }: Plan): Promise<Outcome> {
  say('functions-host: a function that answers a constant');
  const host = await startConstant();
  const plain = await startPlainServer(ANSWER);
  const targets = {
    ours: { port: Number(new URL(host.url).port), pid: host.pid },
    reference: { port: plain.port, pid: plain.pid },
  };
  const runs: Record<keyof typeof targets, Run[]> = { ours: [], reference: [] };
  try {
    for (let round = 0; round < 3; round += 1) {
      const turns = ['reference', 'ours'] as const;
      for (const side of round % 2 === 0 ? turns : turns.toReversed())
        runs[side].push(await measure(targets[side], quick ? 1 : 3));
    }
  } finally {
    await host.stop();
    await plain.close();
  }
  return outcomeOf(runs);
}

async function startConstant(): Promise<HostProcess> {
  mkdirSync(FOLDER, { recursive: true });
  const [app, hostJson] = [join(FOLDER, 'constant.cjs'), join(FOLDER, 'host.json')];
  await build({
    stdin: { contents: APP, resolveDir: ROOT, loader: 'ts' },
    outfile: app,
    bundle: true,
    platform: 'node',
    target: 'node24',
    format: 'cjs',
    external: ['@azure/functions-core'],
  });
  writeFileSync(hostJson, JSON.stringify({ version: '2.0', extensions: { http: { routePrefix: 'api' } } }));
  const host = join(await serverBundles(), 'host.mjs');
  return startHostProcess({ host, app, hostJson, env: process.env });
}

async function measure({ port, pid }: Pick<ServerProcess, 'port' | 'pid'>, seconds: number): Promise<Run> {
  const requests = [requestText('GET', `localhost:${port}`, '/api/constant', {})];
  const alone = await load({ port, requests, connections: 1, warmSeconds: 0.5, seconds });
  const before = processorTimes({ server: pid });
  const order = { port, requests, connections: CONNECTIONS, warmSeconds: 0.5, seconds };
  const together: LoadReport = await load(order);
  const used = usedBetween(before, processorTimes({ server: pid }))['server'] ?? Number.NaN;
  const made = together.perSecond * (order.warmSeconds + order.seconds);
  return {
    latency: alone.latency.p50 * 1000,
    processor: (used / made) * 1000,
    perSecond: together.perSecond,
  };
}

function outcomeOf(runs: Readonly<Record<'ours' | 'reference', readonly Run[]>>): Outcome {
  const row = (name: string, unit: string, of: keyof Run): ReturnType<typeof comparison> =>
    comparison(
      { name: `Functions host, ${name}: against a bare Node server`, unit },
      runs.ours.map(run => run[of]),
      runs.reference.map(run => run[of]),
    );
  const added = (of: 'latency' | 'processor'): string => {
    const { median, min, max } = summarise(overhead(runs.ours, runs.reference, of));
    return `${Math.round(median)} µs (${Math.round(min)}–${Math.round(max)})`;
  };
  return {
    comparisons: [
      row('one request alone', 'µs', 'latency'),
      row(`processor time of a request, ${CONNECTIONS} connections`, 'µs', 'processor'),
      row(`requests, ${CONNECTIONS} connections`, '/s', 'perSecond'),
    ],
    lines: [
      `the Functions host adds ${added('latency')} to a request, ${added('processor')} of processor time`,
    ],
    details: { runs },
  };
}

/** What ours took more than the reference in the same round. */
export function overhead<Name extends string>(
  ours: readonly Readonly<Record<Name, number>>[],
  reference: readonly Readonly<Record<Name, number>>[],
  of: Name,
): readonly number[] {
  return ours.map((run, round) => run[of] - (reference[round]?.[of] ?? Number.NaN));
}
