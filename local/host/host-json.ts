import { readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { Configuration } from './configuration.ts';
import { createLogFilter, type LogFilter } from './log-levels.ts';
import { type Settings, StartError } from './settings-expansion.ts';

/** What of host.json this host follows. Durations are milliseconds. */
export type HostOptions = {
  readonly http: {
    readonly routePrefix: string;
    /** Functions that run at once, -1 for any number. */
    readonly maxConcurrentRequests: number;
    /** Requests that run or wait, -1 for any number; more are answered 429. */
    readonly maxOutstandingRequests: number;
    readonly customHeaders: Readonly<Record<string, string>>;
    /** The value of Strict-Transport-Security, undefined when it is off, and hosts that never get it. */
    readonly hsts: { readonly value: string; readonly excludedHosts: readonly string[] } | undefined;
  };
  readonly functionTimeoutMilliseconds: number;
  /** The only functions that run, undefined for all. */
  readonly functions: readonly string[] | undefined;
  readonly serviceBus: {
    readonly maxConcurrentCalls: number;
    readonly maxConcurrentCallsPerSession: number;
    readonly maxConcurrentSessions: number;
    readonly prefetchCount: number;
    readonly autoCompleteMessages: boolean;
    /** Infinity when locks are renewed without end. */
    readonly maxAutoLockRenewalMilliseconds: number;
    readonly sessionIdleMilliseconds: number;
    readonly maxMessageBatchSize: number;
    readonly minMessageBatchSize: number;
    readonly maxBatchWaitMilliseconds: number;
    readonly retry: ClientRetry;
    readonly usesWebSockets: boolean;
  };
  /** How long the lock of a timer lasts without renewal, and how often an instance without it asks. */
  readonly singleton: { readonly leaseSeconds: number; readonly pollSeconds: number };
  /** Without one only HTTP, timers and warm-up are known to the host. */
  readonly hasExtensionBundle: boolean;
  readonly logFilter: LogFilter;
  /** Entries that the real host ignores without a word. */
  readonly warnings: readonly string[];
};

/** `clientRetryOptions`; undefined where host.json says nothing. */
type ClientRetry = {
  readonly mode: 'exponential' | 'fixed' | undefined;
  readonly maxRetries: number | undefined;
  readonly delayMilliseconds: number | undefined;
  readonly maxDelayMilliseconds: number | undefined;
  readonly tryTimeoutMilliseconds: number | undefined;
};

const second = 1000;
const minute = 60 * second;

const ignoredExtensions = [
  ...[
    'blobs',
    'cosmosDB',
    'dapr',
    'durableTask',
    'eventGrid',
    'eventHubs',
    'kafka',
    'mySql',
    'queues',
    'rabbitMQ',
  ],
  ...['sendGrid', 'signalR', 'sql', 'tables', 'warmup', 'webPubSub'],
];

/** Known to Azure and without an effect here: telemetry, deployment, triggers that are refused anyway. */
const ignored = [
  'version',
  'isDefaultHostConfig',
  'aggregator',
  'applicationInsights',
  'logging.applicationInsights',
  'logging.console',
  'logging.fileLoggingMode',
  'logging.loggingMode',
  'healthMonitor',
  'watchDirectories',
  'watchFiles',
  'extensionBundle',
  'managedDependency',
  'metadataProviderTimeout',
  'sendCanceledInvocationsToWorker',
  'telemetryMode',
  'concurrency.snapshotPersistenceEnabled',
  // Looks at counters that exist on Windows only.
  'extensions.http.dynamicThrottlesEnabled',
  'extensions.http.enableChunkedRequestBinding',
  ...ignoredExtensions.map(name => `extensions.${name}`),
];

/** Reads host.json; a StartError lists every field that is wrong. Defaults: learn.microsoft.com, "host.json reference". */
export function readHostJson(path: string, settings: Settings): HostOptions {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    throw new StartError([`host.json cannot be read: ${String(error)}`]);
  }
  try {
    return parseHostJson(JSON.parse(text), settings);
  } catch (error) {
    if (error instanceof SyntaxError) throw new StartError([`host.json is not JSON: ${error.message}`]);
    throw error;
  }
}

