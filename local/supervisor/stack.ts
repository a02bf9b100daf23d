import type { ChildProcess } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { faultsSetting } from '../faults/client.ts';
import { loadFaultsToken } from '../faults/token.ts';
import { identityNamed } from '../identity/identities.ts';
import type { Right } from '../identity/rights.ts';
import { loadSigningKey } from '../identity/signing-key.ts';
import { connectAs } from '../service-bus/keys.ts';
import type { TlsFiles } from '../tls/certificates.ts';
import { appSettings } from './app-settings.ts';
import { type Child, startChild } from './child.ts';
import { type AppName, DEFAULT_TOPOLOGY, SERVERS, urlOf, withDependencies } from './definitions.ts';
import { lockDataDirectory } from './lock.ts';
import { type Plan, planProcesses, type Wanted } from './plan.ts';
import { fixedPort } from './ports.ts';
import { RESTARTS_A_MINUTE, Restarts } from './restarts.ts';
import { COMPILE_CACHE, serverBundles } from './server-bundles.ts';

export type StackOptions = {
  readonly dataDir: string;
  readonly ports: 'fixed' | 'free';
  /** Which servers, all by default; what they depend on comes along. */
  readonly servers?: readonly string[];
  /** Which built apps run on them, none by default. */
  readonly apps?: readonly AppName[];
  /** A folder with one unpacked package for each app, to run those instead of what the last build left in `dist/`. */
  readonly packages?: string;
  /** Settings that win over the stack's own in the environment of the apps. */
  readonly settings?: Settings;
  /** Processes per app, one by default; the second worker is called `worker-2`. */
  readonly instances?: Readonly<Partial<Record<AppName, number>>>;
  readonly topology?: string;
  /** What each app's identity may do, which the servers then enforce; everything by default. */
  readonly rights?: readonly Right[];
  /** How long one server may take until it is ready. */
  readonly readySeconds?: number;
  readonly onLine?: (name: string, line: string) => void;
  /** Starts again, at most three times a minute, what ends by itself. By default that is left to the caller. */
  readonly restart?: boolean;
  /** Called when a process ends by itself, and with what becomes of it; by default the report goes to stderr. */
  readonly onCrash?: (name: string, report: string) => void;
};

export type Settings = Readonly<Record<string, string>>;

export type Stack = {
  /** Everything that a client or an app needs in its environment, named as in local.settings.json. */
  readonly settings: Settings;
  /** Addresses by process name, for instance `api` or `cosmos`. */
  readonly urls: Settings;
  /** Milliseconds from start to ready by process name. */
  readonly readyMs: Readonly<Record<string, number>>;
  process(name: string): ChildProcess;
  kill(name: string, signal?: NodeJS.Signals): Promise<void>;
  /** Starts a process again on its port; `settings` win for this start of an app. */
  start(name: string, settings?: Settings): Promise<void>;
  /** Ends a process by SIGTERM and starts it again. */
  restart(name: string, settings?: Settings): Promise<void>;
  stop(): Promise<void>;
  /** Names of the processes that have not ended. */
  alive(): string[];
};

type Checked = Omit<StackOptions, 'servers'> & Wanted;

const READY_SECONDS = 60;

/**
 * Starts servers and apps as child processes and waits until all are ready. Rejects with the name of what failed and
 * its last lines, after everything that had started is stopped. The children end with this process, however it ends.
 */
export async function startStack(options: StackOptions): Promise<Stack> {
  const servers = withDependencies(options.servers ?? SERVERS);
  const dataDir = resolve(options.dataDir);
  const unlock = lockDataDirectory(dataDir);
  const supervisor = new Supervisor(
    { ...options, servers, asked: options.servers ?? SERVERS, dataDir },
    unlock,
  );
  try {
    await supervisor.startAll();
  } catch (error) {
    await supervisor.stop();
    throw error;
  }
  return supervisor;
}

