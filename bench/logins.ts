import { availableParallelism } from 'node:os';
import { expectStatus } from '../scripts/demo/expect.ts';
import { laboratoryPeople, passphrase } from '../scripts/demo-data/people.ts';
import { laboratoryTenant } from '../scripts/demo-data/tenants.ts';
import { askProcess } from './child-process.ts';
import { comparison } from './compare.ts';
import { srfBody, stock } from './laboratory-work.ts';
import type { Lanes, LanesReport } from './lanes.ts';
import { type LoadReport, load, requestText } from './load.ts';
import type { Outcome, Plan } from './plan.ts';
import { align } from './report.ts';
import { openWorld, type World } from './world.ts';

const LOGINS_AT_ONCE = 8;
const READS_AT_ONCE = 4;
/** As many hashes at once as the product allows itself (`identity/password.ts`). */
const HASHES_AT_ONCE = Math.max(1, Math.min(availableParallelism() - 1, 4));
const ROUNDS = 3;

type Round = {
  readonly logins: number;
  readonly hashes: number;
  readonly alone: LoadReport;
  readonly besideLogins: LoadReport;
  readonly besideHashes: LoadReport;
};

/**
 * Logins each second beside bare argon2id hashes each second; and what a read waits while others log in, beside the same read
 * alone, and beside the same read while another process hashes: the latter is what the machine's own lack of processors costs.
 */
export async function benchLogins({ quick, say }: Plan): Promise<Outcome> {
  const world = await openWorld(['api']);
  try {
    const read = await readOf(world);
    const rounds: Round[] = [];
    for (let round = 1; round <= ROUNDS; round += 1) {
      say(`logins: round ${round} of ${ROUNDS}`);
      rounds.push(await measure(world, read, quick ? 2 : 5));
    }
    return outcomeOf(rounds);
  } finally {
    await world.close();
  }
}

async function readOf({ people }: World): Promise<string> {
  const body = srfBody(await stock(people));
  const { id } = expectStatus(await people.manager.post('/api/v1/srfs', body), 201, 'a service request');
  return `/api/v1/srfs/${id}`;
}

async function measure({ stack, people }: World, path: string, seconds: number): Promise<Round> {
  const port = Number(new URL(stack.urls['api'] ?? '').port);
  const host = `${laboratoryTenant.slug}.localhost:${port}`;
  const requests = {
    reads: [requestText('GET', host, path, { authorization: `Bearer ${people.manager.token}` })],
    logins: laboratoryPeople.map(({ email }) =>
      requestText('POST', host, '/api/v1/auth/login', {}, JSON.stringify({ email, password: passphrase })),
    ),
  };
  const reads = (): Promise<LoadReport> =>
    load({ port, requests: requests.reads, connections: READS_AT_ONCE, warmSeconds: 0.5, seconds });
  const logins = (more = 0): Promise<LoadReport> =>
    load({
      port,
      requests: requests.logins,
      connections: LOGINS_AT_ONCE,
      warmSeconds: 0.5,
      seconds: seconds + more,
    });
  const hashes = async (more = 0): Promise<LanesReport> => {
    const lanes: Lanes = { atOnce: HASHES_AT_ONCE, warmSeconds: 0.5, seconds: seconds + more };
    return (await askProcess<LanesReport>('argon2-process.ts', lanes)).answer;
  };
  const alone = await reads();
  const { perSecond: hashesAlone } = await hashes();
  const { perSecond: loginsAlone } = await logins();
  // Who disturbs goes on for a second more, so that no read is asked in peace.
  const [besideHashes] = await Promise.all([reads(), hashes(1)]);
  const [besideLogins] = await Promise.all([reads(), logins(1)]);
  return { logins: loginsAlone, hashes: hashesAlone, alone, besideLogins, besideHashes };
}

function outcomeOf(rounds: readonly Round[]): Outcome {
  const p95 = (of: 'alone' | 'besideLogins' | 'besideHashes'): number[] =>
    rounds.map(round => round[of].latency.p95);
  return {
    comparisons: [
      comparison(
        { name: 'logins: against bare argon2id', unit: '/s', aim: { ratio: 0.8, better: 'more' } },
        rounds.map(({ logins }) => logins),
        rounds.map(({ hashes }) => hashes),
      ),
      comparison(
        { name: 'a read beside logins, p95: against the read alone', unit: 'ms' },
        p95('besideLogins'),
        p95('alone'),
      ),
      comparison(
        {
          name: 'a read beside logins, p95: against it beside as much hashing elsewhere',
          unit: 'ms',
          aim: { ratio: 1.2, better: 'less' },
        },
        p95('besideLogins'),
        p95('besideHashes'),
      ),
    ],
    lines: [tableOf(rounds)],
    details: { atOnce: { logins: LOGINS_AT_ONCE, reads: READS_AT_ONCE, hashes: HASHES_AT_ONCE }, rounds },
  };
}

function tableOf(rounds: readonly Round[]): string {
  const cell = ({ perSecond, latency }: LoadReport): string =>
    `${latency.p50.toFixed(1)} / ${latency.p95.toFixed(1)} ms, ${Math.round(perSecond)}/s`;
  const rows = rounds.map(({ alone, besideHashes, besideLogins }, index) => [
    `round ${index + 1}`,
    ...[alone, besideHashes, besideLogins].map(cell),
  ]);
  return align([[`reads, p50 / p95`, 'alone', 'beside hashing elsewhere', 'beside logins'], ...rows]);
}
