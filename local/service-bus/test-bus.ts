import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { TestContext } from 'node:test';
import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import type { TokenCredential } from '@azure/identity';
import {
  ServiceBusAdministrationClient,
  ServiceBusClient,
  type ServiceBusClientOptions,
} from '@azure/service-bus';
import rhea, { type Connection } from 'rhea';
import * as z from 'zod';
import { faults, type ServerFaults } from '../faults/client.ts';
import { loadSigningKey } from '../identity/signing-key.ts';
import { issueToken } from '../identity/tokens.ts';
import { COMPILE_CACHE, serverProgram } from '../supervisor/server-bundles.ts';
import { ensureCertificates } from '../tls/certificates.ts';
import type { Tls } from './front-door.ts';
import { startServiceBus } from './server.ts';
import { parseTopology } from './topology.ts';

/** A server of its own for one test, with clients that end with it. */
export type TestBus = {
  readonly connectionString: string;
  readonly client: (connectionString?: string, options?: ServiceBusClientOptions) => ServiceBusClient;
  /** Moves the broker's clock, in seconds: nobody waits for a lock to expire. */
  readonly jump: (seconds: number) => Promise<void>;
  readonly faults: ServerFaults<'service-bus'>;
};

/** A server that also speaks TLS, whose certificate this process then trusts, and takes Microsoft Entra tokens. */
export type SecureBus = TestBus & {
  readonly administration: (connectionString?: string) => ServiceBusAdministrationClient;
  /** The namespace as clients with a credential name it. */
  readonly fullyQualifiedNamespace: string;
  /** Gets tokens as the local identity server signs them, by default for Service Bus. */
  readonly credential: (audience?: string) => TokenCredential;
};

/** A test's server that is its own process and can be killed. */
export type MortalBus = TestBus & {
  /** Ends the server with SIGKILL. */
  readonly kill: () => Promise<void>;
  /** Starts it again on the same data and port. */
  readonly start: () => Promise<void>;
};

type Settings = { readonly SERVICE_BUS: string; readonly FAULTS_SERVICE_BUS_URL: string };

const readyLine = z.object({
  ready: z.literal(true),
  settings: z.object({ SERVICE_BUS: z.string(), FAULTS_SERVICE_BUS_URL: z.string() }),
});

/** The administration client would try again after what a test expects to fail. */
const untried = { retryOptions: { maxRetries: 0 } };

const quick: ServiceBusClientOptions = { retryOptions: { maxRetries: 0, timeoutInMs: 20_000 } };

/** Starts a server in the test's process, with the queues and topics of a `serviceBus` section. */
export async function startTestBus(t: TestContext, serviceBus: object): Promise<TestBus> {
  const directory = mkdtempSync(join(tmpdir(), 'service-bus-'));
  const server = await startServiceBus({
    port: 0,
    adminPort: 0,
    faultsToken: 'test',
    directory,
    topology: parseTopology({ serviceBus }),
  });
  const settings = {
    SERVICE_BUS: server.connectionString,
    FAULTS_SERVICE_BUS_URL: server.controlUrl ?? '',
  };
  return testBus(
    t,
    () => settings,
    async () => {
      await server.close();
      rmSync(directory, { recursive: true, maxRetries: 5 });
    },
  );
}

/** One for all servers of this process: two authorities of the same name would be taken for one another. */
let certificate: Promise<Tls> | undefined;

/** Not every client can be told an authority of its own, so the process learns to trust it. */
async function trustedCertificate(): Promise<Tls> {
  const directory = mkdtempSync(join(tmpdir(), 'service-bus-tls-'));
  try {
    const files = await ensureCertificates(directory);
    setDefaultCACertificates([...getCACertificates('default'), readFileSync(files.ca, 'utf8')]);
    return { cert: readFileSync(files.cert), key: readFileSync(files.key) };
  } finally {
    rmSync(directory, { recursive: true });
  }
}