class Supervisor implements Stack {
  readonly readyMs: Record<string, number> = {};
  readonly #options: Checked;
  readonly #unlock: () => void;
  readonly #children = new Map<string, Child>();
  readonly #plans = new Map<string, Plan>();
  readonly #restarts = new Restarts();
  readonly #returning = new Map<string, Promise<void>>();
  #settings: Settings = {};
  #isStopping = false;

  constructor(options: Checked, unlock: () => void) {
    this.#options = options;
    this.#unlock = unlock;
  }

  get settings(): Settings {
    return this.#settings;
  }

  get urls(): Settings {
    return Object.fromEntries([...this.#plans.values()].map(({ name, port }) => [name, urlOf(name, port)]));
  }

  async startAll(): Promise<void> {
    const { dataDir, topology = DEFAULT_TOPOLOGY, rights } = this.#options;
    mkdirSync(join(dataDir, 'logs'), { recursive: true });
    const rightsFile = rights === undefined ? undefined : rightsFileIn(dataDir);
    if (rightsFile !== undefined) writeFileSync(rightsFile, JSON.stringify(rights));
    // Made here and not by the identity server, so that all servers can start at the same time.
    const bundles = await serverBundles();
    const [tls] = await Promise.all([
      certificatesIn(dataDir, bundles),
      loadSigningKey(join(dataDir, 'identity')),
    ]);
    const jwks = join(dataDir, 'identity', 'jwks.json');
    const plans = await planProcesses(this.#options, {
      dataDir,
      topology,
      tls,
      jwks,
      bundles,
      rights: rightsFile,
    });
    for (const plan of plans) this.#plans.set(plan.name, plan);
    this.#settings = {
      NODE_EXTRA_CA_CERTS: tls.ca,
      FAULTS_TOKEN: loadFaultsToken(dataDir),
      ...Object.fromEntries(plans.map(({ name, faultsUrl }) => [faultsSetting(name), faultsUrl])),
    };
    await this.#startPlanned(plans.filter(plan => plan.app === undefined));
    const apps = plans.filter(plan => plan.app !== undefined);
    if (apps.length === 0) return;
    const apiPort = this.#plans.get('api')?.port ?? fixedPort('api');
    this.#settings = { ...appSettings(apiPort), ...this.#settings, ...this.#options.settings };
    await this.#startPlanned(apps);
  }

  process(name: string): ChildProcess {
    return this.#running(name).process;
  }

  async kill(name: string, signal: NodeJS.Signals = 'SIGKILL'): Promise<void> {
    const child = this.#running(name);
    await child.end(signal);
    this.#children.delete(name);
  }

