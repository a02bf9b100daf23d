import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { serverProgram } from '../../local/supervisor/server-bundles.ts';
import type { Answer } from '../../scripts/demo/client.ts';

export type WireRequestKind = 'read' | 'write' | 'query' | 'plan' | 'metadata';

/** One request that the SDK sent to Cosmos; times in milliseconds of the api's own clock. */
export type WireRequest = {
  readonly kind: WireRequestKind;
  readonly startedAt: number;
  readonly endedAt: number;
};

/** What a request to the api cost. */
export type WireCost = {
  readonly requestUnits: number;
  /** How often one waits for Cosmos, one after the other; what is sent side by side counts once. */
  readonly trips: number;
  readonly counts: Readonly<Record<WireRequestKind, number>>;
};

export type MeteredApi = {
  readonly url: string;
  /** Sends one request and tells what it cost; nothing else may be asked of this api meanwhile. */
  costOf(ask: () => Promise<Answer>): Promise<{ readonly answer: Answer; readonly cost: WireCost }>;
  /** What was sent to Cosmos since this was last asked. */
  take(): Promise<readonly WireRequest[]>;
  close(): Promise<void>;
};

const root = join(import.meta.dirname, '..', '..');

/** An api process of its own on the servers of a stack, whose requests to Cosmos are counted. */
export async function startMeteredApi(settings: Readonly<Record<string, string>>): Promise<MeteredApi> {
  const program = await serverProgram('host');
  const child = spawn(
    process.execPath,
    [
      ...['--import', import.meta.resolve('./count-requests.ts')],
      program,
      ...['--app', join(root, 'dist/api.cjs')],
      ...['--host-json', join(root, 'dist/packages/api/host.json')],
      ...['--port', '0', '--name', 'metered'],
    ],
    {
      env: { ...process.env, ...settings, NODE_TEST_CONTEXT: undefined, DIAGNOSTIC_HEADERS: 'true' },
      stdio: ['ignore', 'pipe', 'ignore', 'ipc'],
    },
  );
  const url = await readyUrl(child);
  return {
    url,
    take: () => take(child),
    costOf: async ask => {
      await take(child);
      const answer = await ask();
      return { answer, cost: costFrom(answer, await take(child)) };
    },
    close: async () => {
      child.kill('SIGTERM');
      await once(child, 'exit');
    },
  };
}

/**
 * The longest chain of requests that waited for each other: one that began after another had ended is taken to have
 * needed it.
 */
export function chainLength(requests: readonly WireRequest[]): number {
  const depths: number[] = [];
  const sorted = [...requests].sort((a, b) => a.startedAt - b.startedAt);
  for (const [index, { startedAt }] of sorted.entries()) {
    const before = sorted
      .slice(0, index)
      .map((earlier, place) => (earlier.endedAt <= startedAt ? depths[place] : 0));
    depths.push(1 + Math.max(0, ...before.map(depth => depth ?? 0)));
  }
  return Math.max(0, ...depths);
}

function costFrom({ headers }: Answer, requests: readonly WireRequest[]): WireCost {
  const counts = { read: 0, write: 0, query: 0, plan: 0, metadata: 0 };
  for (const { kind } of requests) counts[kind] += 1;
  const requestUnits = Number(/ru=([\d.]+)/.exec(headers['touchstone-cost'] ?? '')?.[1]);
  return { requestUnits, trips: chainLength(requests), counts };
}

async function take(child: ChildProcess): Promise<readonly WireRequest[]> {
  const answer = once(child, 'message');
  child.send('take');
  const [requests] = await answer;
  return requests;
}

function readyUrl(child: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    child.once('exit', code => reject(new Error(`the metered api ended with code ${code}`)));
    if (child.stdout === null) return;
    createInterface({ input: child.stdout }).on('line', line => {
      const url = /"HOST_METERED_URL":"([^"]+)"/.exec(line)?.[1];
      if (url !== undefined) resolve(url);
    });
  });
}
