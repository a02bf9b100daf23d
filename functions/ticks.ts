import type { Messenger, TickMessage } from '../shared/platform/messaging/index.ts';

/** Something to do every so often, by whichever instance takes the message. */
export type Tick = {
  readonly name: string;
  readonly everySeconds: number;
  readonly work: () => Promise<unknown>;
};

export type Ticks = {
  /** Does what is due and asks for the next tick of its name. */
  take(message: TickMessage): Promise<void>;
  /** Sees to it that every tick has a next one. */
  keep(): Promise<void>;
};

const QUEUE = 'ticks';

/**
 * Messages that schedule their successors. A tick's id is its slot of time, so however many hands ask for the
 * next one, duplicate detection leaves one.
 */
export function openTicks(messenger: Messenger, now: () => Date, ticks: readonly Tick[]): Ticks {
  const next = ({ name, everySeconds }: Tick) => {
    const slot = Math.floor(now().getTime() / 1000 / everySeconds) + 1;
    return {
      to: QUEUE,
      id: `${name}:${slot}`,
      body: { tick: name, slot } satisfies TickMessage,
      notBefore: new Date(slot * everySeconds * 1000),
    };
  };
  return {
    keep: () => messenger.send(ticks.map(next)),
    take: async ({ tick: name }) => {
      const tick = ticks.find(candidate => candidate.name === name);
      if (tick === undefined) return;
      await messenger.send([next(tick)]);
      await tick.work();
    },
  };
}
