import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { parseHostJson, readHostJson } from './host-json.ts';
import { StartError } from './settings-expansion.ts';
import { parseTimeSpan } from './time-span.ts';

const version = '2.0';

function problemsOf(document: object, settings: Readonly<Record<string, string>> = {}): string {
  try {
    parseHostJson({ version, ...document }, settings);
    return '';
  } catch (error) {
    assert.ok(error instanceof StartError);
    return error.message;
  }
}

test('the project’s own host.json is read', () => {
  const options = readHostJson(join(import.meta.dirname, '../../host.json'), {});
  assert.equal(options.http.routePrefix, '');
  assert.equal(options.serviceBus.autoCompleteMessages, true);
  assert.equal(options.hasExtensionBundle, true);
  assert.deepEqual(options.warnings, []);
});

test('what host.json does not say has the defaults of Azure', () => {
  const options = parseHostJson({ version });
  assert.equal(options.http.routePrefix, 'api');
  assert.deepEqual([options.http.maxConcurrentRequests, options.http.maxOutstandingRequests], [-1, -1]);
  assert.equal(options.functionTimeoutMilliseconds, 30 * 60_000);
  assert.equal(options.functions, undefined);
  assert.equal(options.hasExtensionBundle, false);
  assert.deepEqual(options.singleton, { leaseSeconds: 60, pollSeconds: 60 });
  const { maxConcurrentCalls: _, retry, ...serviceBus } = options.serviceBus;
  assert.deepEqual(serviceBus, {
    maxConcurrentCallsPerSession: 1,
    maxConcurrentSessions: 8,
    prefetchCount: 0,
    autoCompleteMessages: true,
    maxAutoLockRenewalMilliseconds: 5 * 60_000,
    sessionIdleMilliseconds: 60_000,
    maxMessageBatchSize: 1000,
    minMessageBatchSize: 1,
    maxBatchWaitMilliseconds: 30_000,
    usesWebSockets: false,
  });
  assert.ok(Object.values(retry).every(value => value === undefined));
  assert.equal(options.logFilter('Function.any.User'), 'information');
});

test('the longest category that fits decides the log level, and case does not count', () => {
  const { logFilter } = parseHostJson({
    version,
    logging: {
      logLevel: { default: 'Warning', 'Host.Results': 'Error', Function: 'Debug', 'Function.noisy': 'NONE' },
    },
  });
  assert.deepEqual(
    ['Host.Results', 'Host.Aggregator', 'Function.api.User', 'function.noisy.User'].map(logFilter),
    ['error', 'warning', 'debug', 'none'],
  );
});

test('names in host.json have no case, and numbers and booleans may be text, as in .NET configuration', () => {
  const { http, serviceBus } = parseHostJson({
    Version: version,
    Extensions: {
      HTTP: { RoutePrefix: '/x/' },
      ServiceBus: { PrefetchCount: '7', autocompletemessages: 'False' },
    },
  });
  assert.equal(http.routePrefix, 'x');
  assert.deepEqual([serviceBus.prefetchCount, serviceBus.autoCompleteMessages], [7, false]);
});

test('a setting AzureFunctionsJobHost__… wins over host.json', () => {
  const { http, logFilter } = parseHostJson(
    { version, extensions: { http: { routePrefix: 'file' } } },
    {
      AzureFunctionsJobHost__extensions__http__routePrefix: 'setting',
      AzureFunctionsJobHost__logging__logLevel__default: 'Error',
    },
  );
  assert.equal(http.routePrefix, 'setting');
  assert.equal(logFilter('Host.Results'), 'error');
  const problems = problemsOf({}, { AzureFunctionsJobHost__functionTimeout: 'soon' });
  assert.match(problems, /functionTimeout must be a duration/);
});

