import { type Behaviour, type CanaryRules, decideCanary } from './canary.ts';

type Seen = { readonly canary: Behaviour; readonly standing: Behaviour };

export type Watch = {
  /** How the canary, and what stands, answered since the watch began. */
  readonly look: () => Promise<Seen>;
  readonly rules: CanaryRules;
  /** Seconds for which the canary gets its share. */
  readonly duration: number;
  /** Seconds after that until its last requests have been told. */
  readonly settle: number;
  readonly every: number;
  readonly sleep: (seconds: number) => Promise<unknown>;
  readonly say: (line: string) => void;
};

/**
 * Watches until it is decided. Resolves when the canary may be promoted, rejects with the reasons when not. Looks that fail
 * are told and repeated; the last one must succeed.
 */
export async function watchCanary(watch: Watch): Promise<void> {
  const { duration, settle, every, rules, say, sleep } = watch;
  const end = duration + settle;
  for (let elapsed = every; ; elapsed += every) {
    await sleep(every);
    const isLast = elapsed >= end;
    const seen = await lookOnce(watch, isLast);
    if (seen === undefined) continue;
    const time = { elapsed: isLast ? duration : Math.min(elapsed, duration - 1), duration };
    const { decision, reasons } = decideCanary(seen.canary, seen.standing, time, rules);
    say(`canary after ${elapsed} s: ${decision} (${reasons.join('; ')})`);
    if (decision === 'promote') return;
    if (decision === 'roll-back') throw new Error(`the canary is not promoted: ${reasons.join('; ')}`);
  }
}

async function lookOnce(watch: Watch, isLast: boolean): Promise<Seen | undefined> {
  try {
    return await watch.look();
  } catch (error) {
    if (isLast) throw error;
    watch.say(`telemetry could not be read: ${error instanceof Error ? error.message : String(error)}`);
    return undefined;
  }
}
