import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import * as z from 'zod';
import { defineFaults } from '../../kernel/index.ts';
import { handleMessage, type MessageHandlerTools } from './handle-message.ts';
import type { Outgoing } from './messages.ts';

const fault = defineFaults({
  'test.later': { status: 503, retry: 'later' },
  'test.never': { status: 422, retry: 'never' },
});
const NOW = new Date('2026-01-01T00:00:00Z');

function tools() {
  const sent: Outgoing[] = [];
  const outcomes: string[] = [];
  const handler: MessageHandlerTools = {
    messenger: {
      send: async messages => void sent.push(...messages),
      probe: async () => undefined,
      close: async () => undefined,
    },
    now: () => NOW,
    log: ({ outcome }) => void outcomes.push(outcome),
  };
  return { sent, outcomes, handler };
}

function message(attempt = 0) {
  const messageId = attempt === 0 ? 'm1' : `m1~${attempt}`;
  return { queue: 'jobs', messageId, body: { n: 1 }, properties: attempt === 0 ? {} : { attempt } };
}

async function handle(error: Error, attempt = 0) {
  const { sent, outcomes, handler } = tools();
  const work = async (): Promise<void> => {
    throw error;
  };
  const thrown = await handleMessage(handler, message(attempt), z.object({ n: z.number() }), work).then(
    () => undefined,
    (reason: unknown) => reason,
  );
  return { sent, outcomes, thrown };
}

describe('a message whose handling says', () => {
  test('"later" is completed and comes again as a copy with a number and a delay', async () => {
    const { sent, outcomes, thrown } = await handle(fault('test.later'), 2);
    assert.equal(thrown, undefined);
    assert.deepEqual(outcomes, ['later']);
    const [copy] = sent;
    assert.equal(copy?.id, 'm1~3');
    assert.equal(copy?.properties?.['attempt'], 3);
    assert.equal(copy?.notBefore?.getTime(), NOW.getTime() + 5000);
  });

  test('"later" for the nineteenth time is thrown, so that the broker keeps it as a dead letter', async () => {
    const error = fault('test.later');
    const { sent, outcomes, thrown } = await handle(error, 18);
    assert.equal(thrown, error);
    assert.deepEqual(outcomes, ['exhausted']);
    assert.deepEqual(sent, []);
  });

  test('"never" is completed', async () => {
    const { sent, outcomes, thrown } = await handle(fault('test.never'));
    assert.equal(thrown, undefined);
    assert.deepEqual([outcomes, sent], [['refused'], []]);
  });

  test('what nobody foresaw is thrown', async () => {
    const { outcomes, thrown } = await handle(new TypeError('bug'));
    assert.ok(thrown instanceof TypeError);
    assert.deepEqual(outcomes, ['bug']);
  });
});
