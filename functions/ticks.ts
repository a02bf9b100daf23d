import type { Messenger, TickMessage } from '../shared/platform/messaging/index.ts';

export type Ticks = {
  /** Does what is due and asks for the next tick. */
  take(message: TickMessage): Promise<void>;
  /** Sees to it that there is a next tick at all. */
  keep(): Promise<void>;
};

const QUEUE = 'ticks';

/**
 * A message that schedules its successor. A tick's id is its slot of time, so however many hands ask for the
 * next one, duplicate detection leaves one.
 */
export function relayTicks(
  messenger: Messenger,
  now: () => Date,
  intervalSeconds: number,
  work: () => Promise<unknown>,
): Ticks {
  const askForNext = async (): Promise<void> => {
    const slot = Math.floor(now().getTime() / 1000 / intervalSeconds) + 1;
    const notBefore = new Date(slot * intervalSeconds * 1000);
    await messenger.send([{ to: QUEUE, id: `relay:${slot}`, body: { tick: 'relay', slot }, notBefore }]);
  };
  return {
    keep: askForNext,
    take: async () => {
      await askForNext();
      await work();
    },
  };
}
