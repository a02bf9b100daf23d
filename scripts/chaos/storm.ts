import { setTimeout as wait } from 'node:timers/promises';
import { faults } from '../../local/faults/client.ts';
import { seededRandom } from '../../local/faults/random.ts';
import type { Stack } from '../../local/supervisor/stack.ts';

/** How often each process was killed. */
export type Kills = Readonly<Record<string, number>>;

export type StormOptions = {
  readonly milliseconds: number;
  readonly seed: number;
  /** Processes that are killed, each in its turn and then by chance. */
  readonly victims: readonly string[];
  readonly say: (line: string) => void;
};

/** Between two kills, and until what was killed is started again. */
const QUIET = [1000, 3500] as const;
const DOWN = [100, 1500] as const;

/**
 * Kills processes by SIGKILL one after the other, and lets the servers throttle, read what is old, cut connections before
 * and after the effect and drop links meanwhile; ends with everything started and no fault left.
 */
export async function storm(
  stack: Stack,
  { milliseconds, seed, victims, say }: StormOptions,
): Promise<Kills> {
  const random = seededRandom(seed);
  const between = ([low, high]: readonly [number, number]): number => low + random() * (high - low);
  const kills: Record<string, number> = {};
  for (const name of Object.keys(FAULTS)) await unleash(stack, name, seed);
  const end = performance.now() + milliseconds;
  for (let turn = 0; performance.now() < end; turn += 1) {
    await wait(between(QUIET));
    const victim = victims[turn] ?? victims[Math.floor(random() * victims.length)] ?? 'api';
    await stack.kill(victim);
    const down = between(DOWN);
    say(`killed ${victim} for ${down.toFixed(0)} ms`);
    await wait(down);
    await stack.start(victim);
    await unleash(stack, victim, seed + turn);
    kills[victim] = (kills[victim] ?? 0) + 1;
  }
  await faults(stack).clear();
  return kills;
}

/** What goes wrong in each server beside the kills; a server that comes back has forgotten it. */
const FAULTS: Readonly<Record<string, (stack: Stack, seed: number) => Promise<unknown>>> = {
  cosmos: async (stack, seed) => {
    const cosmos = faults(stack).on('cosmos');
    await cosmos.throttle({ rate: 0.03, seed });
    await cosmos.readStale({ ms: 400 });
    await cosmos.refuse({ operation: 'batch', status: 503, rate: 0.01, seed });
    await cosmos.reset({ operation: ['batch', 'read', 'query'], at: 'after', rate: 0.01, seed });
    await cosmos.reset({
      operation: ['batch', 'create', 'replace'],
      at: 'before',
      rate: 0.01,
      seed: seed + 1,
    });
  },
  'service-bus': async (stack, seed) => {
    const bus = faults(stack).on('service-bus');
    await bus.detach({ rate: 0.02, seed });
    await bus.duplicate({ rate: 0.05, seed });
    await bus.loseLock({ rate: 0.02, seed });
  },
  blob: async (stack, seed) => {
    const blob = faults(stack).on('blob');
    await blob.refuse({ status: 503, rate: 0.03, seed });
    await blob.reset({ operation: 'write', at: 'after', rate: 0.03, seed });
  },
  'key-vault': (stack, seed) => faults(stack).on('key-vault').refuse({ status: 503, rate: 0.05, seed }),
  identity: (stack, seed) =>
    faults(stack)
      .on('identity')
      .delay({ ms: [50, 400], rate: 0.2, seed }),
};

async function unleash(stack: Stack, name: string, seed: number): Promise<void> {
  await FAULTS[name]?.(stack, seed);
}
