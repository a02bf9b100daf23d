import type { createServer, Server } from 'node:http';
import { createRequire } from 'node:module';
import { basename, dirname, resolve } from 'node:path';
import { executeHooks, type FunctionApp, offerFunctionsCore } from './functions-core.ts';
import { type HostOptions, readHostJson } from './host-json.ts';
import { openHostStorage } from './host-storage.ts';
import { type HttpFront, routesOf, serveHttp } from './http-server.ts';
import { createOutput, type LogEntry, type Output } from './output.ts';
import { createRuntime, describe } from './runtime.ts';
import { type Pump, startPumps } from './service-bus-pump.ts';
import { sourcesOf } from './service-bus-source.ts';
import { type Settings, StartError } from './settings-expansion.ts';
import { type LockTimes, startTimers, type Timers, timersOf } from './timers.ts';
import { dropDisabled, findUnsupported } from './triggers.ts';

export type HostArguments = {
  /** Path of the bundle. */
  readonly app: string;
  readonly hostJson: string;
  readonly port: number;
  /** Shown in every line; by default the bundle's file name. */
  readonly name: string | undefined;
  readonly settings: Settings;
  readonly timerLock: LockTimes;
  /** How long a client waits for an answer; 230 in Azure. */
  readonly responseSeconds: number;
};

export type Host = {
  readonly name: string;
  readonly port: number;
  /** Stops triggers, waits for what runs, then tells the app. */
  stop(): Promise<void>;
};

const drainMilliseconds = 25_000;

/** Loads the app and starts its triggers. Throws a StartError that tells everything which keeps it from starting. */
export async function startHost(args: HostArguments): Promise<Host> {
  const name = args.name ?? basename(args.app).replace(/\.c?js$/, '');
  const options = readHostJson(args.hostJson);
  const plain = createOutput(name, options.log);
  process.on('exit', plain.flush);
  const app = offerFunctionsCore(entry => output.log(entry));
  // Log hooks see every line of the app before it is written, and may change it.
  const output = { ...plain, log: (entry: LogEntry) => plain.log(hooked(app, entry)) };
  await loadApp(app, args.app);
  const started = await startTriggers(args, name, app, options, output);
  return {
    name,
    port: started.http.port,
    stop: async () => {
      output.host('information', 'stopping');
      const work = Promise.all([started.http.close(), started.pump.stop(), started.timers.stop()]);
      await within(work, drainMilliseconds, () =>
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

async function loadApp(app: FunctionApp, path: string): Promise<void> {
  const file = resolve(path);
  try {
    createRequire(import.meta.url)(file);
  } catch (error) {
    throw new StartError([`the app ${path} could not be loaded: ${describe(error)}`]);
  }
  if (app.programmingModel === undefined || app.functions.size === 0) {
    throw new StartError([`the app ${path} registers no function through @azure/functions`]);
  }
  await executeHooks(app, 'appStart', {
    hookData: app.appLevelHookData,
    appHookData: app.appHookData,
    functionAppDirectory: dirname(file),
  });
  app.locked = true;
}

function hooked(app: FunctionApp, entry: LogEntry): LogEntry {
  if (app.hooks.log.length === 0) return entry;
  const context = {
    hookData: app.appLevelHookData,
    appHookData: app.appHookData,
    invocationContext: undefined,
    ...entry,
  };
  for (const callback of app.hooks.log) callback(context);
  return { ...entry, level: context.level, message: context.message };
}

async function startTriggers(
  args: HostArguments,
  name: string,
  app: FunctionApp,
  options: HostOptions,
  output: Output,
): Promise<{ http: HttpFront; pump: Pump; timers: Timers }> {
  for (const disabled of dropDisabled(app, args.settings))
    output.host('information', `${disabled} is disabled`);
  const problems = findUnsupported(app);
  const gather = <T>(read: () => T): T | undefined => {
    try {
      return read();
    } catch (error) {
      if (!(error instanceof StartError)) throw error;
      problems.push(...error.problems);
      return undefined;
    }
  };
  const router = gather(() => routesOf(app, options.routePrefix));
  const sources = gather(() => sourcesOf(app, options.serviceBus, args.settings));
  const clocks = gather(() => timersOf(app, args.settings));
  const hostId = args.settings['AzureFunctionsWebHost__hostid'] ?? `local-${name}`;
  const opening =
    clocks === undefined || clocks.length === 0 ? undefined : openHostStorage(args.settings, hostId);
  const storage = await opening?.catch(error => {
    if (!(error instanceof StartError)) throw error;
    problems.push(...error.problems);
    return undefined;
  });
  if (problems.length > 0 || router === undefined || sources === undefined || clocks === undefined)
    throw new StartError(problems);

  const streamServer = await startStreaming(app);
  const runtime = createRuntime(app, output, options.functionTimeoutMilliseconds, timedOut(output));
  const responseMilliseconds = args.responseSeconds * 1000;
  const http = await serveHttp({ runtime, streamServer, responseMilliseconds }, router, args.port);
  const pump = await startPumps(sources, options.serviceBus, runtime);
  const timers =
    storage === undefined
      ? { stop: async () => undefined }
      : startTimers(clocks, storage, runtime, args.timerLock);
  output.host(
    'information',
    `${app.functions.size} functions: ${[...app.functions.values()].map(f => f.metadata.name).join(', ')}`,
  );
  return { http, pump, timers };
}

/**
 * Ends the start of the app, as the worker does: asks the programming model for its capabilities. With HTTP streaming
 * it then opens a server of its own; we keep it on this computer and return it.
 */
async function startStreaming(app: FunctionApp): Promise<Server | undefined> {
  const http = createRequire(import.meta.url)('node:http') as { createServer: typeof createServer };
  const original = http.createServer;
  let captured: Server | undefined;
  http.createServer = Object.assign((...parameters: Parameters<typeof createServer>) => {
    const server = original(...parameters);
    const listen = server.listen.bind(server) as (port: number, address: string, callback: unknown) => Server;
    server.listen = ((callback: unknown) => listen(0, '127.0.0.1', callback)) as Server['listen'];
    captured = server;
    return server;
  });
  try {
    const capabilities = await app.programmingModel?.getCapabilities?.({
      RawHttpBodyBytes: 'true',
      RpcHttpTriggerMetadataRemoved: 'true',
      RpcHttpBodyOnly: 'true',
      IgnoreEmptyValuedRpcHttpHeaders: 'true',
      UseNullableValueDictionaryForHttp: 'true',
      WorkerStatus: 'true',
      TypedDataCollection: 'true',
      HandlesWorkerTerminateMessage: 'true',
    });
    return capabilities?.['HttpUri'] === undefined ? undefined : captured;
  } finally {
    http.createServer = original;
  }
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