/** The options of an already parsed host.json; settings named `AzureFunctionsJobHost__…` win over it. */
export function parseHostJson(document: unknown, settings: Settings = {}): HostOptions {
  const read = new Configuration(document, settings);
  if (read.find('version') !== '2.0') read.problem('version', 'must be "2.0"');
  refuse(read);
  const functions = [...read.below('functions').values()];
  const options = {
    http: readHttp(read),
    functionTimeoutMilliseconds: readTimeout(read),
    functions: functions.length > 0 ? functions : undefined,
    serviceBus: readServiceBus(read),
    singleton: readSingleton(read),
    hasExtensionBundle: read.find('extensionBundle.id') !== undefined,
    logFilter: createLogFilter(read.levels('logging.logLevel')),
    warnings: read.unknown(ignored).map(path => `host.json: ${path} is not known and has no effect`),
  };
  if (read.problems.length > 0) throw new StartError(read.problems);
  return options;
}

/** What Azure offers and this host does not. */
function refuse(read: Configuration): void {
  for (const name of ['retry', 'customHandler', 'httpWorker']) {
    if (read.below(name).size > 0) read.problem(name, 'is not supported here');
  }
  for (const path of [
    'concurrency.dynamicConcurrencyEnabled',
    'extensions.serviceBus.enableCrossEntityTransactions',
  ]) {
    if (read.flag(path, false)) read.problem(path, 'is not supported here');
  }
  const bus = 'extensions.serviceBus';
  if (read.find(`${bus}.webProxy`)) read.problem(`${bus}.webProxy`, 'is not supported here');
  for (const old of ['messageHandlerOptions', 'sessionHandlerOptions', 'batchOptions']) {
    if (read.below(`${bus}.${old}`).size > 0)
      read.problem(`${bus}.${old}`, 'is the form of extension 4.x, not supported here');
  }
}

function readHttp(read: Configuration): HostOptions['http'] {
  const http = 'extensions.http';
  const days = read.find(`${http}.hsts.maxAge`);
  const maxAge = days === undefined ? 30 * 24 * 60 * minute : read.duration(`${http}.hsts.maxAge`, 0);
  const parts = [
    `max-age=${Math.floor(maxAge / second)}`,
    ...(read.flag(`${http}.hsts.includeSubDomains`, false) ? ['includeSubDomains'] : []),
    ...(read.flag(`${http}.hsts.preload`, false) ? ['preload'] : []),
  ];
  // Binding a list adds to the ones that ASP.NET Core excludes by itself.
  const excludedHosts = [
    'localhost',
    '127.0.0.1',
    '[::1]',
    ...read.below(`${http}.hsts.excludedHosts`).values(),
  ];
  const isEnabled = read.flag(`${http}.hsts.isEnabled`, false);
  return {
    routePrefix: (read.find(`${http}.routePrefix`) ?? 'api').replace(/^\/+|\/+$/g, ''),
    maxConcurrentRequests: read.count(`${http}.maxConcurrentRequests`, -1, 1, true),
    maxOutstandingRequests: read.count(`${http}.maxOutstandingRequests`, -1, 1, true),
    customHeaders: Object.fromEntries(read.below(`${http}.customHeaders`)),
    hsts: isEnabled ? { value: parts.join('; '), excludedHosts } : undefined,
  };
}

/** As on Flex Consumption: half an hour by default, and no upper bound. */
function readTimeout(read: Configuration): number {
  const path = 'functionTimeout';
  if (read.find(path) === '-1') return Number.POSITIVE_INFINITY;
  return read.duration(
    path,
    30 * minute,
    value => value >= second,
    'must be at least "00:00:01", or "-1" for none',
  );
}

