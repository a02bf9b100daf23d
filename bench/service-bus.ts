import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startStack } from '../local/supervisor/stack.ts';
import type { BusOrder, BusReport } from './bus-process.ts';
import { askProcess, startServerProcess } from './child-process.ts';
import { comparison } from './compare.ts';
import type { Outcome, Plan } from './plan.ts';
import { processorTimes, usedBetween } from './processor-time.ts';
import { align } from './report.ts';
import { summarise } from './statistics.ts';

const QUEUE = 'bench';
const WORK = { queue: QUEUE, perBatch: 50, concurrency: 32, bodyBytes: 1024 };

type Target = { readonly connectionString: string; readonly pid: number | undefined };
type Run = {
  readonly perSecond: number;
  /** Microseconds of processor time for each message. */
  readonly server: number;
  readonly client: number;
};
type Side = 'ours' | 'reference';

/**
 * Messages each second from the send to the end of the complete, with the official SDK on both sides: through the local
 * Service Bus, and through a relay that only passes AMQP messages on from memory.
 */
export async function benchServiceBus({ quick, say }: Plan): Promise<Outcome> {
  const folder = mkdtempSync(join(tmpdir(), 'touchstone-bench-'));
  const topology = join(folder, 'topology.json');
  writeFileSync(topology, JSON.stringify({ serviceBus: { queues: [{ name: QUEUE }] } }));
  const stack = await startStack({
    dataDir: join(folder, 'stack'),
    ports: 'free',
    servers: ['service-bus'],
    topology,
  });
  const relay = await startServerProcess('relay-process.ts', {});
  const targets: Readonly<Record<Side, Target>> = {
    ours: { connectionString: stack.settings['SERVICE_BUS'] ?? '', pid: stack.process('service-bus').pid },
    reference: { connectionString: connectionStringOf(relay.port), pid: relay.pid },
  };
  const order = { ...WORK, warm: quick ? 500 : 2000, messages: quick ? 2000 : 10_000 };
  const runs: Record<Side, Run[]> = { ours: [], reference: [] };
  try {
    for (let round = 0; round < (quick ? 3 : 5); round += 1) {
      say(`service-bus: round ${round + 1}, ${order.messages} messages`);
      const turns: readonly Side[] = ['reference', 'ours'];
      for (const side of round % 2 === 0 ? turns : turns.toReversed())
        runs[side].push(await measure(targets[side], order));
    }
  } finally {
    await relay.close();
    await stack.stop();
    rmSync(folder, { recursive: true, force: true });
  }
  return outcomeOf(runs);
}

/** What the SDK takes for an emulator, and so speaks to without TLS. The relay looks at no key. */
function connectionStringOf(port: number): string {
  const key = Buffer.from('relay').toString('base64');
  return `Endpoint=sb://localhost:${port};SharedAccessKeyName=relay;SharedAccessKey=${key};UseDevelopmentEmulator=true`;
}

async function measure(
  { connectionString, pid }: Target,
  order: Omit<BusOrder, 'connectionString'>,
): Promise<Run> {
  const before = processorTimes({ server: pid });
  const { answer, processorMilliseconds } = await askProcess<BusReport>('bus-process.ts', {
    ...order,
    connectionString,
  });
  const { server = Number.NaN } = usedBetween(before, processorTimes({ server: pid }));
  if (answer.again > 0) throw new Error(`${answer.again} messages came again`);
  const made = order.warm + order.messages;
  return {
    perSecond: answer.perSecond,
    server: (server / made) * 1000,
    client: (processorMilliseconds / made) * 1000,
  };
}

function outcomeOf(runs: Readonly<Record<Side, readonly Run[]>>): Outcome {
  const { ours, reference } = runs;
  const of = (side: readonly Run[], key: keyof Run): readonly number[] => side.map(run => run[key]);
  const microseconds = (side: readonly Run[], key: keyof Run): string =>
    `${Math.round(summarise(of(side, key)).median)} µs`;
  const rows = Object.entries({ 'local Service Bus': ours, 'relay in memory': reference }).map(
    ([name, side]) => [name, microseconds(side, 'server'), microseconds(side, 'client')],
  );
  return {
    comparisons: [
      comparison(
        { name: 'Service Bus, send to complete: against a relay in memory', unit: '/s' },
        of(ours, 'perSecond'),
        of(reference, 'perSecond'),
      ),
      comparison(
        { name: 'the same, processor time of the server', unit: 'µs' },
        of(ours, 'server'),
        of(reference, 'server'),
      ),
    ],
    lines: [align([['processor for each message', 'server', 'its client (SDK)'], ...rows])],
    details: { work: WORK, runs },
  };
}
