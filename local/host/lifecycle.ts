import { basename, dirname, resolve } from 'node:path';
import { type AdminParts, createAdmin, type Invoke } from './admin.ts';
import { loadBundles } from './bundles.ts';
import { faultsOf } from './faults.ts';
import { FunctionKeys } from './function-keys.ts';
import { executeHooks, type FunctionApp, offerFunctionsCore } from './functions-core.ts';
import { type HostOptions, readHostJson } from './host-json.ts';
import { type HostStorage, openHostStorage, storageConnection } from './host-storage.ts';
import type { HttpContext } from './http-invocation.ts';
import { type HttpTarget, routesOf } from './http-routes.ts';
import { serveHttp } from './http-server.ts';
import { createOutput, type LogEntry, type Output } from './output.ts';
import type { Router } from './router.ts';
import { createRuntime, type Runtime } from './runtime.ts';
import { startPumps } from './service-bus-pump.ts';
import { type Source, sourcesOf } from './service-bus-source.ts';
import { findSetting, type Settings, StartError } from './settings-expansion.ts';
import { startStreaming } from './streaming.ts';
import { fireTimer } from './timer-listener.ts';
import { type TimerSource, timersOf } from './timer-source.ts';
import { type LockTimes, startTimers } from './timers.ts';
import { allTriggersOf, disable, dropUnlisted, findUnsupported } from './triggers.ts';
import { runWarmup, warmupOf } from './warmup.ts';

export type HostArguments = {
  /** Paths of the bundles; several become one app, as `func start` makes them. */
  readonly apps: readonly string[];
  readonly hostJson: string;
  readonly port: number;
  /** Shown in every line; by default the first bundle's file name. */
  readonly name: string | undefined;
  readonly settings: Settings;
  /** Win over `singleton` of host.json, which does not go below 15 seconds. */
  readonly timerLock: Partial<LockTimes>;
  /** How long a connection may be silent; 230 in Azure. */
  readonly responseSeconds: number;
  /** Opens the control interface of the faults (local/faults/README.md) to whoever shows it. */
  readonly faultsToken: string | undefined;
};

export type Host = {
  readonly name: string;
  readonly port: number;
  /** Stops triggers, waits for what runs, then tells the app. */
  stop(): Promise<void>;
};

/** What Azure gives an instance that is taken away, less what it takes to say goodbye. */
const drainMilliseconds = 28_000;
const defaultBodyBytes = 104_857_600;

/** Loads the app and starts its triggers. Throws a StartError that tells everything which keeps it from starting. */
export async function startHost(args: HostArguments): Promise<Host> {
  const name = args.name ?? basename(args.apps[0] ?? 'app').replace(/\.c?js$/, '');
  const options = readHostJson(args.hostJson, args.settings);
  const plain = createOutput(name, options.logFilter);
  process.on('exit', plain.flush);
  const app = offerFunctionsCore(entry => output.log(entry));
  // Log hooks see every line of the app before it is written, and may change it.
  const output = { ...plain, log: (entry: LogEntry) => plain.log(hooked(app, entry)) };
  for (const warning of options.warnings) output.host('warning', warning);
  await loadApp(app, args.apps);
  const hostId = findSetting(args.settings, 'AzureFunctionsWebHost__hostid') ?? `local-${name}`;
  const plan = planTriggers(app, options, args.settings, hostId, output);
  const started = await startTriggers(args, app, options, plan, output);
  return {
    name,
    port: started.port,
    stop: async () => {
      output.host('information', 'stopping');
      await within(started.stop(), drainMilliseconds, () =>
        output.host('warning', 'gave up waiting for functions that still run'),
      );
      await executeHooks(app, 'appTerminate', {
        hookData: app.appLevelHookData,
        appHookData: app.appHookData,
      });
      output.host('information', 'stopped');
      output.flush();
    },
  };
}

async function loadApp(app: FunctionApp, paths: readonly string[]): Promise<void> {
  loadBundles(app, paths);
  await executeHooks(app, 'appStart', {
    hookData: app.appLevelHookData,
    appHookData: app.appHookData,
    functionAppDirectory: dirname(resolve(paths[0] ?? '.')),
  });
  app.locked = true;
}

function hooked(app: FunctionApp, entry: LogEntry): LogEntry {
  if (app.hooks.log.length === 0) return entry;
  const context = {
    hookData: app.appLevelHookData,
    appHookData: app.appHookData,
    ...entry,
    invocationContext: entry.invocationContext,
  };
  for (const callback of app.hooks.log) callback(context);
  // As in the worker, only the app's own lines can be changed.
  return entry.category === 'user' ? { ...entry, level: context.level, message: context.message } : entry;
}

/** Everything that the triggers need, read before anything is started. */
type Plan = {
  readonly hostId: string;
  readonly router: Router<HttpTarget>;
  readonly sources: readonly Source[];
  readonly timers: readonly TimerSource[];
  readonly storage: HostStorage | undefined;
};