test('every wrong field of host.json is named, all at once', () => {
  const problems = problemsOf({
    version: '3.0',
    functionTimeout: '00:00:00.5',
    singleton: { listenerLockPeriod: '00:02:00', listenerLockRecoveryPollingInterval: '00:00:01' },
    logging: { logLevel: { default: 'Loud' } },
    extensions: {
      http: { maxConcurrentRequests: 0 },
      serviceBus: {
        prefetchCount: -1,
        maxConcurrentCalls: 'many',
        autoCompleteMessages: 'yes',
        minMessageBatchSize: 5,
        maxMessageBatchSize: 4,
        maxBatchWaitTime: '00:02:31',
        clientRetryOptions: { mode: 'sometimes' },
        transportType: 'pigeon',
      },
    },
  });
  for (const name of [
    'version must be "2.0"',
    'functionTimeout must be at least "00:00:01"',
    'singleton.listenerLockPeriod must be between "00:00:15" and "00:01:00"',
    'singleton.listenerLockRecoveryPollingInterval must be at least "00:00:15"',
    'logging.logLevel.default must be one of',
    'extensions.http.maxConcurrentRequests must be a whole number of at least 1, or -1',
    'extensions.serviceBus.prefetchCount must be a whole number of at least 0',
    'extensions.serviceBus.maxConcurrentCalls must be a whole number',
    'extensions.serviceBus.autoCompleteMessages must be true or false',
    'extensions.serviceBus.minMessageBatchSize must not be greater than maxMessageBatchSize',
    'extensions.serviceBus.maxBatchWaitTime must be at most "00:02:30"',
    'extensions.serviceBus.transportType must be one of amqpTcp, amqpWebSockets',
    'extensions.serviceBus.clientRetryOptions.mode must be one of exponential, fixed',
  ])
    assert.ok(problems.includes(name), `${name} is not in:\n${problems}`);
});

test('what host.json asks for and this host lacks is refused by name', () => {
  const problems = problemsOf({
    retry: { strategy: 'fixedDelay', maxRetryCount: 1 },
    customHandler: { description: { defaultExecutablePath: 'x' } },
    concurrency: { dynamicConcurrencyEnabled: true },
    extensions: {
      serviceBus: {
        enableCrossEntityTransactions: true,
        messageHandlerOptions: { autoComplete: true },
      },
    },
  });
  for (const name of [
    'retry is not',
    'customHandler is not',
    'concurrency.dynamicConcurrencyEnabled is not',
    'extensions.serviceBus.enableCrossEntityTransactions is not',
    'extensions.serviceBus.messageHandlerOptions is the form of extension 4.x',
  ])
    assert.ok(problems.includes(name), `${name} is not in:\n${problems}`);
});

test('an unknown field of host.json has no effect and is named in a warning', () => {
  const { warnings } = parseHostJson({
    version,
    functionTimeOut: '00:05:00',
    healthMonitor: { enabled: true },
    watchDirectories: ['x'],
    extensions: { serviceBus: { maxConcurentCalls: 3 }, cosmosDB: { connectionMode: 'Gateway' } },
  });
  assert.deepEqual(warnings, [
    'host.json: extensions.serviceBus.maxConcurentCalls is not known and has no effect',
  ]);
});

test('functionTimeout -1 means no limit', () => {
  for (const functionTimeout of ['-1', -1])
    assert.equal(
      parseHostJson({ version, functionTimeout }).functionTimeoutMilliseconds,
      Number.POSITIVE_INFINITY,
    );
});

test('durations are read as .NET writes them', () => {
  assert.equal(parseTimeSpan('00:05:00'), 300_000);
  assert.equal(parseTimeSpan('1.02:03:04.5'), 93_784_500);
  assert.equal(parseTimeSpan('05:00'), 5 * 3600_000);
  assert.equal(parseTimeSpan('5'), 5 * 24 * 3600_000);
  assert.equal(parseTimeSpan('-00:00:00.0010000'), -1);
  assert.equal(parseTimeSpan('00:61:00'), undefined);
  assert.equal(parseTimeSpan('five'), undefined);
});
