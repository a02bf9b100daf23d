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
 * next one, duplicate detection leaves one. The successor's slot is always a later one: an instance whose clock is
 * behind would otherwise ask for its own slot again, which the broker drops, and the ticks would end.
 * Work that fails is told to `failed` and comes again with the next tick.
 */
export function openTicks(
  messenger: Messenger,
  now: () => Date,
  ticks: readonly Tick[],
  failed: (tick: string, error: unknown) => void,
): Ticks {
  const after = ({ name, everySeconds }: Tick, taken: number) => {
    const slot = Math.max(Math.floor(now().getTime() / 1000 / everySeconds), taken) + 1;
    return {
      to: QUEUE,
      id: `${name}:${slot}`,
      body: { tick: name, slot } satisfies TickMessage,
      notBefore: new Date(slot * everySeconds * 1000),
    };
  };
  return {
    keep: () => messenger.send(ticks.map(tick => after(tick, 0))),
    take: async ({ tick: name, slot }) => {
      const tick = ticks.find(candidate => candidate.name === name);
      if (tick === undefined) return;
      await messenger.send([after(tick, slot)]);
      await tick.work().catch((error: unknown) => failed(name, error));
    },
  };
}
