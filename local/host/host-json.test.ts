import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { parseHostJson, parseTimeSpan, readHostJson } from './host-json.ts';
import { StartError } from './settings-expansion.ts';

test('the project’s own host.json is read', () => {
  const options = readHostJson(join(import.meta.dirname, '../../host.json'));
  assert.equal(options.routePrefix, '');
  assert.equal(options.serviceBus.autoCompleteMessages, true);
});

test('what is not said has the defaults of Azure', () => {
  const options = parseHostJson({ version: '2.0' });
  assert.equal(options.routePrefix, 'api');
  assert.equal(options.functionTimeoutMilliseconds, 30 * 60_000);
  assert.equal(options.serviceBus.maxConcurrentSessions, 8);
  assert.equal(options.serviceBus.maxAutoLockRenewalMilliseconds, 5 * 60_000);
  assert.deepEqual(options.log, { app: 'information', results: 'information' });
});

test('log levels of categories with a dot are found', () => {
  const options = parseHostJson({
    version: '2.0',
    logging: { logLevel: { default: 'Warning', 'Host.Results': 'Error', Function: 'Debug' } },
  });
  assert.deepEqual(options.log, { app: 'debug', results: 'error' });
});

test('every wrong field is named', () => {
  assert.throws(
    () =>
      parseHostJson({
        version: '2.0',
        functionTimeout: '5',
        extensions: {
          http: { routePrefix: 7 },
          serviceBus: { prefetchCount: -1, messageHandlerOptions: {} },
        },
      }),
    (error: unknown) =>
      error instanceof StartError &&
      ['functionTimeout', 'routePrefix', 'prefetchCount', 'messageHandlerOptions'].every(name =>
        error.message.includes(name),
      ),
  );
});

test('durations are read as .NET writes them', () => {
  assert.equal(parseTimeSpan('00:05:00'), 300_000);
  assert.equal(parseTimeSpan('1.02:03:04.5'), 93_784_500);
  assert.equal(parseTimeSpan('05:00'), 5 * 3600_000);
  assert.equal(parseTimeSpan('00:61:00'), undefined);
  assert.equal(parseTimeSpan('five'), undefined);
});
