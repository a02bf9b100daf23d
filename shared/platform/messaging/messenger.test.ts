import assert from 'node:assert/strict';
import { createServer } from 'node:net';
import { describe, test } from 'node:test';
import { isBusOutage } from './is-bus-outage.ts';
import { openMessenger } from './messenger.ts';

const failure = (message: string, fields: object): Error => Object.assign(new Error(message), fields);

/** A port that was free a moment ago. */
async function silentPort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await new Promise(resolve => server.once('listening', resolve));
  const address = server.address();
  await new Promise(resolve => server.close(resolve));
  return typeof address === 'object' && address !== null ? address.port : 1;
}

describe('the messenger', () => {
  test('says "later" when nobody listens', async () => {
    const port = await silentPort();
    const connectionString = `Endpoint=sb://127.0.0.1:${port};SharedAccessKeyName=k;SharedAccessKey=s;UseDevelopmentEmulator=true;`;
    const messenger = openMessenger({ connectionString });
    await assert.rejects(messenger.send([{ to: 'ticks', id: 'one', body: {} }]), {
      code: 'platform.messaging_unavailable',
      fault: { status: 503, retry: 'later' },
    });
    await messenger.close();
  });
});

describe('an error of Service Bus', () => {
  for (const code of ['ServiceBusy', 'ServiceTimeout', 'ServiceCommunicationProblem', 'QuotaExceeded']) {
    test(`that says ${code} is an outage`, () => assert.equal(isBusOutage(failure('no', { code })), true));
  }

  test('that the SDK itself would repeat is an outage', () => {
    assert.equal(isBusOutage(failure('no', { code: 'GeneralError', retryable: true })), true);
  });

  test('about rights, names or sizes is none', () => {
    assert.equal(isBusOutage(failure('no', { code: 'UnauthorizedAccess', retryable: true })), false);
    assert.equal(isBusOutage(failure('no', { code: 'MessagingEntityNotFound', retryable: false })), false);
    assert.equal(isBusOutage(failure('no', { code: 'MessageSizeExceeded', retryable: false })), false);
  });
});