  async start(name: string, settings: Settings = {}): Promise<void> {
    const plan = this.#plans.get(name);
    if (plan === undefined) throw new Error(`no process of this stack is called ${name}`);
    if (isAlive(this.#children.get(name))) throw new Error(`${name} is running`);
    await this.#startOne(plan, settings);
  }

  async restart(name: string, settings: Settings = {}): Promise<void> {
    if (isAlive(this.#children.get(name))) await this.kill(name, 'SIGTERM');
    await this.start(name, settings);
  }

  /** Apps first, so that they can still finish what they have in hand. */
  async stop(): Promise<void> {
    this.#isStopping = true;
    await Promise.all(this.#returning.values());
    const end = async (isApp: boolean): Promise<void> => {
      const names = [...this.#children.keys()].filter(
        name => (this.#plans.get(name)?.app !== undefined) === isApp,
      );
      await Promise.all(names.map(name => this.#children.get(name)?.end('SIGTERM')));
      for (const name of names) this.#children.delete(name);
    };
    await end(true);
    await end(false);
    this.#unlock();
  }

  alive(): string[] {
    const running = [...this.#children].filter(([, child]) => isAlive(child)).map(([name]) => name);
    return [...new Set([...running, ...this.#returning.keys()])];
  }

  #running(name: string): Child {
    const child = this.#children.get(name);
    if (child === undefined || !isAlive(child)) throw new Error(`${name} is not running`);
    return child;
  }

  /** Waits for all, also when one fails, so that nothing starts after the stack was stopped. */
  async #startPlanned(plans: readonly Plan[]): Promise<void> {
    const outcomes = await Promise.allSettled(plans.map(plan => this.#startOne(plan, {})));
    const failures = outcomes.flatMap(outcome =>
      outcome.status === 'rejected' ? [String(outcome.reason.message)] : [],
    );
    if (failures.length > 0) throw new Error(failures.join('\n\n'));
  }

  async #startOne(plan: Plan, overrides: Settings): Promise<void> {
    const { dataDir, onLine, readySeconds = READY_SECONDS } = this.#options;
    const child = await startChild({
      name: plan.name,
      args: plan.args,
      env: { ...inheritedEnvironment(), ...this.#settings, ...this.#settingsOf(plan, overrides) },
      logFile: join(dataDir, 'logs', `${plan.name}.log`),
      readySeconds,
      onCrash: (_, report) => this.#crashed(plan, overrides, report),
      ...(onLine === undefined ? {} : { onLine }),
    });
    this.#children.set(plan.name, child);
    this.readyMs[plan.name] = child.readyMs;
    if (plan.app === undefined) this.#settings = { ...this.#settings, ...child.settings };
  }

  /** An app has an identity of its own; whoever else has these settings is the owner. */
  #settingsOf({ app }: Plan, overrides: Settings): Settings {
    if (app === undefined) return {};
    const { SERVICE_BUS: bus } = this.#settings;
    return {
      AZURE_CLIENT_ID: identityNamed(app)?.clientId ?? '',
      ...(bus === undefined ? {} : { SERVICE_BUS: connectAs(bus, app) }),
      ...overrides,
    };
  }

  #crashed(plan: Plan, overrides: Settings, report: string): void {
    const { restart = false, onCrash = (_, text) => process.stderr.write(`\n${text}\n\n`) } = this.#options;
    const { name } = plan;
    if (!restart || this.#isStopping) {
      onCrash(name, report);
    } else if (this.#restarts.take(name, Date.now())) {
      onCrash(name, `${report}\nStarting ${name} again …`);
      const back = (): void => onCrash(name, `${name} is back.`);
      this.#returning.set(name, this.#return(plan, overrides, back));
    } else {
      const tooOften = `${name} was started again ${RESTARTS_A_MINUTE} times within a minute and stays down now`;
      onCrash(
        name,
        `${report}\n${tooOften}: what needs it fails until the stack is stopped and started again.`,
      );
    }
  }

  async #return(plan: Plan, overrides: Settings, onBack: () => void): Promise<void> {
    const failure = await this.#startOne(plan, overrides).then(
      () => undefined,
      (error: Error) => error.message,
    );
    this.#returning.delete(plan.name);
    if (failure === undefined) onBack();
    else this.#crashed(plan, overrides, failure);
  }
}

/** Where a stack keeps what its apps' identities may do. */
export function rightsFileIn(dataDir: string): string {
  return join(dataDir, 'rights.json');
}

function isAlive(child: Child | undefined): boolean {
  return child !== undefined && child.process.exitCode === null && child.process.signalCode === null;
}

/** By the bundle of `../tls/certificates.ts`: the sources of what signs take long to load. */
async function certificatesIn(dataDir: string, bundles: string): Promise<TlsFiles> {
  const { href } = pathToFileURL(join(bundles, 'certificates.mjs'));
  const { ensureCertificates } = (await import(href)) as typeof import('../tls/certificates.ts'); // bundled from there
  return ensureCertificates(dataDir);
}

/** This process's environment without what the test runner or a debugger put there for itself. */
function inheritedEnvironment(): Readonly<Record<string, string | undefined>> {
  const { NODE_TEST_CONTEXT: _context, NODE_OPTIONS: _options, ...environment } = process.env;
  return { NODE_COMPILE_CACHE: COMPILE_CACHE, ...environment };
}
