import type { Answer } from '../scripts/demo/client.ts';
import { expectStatus } from '../scripts/demo/expect.ts';
import { laboratoryTenant } from '../scripts/demo-data/tenants.ts';
import { type Comparison, compare } from './compare.ts';
import { type Inventory, repeat, srfBody, stock } from './laboratory-work.ts';
import { type LoadReport, load, requestText } from './load.ts';
import { startPlainServer } from './plain-server.ts';
import type { Outcome, Plan } from './plan.ts';
import { type ProcessorTimes, processorTimes, usedBetween } from './processor-time.ts';
import { align } from './report.ts';
import { openWorld, type World } from './world.ts';

type Scenario = {
  readonly name: string;
  readonly method: string;
  readonly paths: readonly string[];
  readonly body?: string;
};

type Measured = {
  readonly name: string;
  readonly reports: readonly LoadReport[];
  /** Milliseconds of processor time for each request, by process. */
  readonly processor: ProcessorTimes;
};

const CONNECTIONS = 16;

/** Requests each second of the SRF endpoints, beside a bare server that answers the same bytes to the same load. */
export async function benchRequests(plan: Plan): Promise<Outcome> {
  const world = await openWorld(['api']);
  try {
    const inventory = await stock(world.people);
    plan.say('requests: creating service requests');
    const ids = await repeat(plan.quick ? 60 : 400, () => createSrf(world, inventory));
    const comparisons: Comparison[] = [];
    const measured: Measured[] = [];
    for (const scenario of scenariosOf(ids, inventory)) {
      plan.say(`requests: ${scenario.name}`);
      const found = await measure(world, scenario, plan);
      comparisons.push(found.comparison);
      measured.push(found.measured);
    }
    return { comparisons, lines: [linesOf(measured)], details: { connections: CONNECTIONS, measured } };
  } finally {
    await world.close();
  }
}

async function createSrf({ people }: World, inventory: Inventory): Promise<string> {
  return expectStatus(await people.manager.post('/api/v1/srfs', srfBody(inventory)), 201, 'a request').id;
}

function scenariosOf(ids: readonly string[], inventory: Inventory): readonly Scenario[] {
  return [
    { name: 'SRF list, 50 rows', method: 'GET', paths: ['/api/v1/srfs?limit=50'] },
    { name: 'SRF detail', method: 'GET', paths: ids.map(id => `/api/v1/srfs/${id}`) },
    {
      name: 'SRF create',
      method: 'POST',
      paths: ['/api/v1/srfs'],
      body: JSON.stringify(srfBody(inventory)),
    },
  ];
}

async function measure(
  { stack, people }: World,
  { name, method, paths, body }: Scenario,
  { quick }: Plan,
): Promise<{ comparison: Comparison; measured: Measured }> {
  const { token } = people.manager;
  const sample = await people.manager.call(method, paths[0] ?? '/', body === undefined ? {} : { body });
  const plain = await startPlainServer(repeatable(sample));
  const port = Number(new URL(stack.urls['api'] ?? '').port);
  const host = `${laboratoryTenant.slug}.localhost:${port}`;
  const requests = paths.map(path =>
    requestText(method, host, path, { authorization: `Bearer ${token}` }, body),
  );
  const order = {
    requests,
    connections: CONNECTIONS,
    warmSeconds: quick ? 0.5 : 1,
    seconds: quick ? 1 : 3,
  };
  const watched = {
    api: stack.process('api').pid,
    cosmos: stack.process('cosmos').pid,
    'service-bus': stack.process('service-bus').pid,
  };
  const reports: LoadReport[] = [];
  const processor: Record<string, number> = {};
  try {
    const comparison = await compare(3, {
      name: `${name}: against a bare Node server`,
      unit: '/s',
      reference: async () => (await load({ ...order, port: plain.port })).perSecond,
      ours: async () => {
        const before = processorTimes(watched);
        const report = await load({ ...order, port });
        const used = usedBetween(before, processorTimes(watched));
        const requestsMade = report.perSecond * (order.warmSeconds + order.seconds);
        for (const [process_, milliseconds] of Object.entries(used))
          processor[process_] = (processor[process_] ?? 0) + milliseconds / requestsMade / 3;
        reports.push(report);
        return report.perSecond;
      },
    });
    return { comparison, measured: { name, reports, processor } };
  } finally {
    await plain.close();
  }
}

/** The answer as it came, without what belongs to its connection. */
function repeatable({ status, headers, bytes }: Answer): {
  status: number;
  headers: Record<string, string>;
  body: string;
} {
  const { connection, 'keep-alive': _alive, 'transfer-encoding': _encoding, date, ...kept } = headers;
  return { status, headers: kept, body: bytes.toString('utf8') };
}

function linesOf(measured: readonly Measured[]): string {
  const rows = measured.map(({ name, reports, processor }) => {
    const middle = reports.toSorted((a, b) => a.perSecond - b.perSecond)[1] ?? reports[0];
    const milliseconds = (value: number | undefined): string => `${(value ?? 0).toFixed(2)} ms`;
    return [
      name,
      milliseconds(middle?.latency.p50),
      milliseconds(middle?.latency.p99),
      milliseconds(processor['api']),
      milliseconds(processor['cosmos']),
      milliseconds(processor['service-bus']),
    ];
  });
  return align([
    [`${CONNECTIONS} connections`, 'p50', 'p99', 'processor: api', 'local cosmos', 'local service bus'],
    ...rows,
  ]);
}
