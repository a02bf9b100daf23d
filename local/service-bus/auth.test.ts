import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { test } from 'node:test';
import type { ServiceBusSender } from '@azure/service-bus';
import { startTestBus, type TestBus } from './test-bus.ts';

const topology = { queues: [{ name: 'work' }, { name: 'other' }], topics: [] };

test('a wrong key is refused', async t => {
  const bus = await startTestBus(t, topology);
  const wrong = bus.connectionString.replace(/SharedAccessKey=[^;]*/, 'SharedAccessKey=wrong');
  await assert.rejects(bus.client(wrong).createSender('work').sendMessages({ body: 1 }), {
    code: 'UnauthorizedAccess',
  });
});

test('an expired token is refused', async t => {
  const bus = await startTestBus(t, topology);
  const sender = bus.client(withToken(bus, '', -10)).createSender('work');
  await assert.rejects(sender.sendMessages({ body: 1 }), {
    code: 'UnauthorizedAccess',
    message: /ExpiredToken/,
  });
});

test('a token for one entity opens that entity and no other', async t => {
  const bus = await startTestBus(t, topology);
  const client = bus.client(withToken(bus, 'work', 60));
  await client.createSender('work').sendMessages({ body: 1 });
  await assert.rejects(client.createSender('other').sendMessages({ body: 1 }), {
    code: 'UnauthorizedAccess',
  });
});

test('a sender whose token expires can send no more', async t => {
  const bus = await startTestBus(t, topology);
  const sender = await sendWhileTokenLives(bus);
  const codes = new Set<unknown>();
  while (!codes.has('UnauthorizedAccess')) {
    await sender.sendMessages({ body: 2 }).catch(error => codes.add(error.code));
  }
  // A message that crosses the detach on the wire is never answered.
  codes.delete('ServiceTimeout');
  assert.deepEqual([...codes], ['UnauthorizedAccess']);
});

test('an entity that does not exist is named in the error', async t => {
  const bus = await startTestBus(t, topology);
  await assert.rejects(bus.client().createSender('nowhere').sendMessages({ body: 1 }), {
    code: 'MessagingEntityNotFound',
    message: /The messaging entity 'sb:\/\/localhost[\d:]*\/nowhere' could not be found/,
  });
  const receivers = [
    bus.client().createReceiver('nowhere'),
    bus.client().createReceiver('nowhere', 'either'),
  ];
  for (const receiver of receivers) {
    await assert.rejects(receiver.receiveMessages(1), {
      code: 'MessagingEntityNotFound',
      message: new RegExp(`/${receiver.entityPath}' could not be found`),
    });
    await assert.rejects(receiver.peekMessages(1), { code: 'MessagingEntityNotFound' });
  }
});

/** A sender that has sent once with a token which is about to expire: a slow machine gets one that lives longer. */
async function sendWhileTokenLives(bus: TestBus): Promise<ServiceBusSender> {
  const impatient = { retryOptions: { maxRetries: 0, timeoutInMs: 1500 } };
  for (let seconds = 2; ; seconds *= 2) {
    const sender = bus.client(withToken(bus, '', seconds), impatient).createSender('work');
    try {
      await sender.sendMessages({ body: 1 });
      return sender;
    } catch (error) {
      if (seconds > 30) throw error;
    }
  }
}

/** A connection string that carries a signed token for an entity instead of the key. */
function withToken(bus: TestBus, entity: string, seconds: number): string {
  const endpoint = /Endpoint=([^;]*)/.exec(bus.connectionString)?.[1] ?? '';
  const name = /SharedAccessKeyName=([^;]*)/.exec(bus.connectionString)?.[1] ?? '';
  const key = /SharedAccessKey=([^;]*)/.exec(bus.connectionString)?.[1] ?? '';
  const resource = encodeURIComponent(`${endpoint}/${entity}`);
  const expiry = Math.floor(Date.now() / 1000) + seconds;
  const signature = createHmac('sha256', key).update(`${resource}\n${expiry}`).digest('base64');
  const token = `SharedAccessSignature sr=${resource}&sig=${encodeURIComponent(signature)}&se=${expiry}&skn=${name}`;
  return `Endpoint=${endpoint};SharedAccessSignature=${token};UseDevelopmentEmulator=true;`;
}