/** Starts a server in the test's process that speaks TLS too. */
export async function startSecureBus(t: TestContext, serviceBus: object): Promise<SecureBus> {
  const directory = mkdtempSync(join(tmpdir(), 'service-bus-'));
  certificate ??= trustedCertificate();
  const identity = join(directory, 'identity');
  const signingKey = await loadSigningKey(identity);
  const server = await startServiceBus({
    port: 0,
    adminPort: 0,
    directory,
    topology: parseTopology({ serviceBus }),
    tls: await certificate,
    jwksFile: join(identity, 'jwks.json'),
    faultsToken: 'test',
  });
  const settings = {
    SERVICE_BUS: server.connectionString,
    FAULTS_SERVICE_BUS_URL: server.controlUrl ?? '',
  };
  const end = async (): Promise<void> => {
    await server.close();
    rmSync(directory, { recursive: true, maxRetries: 5 });
  };
  return {
    ...testBus(t, () => settings, end),
    administration: (as = settings.SERVICE_BUS) => new ServiceBusAdministrationClient(as, untried),
    fullyQualifiedNamespace: /sb:\/\/([^;/]*)/.exec(settings.SERVICE_BUS)?.[1] ?? '',
    credential: (audience = 'https://servicebus.azure.net') => ({
      getToken: async () => ({
        token: issueToken(signingKey, audience, Math.floor(Date.now() / 1000), 3600),
        expiresOnTimestamp: Date.now() + 3_600_000,
      }),
    }),
  };
}

/** Starts a server as its own process. */
export async function startMortalBus(t: TestContext, serviceBus: object): Promise<MortalBus> {
  const directory = mkdtempSync(join(tmpdir(), 'service-bus-'));
  const topology = join(directory, 'topology.json');
  writeFileSync(topology, JSON.stringify({ serviceBus }));
  let server = await startProcess(directory, topology, 0);
  const port = portOf(server.settings.SERVICE_BUS);
  const bus = testBus(
    t,
    () => server.settings,
    async () => {
      await kill(server.process);
      rmSync(directory, { recursive: true, maxRetries: 5 });
    },
  );
  return {
    ...bus,
    kill: () => kill(server.process),
    start: async () => {
      server = await startProcess(directory, topology, port);
    },
  };
}

function testBus(t: TestContext, settings: () => Settings, end: () => Promise<void>): TestBus {
  const clients: ServiceBusClient[] = [];
  t.after(async () => {
    await Promise.all(clients.map(client => client.close().catch(() => undefined)));
    await end();
  });
  const connectionString = settings().SERVICE_BUS;
  const control = (): ServerFaults<'service-bus'> => {
    const { FAULTS_SERVICE_BUS_URL } = settings();
    return faults({ settings: { FAULTS_TOKEN: 'test', FAULTS_SERVICE_BUS_URL } }).on('service-bus');
  };
  return {
    connectionString,
    client: (as = connectionString, options = quick) => {
      const client = new ServiceBusClient(as, options);
      clients.push(client);
      return client;
    },
    jump: seconds => control().jumpClock(seconds * 1000),
    faults: control(),
  };
}

async function startProcess(
  directory: string,
  topology: string,
  port: number,
): Promise<{ process: ChildProcess; settings: Settings }> {
  const program = await serverProgram('service-bus');
  const flags = ['--port', String(port), '--admin-port', '0', '--data', directory, '--topology', topology];
  const child = spawn(process.execPath, [program, ...flags], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, FAULTS_TOKEN: 'test', NODE_COMPILE_CACHE: COMPILE_CACHE },
  });
  const ended = once(child, 'exit').then(([code]) => {
    throw new Error(`the server ended with ${code}`);
  });
  const [line] = await Promise.race([once(createInterface({ input: child.stdout }), 'line'), ended]);
  ended.catch(() => undefined);
  return { process: child, settings: readyLine.parse(JSON.parse(String(line))).settings };
}

async function kill(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill('SIGKILL');
  await once(child, 'exit');
}

function portOf(connectionString: string): number {
  return Number(/:(\d+);/.exec(connectionString)?.[1]);
}

/** A connection below the SDK, which opens links of its own and hides how a connection ends. */
export function connectRaw(t: TestContext, bus: TestBus): Connection {
  const connection = rhea.create_container().connect({
    host: '127.0.0.1',
    port: Number(/:(\d+);/.exec(bus.connectionString)?.[1]),
    reconnect: false,
    username: 'anyone',
  });
  t.after(() => connection.close());
  return connection;
}