function planTriggers(
  app: FunctionApp,
  options: HostOptions,
  settings: Settings,
  hostId: string,
  output: Output,
): Plan {
  for (const name of dropUnlisted(app, options.functions))
    output.host('information', `${name} is not among the functions of host.json`);
  for (const name of disable(app, settings)) output.host('information', `${name} is disabled`);
  const problems = findUnsupported(app, options);
  const gather = <T>(read: () => T): T | undefined => {
    try {
      return read();
    } catch (error) {
      if (!(error instanceof StartError)) throw error;
      problems.push(...error.problems);
      return undefined;
    }
  };
  const router = gather(() => routesOf(app, options.http.routePrefix));
  const sources = gather(() => sourcesOf(app, options.serviceBus, settings));
  const timers = gather(() => timersOf(app, settings));
  const users = storageUsers(app, timers ?? []);
  const storage = gather(() => {
    const isConfigured = Object.keys(settings).some(name => /^AzureWebJobsStorage(__|$)/i.test(name));
    if (users === undefined && !isConfigured) return undefined;
    return openHostStorage(storageConnection(settings, users ?? 'keys'), hostId);
  });
  if (problems.length > 0 || router === undefined || sources === undefined || timers === undefined)
    throw new StartError(problems);
  return { hostId, router, sources, timers, storage };
}

/** Who cannot do without AzureWebJobsStorage, in words. */
function storageUsers(app: FunctionApp, timers: readonly TimerSource[]): string | undefined {
  const isKeyed = allTriggersOf(app, 'httpTrigger').some(
    ({ binding }) => String(binding['authLevel'] ?? 'anonymous').toLowerCase() !== 'anonymous',
  );
  const users = [...(timers.length > 0 ? ['timers'] : []), ...(isKeyed ? ['function keys'] : [])];
  return users.length > 0 ? users.join(' and ') : undefined;
}

async function startTriggers(
  args: HostArguments,
  app: FunctionApp,
  options: HostOptions,
  plan: Plan,
  output: Output,
): Promise<{ readonly port: number; stop(): Promise<unknown> }> {
  const runtime = createRuntime(app, output, options.functionTimeoutMilliseconds, timedOut(output));
  const bodyLimit = Number(args.settings['FUNCTIONS_REQUEST_BODY_SIZE_LIMIT']);
  const context: HttpContext = {
    runtime,
    streamServer: await startStreaming(app),
    responseMilliseconds: args.responseSeconds * 1000,
    maxBodyBytes: Number.isSafeInteger(bodyLimit) && bodyLimit > 0 ? bodyLimit : defaultBodyBytes,
  };
  await runWarmup(app, runtime);
  const { router, storage, hostId, sources, timers } = plan;
  const keys = storage === undefined ? undefined : new FunctionKeys(storage);
  const parts: AdminParts = { hostId, app, keys, invokes: invokesOf(app, timers, runtime) };
  const faults = faultsOf(app);
  const { faultsToken } = args;
  const http = await serveHttp(
    { context, options: options.http, router, keys, admin: createAdmin(parts), faults, faultsToken },
    args.port,
  );
  const pump = await startPumps(sources, options.serviceBus, runtime);
  const times = { ...options.singleton, ...args.timerLock };
  const running = storage === undefined ? undefined : startTimers(timers, storage, runtime, times, faults);
  const names = [...app.functions.values()].map(({ metadata }) => metadata.name);
  output.host('information', `${names.length} functions: ${names.join(', ')}`);
  return {
    port: http.port,
    stop: () => Promise.all([http.close(), pump.stop(), running?.stop()]),
  };
}

/** What can be run by hand through `/admin/functions/<name>`. */
function invokesOf(
  app: FunctionApp,
  timers: readonly TimerSource[],
  runtime: Runtime,
): ReadonlyMap<string, Invoke> {
  const invokes = new Map<string, Invoke>();
  for (const source of timers)
    invokes.set(source.trigger.name.toLowerCase(), () => void fireTimer(source, runtime));
  const warmup = warmupOf(app);
  if (warmup !== undefined) invokes.set(warmup.name.toLowerCase(), () => void runWarmup(app, runtime));
  return invokes;
}

function timedOut(output: Output): (name: string) => void {
  return name => {
    output.host(
      'critical',
      `${name} ran longer than functionTimeout: the process ends, with everything that runs in it`,
    );
    output.flush();
    process.exit(1);
  };
}

async function within(work: Promise<unknown>, milliseconds: number, onLate: () => void): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<'late'>(resolve => {
    timer = setTimeout(resolve, milliseconds, 'late');
  });
  if ((await Promise.race([work, late])) === 'late') onLate();
  clearTimeout(timer);
}
