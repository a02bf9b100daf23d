import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Outgoing, TickMessage } from '../shared/platform/messaging/index.ts';
import { openTicks } from './ticks.ts';

const NOON = Date.parse('2026-01-01T12:00:00Z');
const SLOT = NOON / 1000;

/** One tick each second, a broker that drops ids which it knows, and a clock that is off by so much. */
function setUp(offMilliseconds: number, work: () => Promise<unknown> = async () => undefined) {
  const heard = new Map<string, Outgoing>();
  const failures: string[] = [];
  const messenger = {
    send: async (messages: readonly Outgoing[]) => {
      for (const message of messages) if (!heard.has(message.id)) heard.set(message.id, message);
    },
    probe: async () => undefined,
    close: async () => undefined,
  };
  const ticks = openTicks(
    messenger,
    () => new Date(NOON + offMilliseconds),
    [{ name: 'relay', everySeconds: 1, work }],
    name => failures.push(name),
  );
  return { heard, failures, ticks };
}

const taken = (slot: number): TickMessage => ({ tick: 'relay', slot });

describe('a tick', () => {
  test('asks for the next slot of time', async () => {
    const { heard, ticks } = setUp(300);
    await ticks.take(taken(SLOT));
    const next = heard.get(`relay:${SLOT + 1}`);
    assert.deepEqual(next?.body, taken(SLOT + 1));
    assert.equal(next?.notBefore?.getTime(), NOON + 1000);
  });

  test('goes on when the clock of who takes it is behind', async () => {
    const { heard, ticks } = setUp(-5000);
    await ticks.take(taken(SLOT));
    assert.deepEqual([...heard.keys()], [`relay:${SLOT + 1}`]);
    await ticks.take(taken(SLOT + 1));
    assert.deepEqual([...heard.keys()], [`relay:${SLOT + 1}`, `relay:${SLOT + 2}`]);
  });

  test('that comes late skips what is over', async () => {
    const { heard, ticks } = setUp(90_000);
    await ticks.take(taken(SLOT));
    assert.deepEqual([...heard.keys()], [`relay:${SLOT + 91}`]);
  });

  test('whose work fails has its successor all the same, and is not repeated', async () => {
    const { heard, failures, ticks } = setUp(0, async () => {
      throw new Error('out');
    });
    await ticks.take(taken(SLOT));
    assert.equal(heard.size, 1);
    assert.deepEqual(failures, ['relay']);
  });

  test('of an unknown name ends', async () => {
    const { heard, ticks } = setUp(0);
    await ticks.take({ tick: 'former', slot: SLOT });
    assert.equal(heard.size, 0);
  });
});