function readServiceBus(read: Configuration): HostOptions['serviceBus'] {
  const bus = 'extensions.serviceBus';
  const infinite = -1;
  const renewal = read.duration(
    `${bus}.maxAutoLockRenewalDuration`,
    5 * minute,
    value => value >= 0 || value === infinite,
  );
  const most = read.count(`${bus}.maxMessageBatchSize`, 1000, 1);
  const least = read.count(`${bus}.minMessageBatchSize`, 1, 1);
  if (least > most)
    read.problem(`${bus}.minMessageBatchSize`, 'must not be greater than maxMessageBatchSize');
  const retry = readRetry(read, `${bus}.clientRetryOptions`);
  return {
    maxConcurrentCalls: read.count(`${bus}.maxConcurrentCalls`, 16 * availableParallelism(), 1),
    maxConcurrentCallsPerSession: read.count(`${bus}.maxConcurrentCallsPerSession`, 1, 1),
    maxConcurrentSessions: read.count(`${bus}.maxConcurrentSessions`, 8, 1),
    prefetchCount: read.count(`${bus}.prefetchCount`, 0, 0),
    autoCompleteMessages: read.flag(`${bus}.autoCompleteMessages`, true),
    maxAutoLockRenewalMilliseconds: renewal === infinite ? Number.POSITIVE_INFINITY : renewal,
    sessionIdleMilliseconds: read.duration(
      `${bus}.sessionIdleTimeout`,
      retry.tryTimeoutMilliseconds ?? minute,
    ),
    maxMessageBatchSize: most,
    minMessageBatchSize: least,
    maxBatchWaitMilliseconds: read.duration(
      `${bus}.maxBatchWaitTime`,
      30 * second,
      value => value >= 0 && value <= 150 * second,
      'must be at most "00:02:30"',
    ),
    retry,
    usesWebSockets:
      read.choice(`${bus}.transportType`, ['amqpTcp', 'amqpWebSockets'], 'amqpTcp') !== 'amqpTcp',
  };
}

function readRetry(read: Configuration, path: string): ClientRetry {
  const optional = <T>(name: string, value: T): T | undefined =>
    read.find(`${path}.${name}`) === undefined ? undefined : value;
  return {
    mode: optional('mode', read.choice(`${path}.mode`, ['exponential', 'fixed'], 'exponential')),
    maxRetries: optional('maxRetries', read.count(`${path}.maxRetries`, 3, 0)),
    delayMilliseconds: optional('delay', read.duration(`${path}.delay`, 800)),
    maxDelayMilliseconds: optional('maxDelay', read.duration(`${path}.maxDelay`, minute)),
    tryTimeoutMilliseconds: optional(
      'tryTimeout',
      read.duration(`${path}.tryTimeout`, minute, value => value > 0),
    ),
  };
}

/** Locks of functions are for .NET; those of listeners are what timers use (`SingletonOptions`). */
function readSingleton(read: Configuration): HostOptions['singleton'] {
  const isLease = (value: number): boolean => value >= 15 * second && value <= 60 * second;
  const leaseRange = 'must be between "00:00:15" and "00:01:00"';
  read.duration('singleton.lockPeriod', 15 * second, isLease, leaseRange);
  read.duration('singleton.lockAcquisitionTimeout', 0, value => value > 0, 'must be greater than zero');
  read.duration(
    'singleton.lockAcquisitionPollingInterval',
    5 * second,
    value => value >= 500,
    'must be at least "00:00:00.5"',
  );
  const lease = read.duration('singleton.listenerLockPeriod', 60 * second, isLease, leaseRange);
  const poll = read.duration(
    'singleton.listenerLockRecoveryPollingInterval',
    60 * second,
    value => value >= 15 * second,
    'must be at least "00:00:15"',
  );
  return { leaseSeconds: lease / second, pollSeconds: poll / second };
}
