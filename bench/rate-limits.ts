import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { startStack } from '../local/supervisor/stack.ts';
import { type Client, openClient } from '../scripts/demo/client.ts';
import { expectStatus } from '../scripts/demo/expect.ts';
import { type MeteredApi, startMeteredApi } from '../tests/costs/metered-api.ts';
import { passphrase } from '../tests/laboratory.ts';
import { provisionLaboratories } from '../tests/provision.ts';
import { comparison } from './compare.ts';
import { repeat } from './laboratory-work.ts';
import type { Outcome, Plan } from './plan.ts';
import { align } from './report.ts';

type Count = {
  readonly quota: number;
  readonly asked: number;
  readonly allowed: number;
  readonly refused: number;
  /** What the limiter wrote to the database while these were asked, and read from it. */
  readonly writes: number;
  readonly reads: number;
};

const AT_ONCE = 16;
/** The part of an hour's window that a count must have before it. */
const ROOM_SECONDS = 180;

/**
 * How exactly two instances of the api keep one quota between them, and what that costs the database: twice as many requests
 * of one user as they may make, alternating between the instances. Counted, not timed.
 */
export async function benchRateLimits({ quick, say }: Plan): Promise<Outcome> {
  const quotas = quick ? [100, 1000] : [100, 1000, 10_000];
  const dataDir = mkdtempSync(join(tmpdir(), 'touchstone-bench-'));
  const stack = await startStack({ dataDir, ports: 'free', apps: ['api'] });
  const apis: MeteredApi[] = [];
  try {
    await provisionLaboratories(
      stack.settings,
      ...quotas.map(user => ({ slug: slugOf(user), quotas: { user } })),
    );
    for (let instance = 0; instance < 2; instance += 1) apis.push(await startMeteredApi(stack.settings));
    const counts: Count[] = [];
    for (const quota of quotas) {
      say(`rate-limits: ${2 * quota} requests of a user who may make ${quota}`);
      counts.push(await count(apis, quota));
    }
    return { comparisons: counts.map(accuracyOf), lines: [tableOf(counts)], details: counts };
  } finally {
    await Promise.all(apis.map(api => api.close()));
    await stack.stop();
    rmSync(dataDir, { recursive: true, force: true });
  }
}

function slugOf(quota: number): string {
  return `quota-${quota}`;
}

async function count(apis: readonly MeteredApi[], quota: number): Promise<Count> {
  const clients = await clientsOf(apis, slugOf(quota));
  // Both learn who the tenant is and who asks; these are uses like others.
  const firsts = [];
  for (const client of clients) firsts.push(await client.get('/api/v1/me'));
  const left = Number(/"user";r=\d+;t=(\d+)/.exec(firsts[0]?.headers['ratelimit'] ?? '')?.[1]);
  if (!(left > ROOM_SECONDS)) {
    await sleep((left + 1) * 1000);
    return count(apis, quota);
  }
  await Promise.all(apis.map(api => api.take()));
  const asked = 2 * quota;
  const statuses = await repeat(
    asked - firsts.length,
    async index => (await clients[index % clients.length]?.get('/api/v1/me'))?.status,
    AT_ONCE,
  );
  const wire = (await Promise.all(apis.map(api => api.take()))).flat();
  const all = [...firsts.map(({ status }) => status), ...statuses];
  const strange = all.find(status => status !== 200 && status !== 429);
  if (strange !== undefined) throw new Error(`a request was answered ${strange}`);
  const allowed = all.filter(status => status === 200).length;
  const of = (kind: string): number => wire.filter(request => request.kind === kind).length;
  // Who is allowed reads themselves; nothing else is read.
  const reads = of('read') - statuses.filter(status => status === 200).length;
  return { quota, asked, allowed, refused: asked - allowed, writes: of('write'), reads };
}

/** The same person at each instance. */
async function clientsOf(apis: readonly MeteredApi[], slug: string): Promise<readonly Client[]> {
  const atEach = apis.map(({ url }) => openClient(`http://${slug}.localhost:${new URL(url).port}`));
  const login = { email: `owner@${slug}.example`, password: passphrase };
  const answer = await atEach[0]?.post('/api/v1/auth/login', login);
  if (answer === undefined) throw new Error('no instance was started');
  const { accessToken } = expectStatus(answer, 200, 'a login');
  return atEach.map(client => client.as(accessToken));
}

/** At most the fiftieth part of a quota, twenty uses, comes on top for a second instance (`limits/window.ts`). */
function accuracyOf({ quota, allowed }: Count): ReturnType<typeof comparison> {
  const name = `requests allowed by two instances, of a quota of ${quota}`;
  return comparison({ name, unit: '', aim: { ratio: 1.02, better: 'less' } }, [allowed], [quota]);
}

function tableOf(counts: readonly Count[]): string {
  const rows = counts.map(({ quota, asked, allowed, refused, writes, reads }) => [
    ...[quota, asked, allowed, refused, writes, reads].map(String),
    (writes / asked).toFixed(4),
  ]);
  const head = [
    'quota',
    'asked',
    'allowed',
    'refused',
    'database writes',
    'reads',
    'writes for each request',
  ];
  return align([head, ...rows]);
}
